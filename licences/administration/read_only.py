"""Read-only admin classes, for models that only operations change."""

from typing import Any

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from licences.administration.exporting import ExportAdminMixin
from licences.administration.paging import KeysetAdmin
from licences.domain.codes import grouped


class ReadOnlyAdmin(ExportAdminMixin, KeysetAdmin):
    """An admin to view, search, filter and export; changes are made by the operations behind the staff pages."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class ReadOnlyInline(admin.TabularInline):
    """Related rows on an object's page, to read only."""

    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.display(description=_("serial number"), ordering="serial__code")
def serial_code(row: Any) -> SafeString:
    """The serial number of a row, as a link to its site card."""
    return format_html('<a class="code" href="{}">{}</a>', row.serial.get_absolute_url(), grouped(row.serial.code))


@admin.display(description=_("site ID"), ordering="site_id")
def site_id(row: Any) -> str:
    """The site ID of a row, in groups."""
    return grouped(row.site_id)
