"""Read-only admin classes, for models that only operations change."""

from collections.abc import Callable, Iterable
from typing import Any

from django.contrib import admin
from django.db.models import Field, Model
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from licences.administration.exporting import ExportAdminMixin
from licences.administration.paging import KeysetAdmin
from licences.administration.resources import is_actor
from licences.domain.codes import grouped
from licences.wording.people import told


class ReadOnlyAdmin(ExportAdminMixin, KeysetAdmin):
    """An admin to view, search, filter and export; changes are made by the operations behind the staff pages.

    Fields that name who did something are told in the reader's language.
    """

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        return _with_actors_told(self.model, super().get_list_display(request))

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> list[Any]:
        return _with_actors_told(self.model, super().get_fields(request, obj))

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


def _with_actors_told(model: type[Model], names: Iterable[Any]) -> list[Any]:
    """Names of columns, also those in a row of a page, with the fields that name who did something told in words."""
    actors = {field.name: field for field in model._meta.concrete_fields if is_actor(field)}
    told_ones = {name: _teller(field) for name, field in actors.items()}
    return [
        tuple(told_ones.get(each, each) for each in name) if isinstance(name, tuple) else told_ones.get(name, name)
        for name in names
    ]


def _teller(field: Field[Any, Any]) -> Callable[[Model], str]:
    """A column that tells who did something, by this field."""

    @admin.display(description=field.verbose_name)
    def shown(row: Model) -> str:
        return told(getattr(row, field.name) or "") or "–"

    shown.__name__ = field.name
    return shown
