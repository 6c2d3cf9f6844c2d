"""The reference facts in the administration: releases, CRM applications and support contacts.

Their exports have the columns that an import reads.
"""

from typing import Any

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Model, URLField
from django.http import HttpRequest

from licences import operations
from licences.administration.exporting import ExportAdminMixin
from licences.administration.resources import ExportTable
from licences.administration.shown_facts import ShownFactsForm
from licences.administration.tables.importing import ImportAdminMixin
from licences.administration.tables.reference import CrmApplicationImport, ReleaseImport, SupportContactImport
from licences.domain.errors import Refusal
from licences.domain.versions import Version
from licences.models import CrmApplication, Release, SupportContact
from licences.wording.sentences import refusal_sentence, sentence


class ReleaseTable(ExportTable):
    class Meta:
        model = Release
        export_order = (
            "version released_on is_supported needs_software_assurance requirements_url download_url guide_url "
            "settings_url"
        ).split()


class CrmApplicationTable(ExportTable):
    class Meta:
        model = CrmApplication
        export_order = ("name", "vendor", "works", "since_version", "notes", "url")


class SupportContactTable(ExportTable):
    class Meta:
        model = SupportContact
        export_order = ("country", "country_code", "phone", "email", "hours", "url")


class FactsAdmin(ImportAdminMixin, ExportAdminMixin, admin.ModelAdmin):
    """Facts may be added and changed, but not deleted, since events name them; a wrong one is marked as unsupported."""

    form = ShownFactsForm
    formfield_overrides = {URLField: {"assume_scheme": "https"}}
    import_export_change_list_template = "admin/import_export/change_list_import_export.html"

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class ReleaseForm(ShownFactsForm):
    """A release whose version is valid and differs from every other, also in another spelling such as 2.6 and 2.6.0."""

    def clean_version(self) -> str:
        text: str = self.cleaned_data["version"]
        try:
            version = Version.parse(text)
        except Refusal as refusal:
            raise ValidationError(refusal_sentence(refusal)) from None
        for other in Release.objects.exclude(pk=self.instance.pk):
            if other.parsed() == version:
                raise ValidationError(sentence("release-twice", {"version": other.version}))
        return text


@admin.register(Release)
class ReleaseAdmin(FactsAdmin):
    form = ReleaseForm
    export_table = ReleaseTable
    import_table = ReleaseImport
    list_display = ["version", "released_on", "is_supported", "needs_software_assurance"]
    list_filter = ["is_supported", "needs_software_assurance"]
    search_fields = ["version"]

    def save_model(self, request: HttpRequest, obj: Release, form: Any, change: bool) -> None:
        operations.save_releases([obj], by=request.user.get_username())


@admin.register(CrmApplication)
class CrmApplicationAdmin(FactsAdmin):
    export_table = CrmApplicationTable
    import_table = CrmApplicationImport
    list_display = ["name", "vendor", "works", "since_version"]
    list_filter = ["works"]
    search_fields = ["name", "vendor"]

    def save_model(self, request: HttpRequest, obj: CrmApplication, form: Any, change: bool) -> None:
        operations.save_applications([obj], by=request.user.get_username())


@admin.register(SupportContact)
class SupportContactAdmin(FactsAdmin):
    export_table = SupportContactTable
    import_table = SupportContactImport
    list_display = ["country", "phone", "email", "hours"]
    search_fields = ["country", "country_code"]

    def save_model(self, request: HttpRequest, obj: SupportContact, form: Any, change: bool) -> None:
        operations.save_contacts([obj], by=request.user.get_username())
