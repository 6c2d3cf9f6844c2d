"""What the lists of the administration have in common where an operation does the writing."""

from typing import Any

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from licences.admin_export import Exporting
from licences.admin_paging import KeysetLists
from licences.domain.codes import grouped


class ReadingDesk(Exporting, KeysetLists):
    """Look, search, filter, export; what changes anything are the operations behind the staff pages."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class ReadingInline(admin.TabularInline):
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.display(description=_("serial number"), ordering="serial__code")
def serial_code(row: Any) -> SafeString:
    """The serial of a row, leading to its site card."""
    return format_html('<a class="code" href="{}">{}</a>', row.serial.get_absolute_url(), grouped(row.serial.code))


@admin.display(description=_("site ID"), ordering="site_id")
def site_id(row: Any) -> str:
    return grouped(row.site_id)
