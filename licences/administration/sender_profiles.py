"""Profiles of senders in the administration: listed, edited, deleted and exported. They are made at an import."""

import json
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from licences import imports
from licences.administration.exporting import ExportAdminMixin
from licences.administration.resources import Column, ExportTable
from licences.administration.shown_facts import ShownFactsForm
from licences.domain.errors import Refusal
from licences.models import SenderProfile
from licences.wording.sentences import refusal_sentence


class SenderProfileTable(ExportTable):
    titles = Column(read=lambda profile: " | ".join(profile.titles), label=_("column titles"))
    columns = Column(read=lambda profile: " | ".join(profile.columns), label=_("our columns"))

    class Meta:
        model = SenderProfile
        export_order = (
            "name kind titles columns encoding delimiter decimal_style totals_words has_own_numbers changed_by "
            "changed_at"
        ).split()


class SenderProfileForm(ShownFactsForm):
    """A profile that can be read by: faults of the columns and of the code page are shown here, before it is saved."""

    class Meta:
        model = SenderProfile
        fields = (
            "name",
            "columns",
            "defaults",
            "encoding",
            "delimiter",
            "decimal_style",
            "totals_words",
            "has_own_numbers",
        )
        help_texts = {
            "columns": _('One of our columns for each column title, in their order; "" where it is not used.'),
            "defaults": _('Values for cells that are empty, such as {"country": "DE"}.'),
            "encoding": _("Such as cp1252; empty to detect it in each file."),
            "totals_words": _("Only words beside Total, Sum, Summe, Gesamt …; with commas between them."),
            "has_own_numbers": _("They are then neither compared with ours nor stored."),
        }

    def clean_columns(self) -> list[str]:
        return _texts(self.cleaned_data["columns"], list)

    def clean_defaults(self) -> dict[str, str]:
        return _texts(self.cleaned_data["defaults"] or {}, dict)

    def _values(self, record: Model) -> dict[str, str]:
        """The values of the fields as the texts in which they are edited: lists and mappings as JSON."""
        values: dict[str, Any] = super()._values(record)
        return {name: value if isinstance(value, str) else json.dumps(value) for name, value in values.items()}

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        if self.errors:
            return
        try:
            imports.check_profile(self.instance)
        except Refusal as refusal:
            field = {"profile-column-unknown": "columns", "columns-twice": "columns", "columns-missing": "columns"}
            name = refusal.field or field.get(refusal.code)
            self.add_error(name, ValidationError(refusal_sentence(refusal), code=refusal.code))


def _texts(value: Any, kind: type) -> Any:
    """The value, if it is JSON of this kind with texts only."""
    texts = value if isinstance(value, list) else [*value, *value.values()] if isinstance(value, dict) else [None]
    if not isinstance(value, kind) or not all(isinstance(each, str) for each in texts):
        raise ValidationError(_("Write it as shown, with quotation marks around each text."), code="not-texts")
    return value


@admin.register(SenderProfile)
class SenderProfileAdmin(ExportAdminMixin, admin.ModelAdmin):
    """Profiles are changed and deleted through the operations, so that every change is an event."""

    form = SenderProfileForm
    export_table = SenderProfileTable
    list_display = ["name", "kind", "has_own_numbers", "changed_by", "changed_at"]
    list_filter = ["kind"]
    search_fields = ["name"]
    readonly_fields = ["kind", "titles", "changed_by", "changed_at"]
    fields = [
        ("name", "kind"),
        "titles",
        "columns",
        "defaults",
        ("encoding", "delimiter"),
        "decimal_style",
        "totals_words",
        "has_own_numbers",
        ("changed_by", "changed_at"),
        "shown",
    ]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: SenderProfile, form: forms.ModelForm, change: bool) -> None:
        imports.save_profile(obj, by=request.user.get_username())

    def delete_model(self, request: HttpRequest, obj: SenderProfile) -> None:
        imports.delete_profile(obj, by=request.user.get_username())

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[SenderProfile]) -> None:
        for profile in queryset:
            imports.delete_profile(profile, by=request.user.get_username())
