"""What a spreadsheet of each list holds: its columns, as resources of django-import-export.

A cell reads as it does on screen: codes in groups, names instead of keys, choices in words.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from itertools import islice
from typing import Any

from django.contrib.auth.models import AbstractUser, AnonymousUser
from django.db.models import Model, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from import_export.fields import Field
from import_export.resources import Resource

from customers.models import Customer, Site
from licences.domain.codes import grouped, last_day_of_month
from licences.models import (
    Balance,
    CheckedItem,
    ChecklistCheck,
    Event,
    Installation,
    ItemResolution,
    LicenceGrant,
    Product,
    Registration,
    ReleaseCodeUse,
    Relicensing,
    Serial,
    UnlockCode,
)
from licences.wording import sentence

Cell = str | int | float | date  # a datetime is a date too

SEE_CODES = "licences.view_unlockcode"
SEE_SERIALS = "licences.view_serial"
_BATCH = 2000


# --- Columns -----------------------------------------------------------------------------------------


class Column(Field):
    """A column: a path from the row's object to a value, or ``read``, which computes it.

    ``needs`` is the permission without which the column does not exist. ``ticked``: part of an export unless
    somebody says otherwise.
    """

    attribute: str

    def __init__(
        self,
        attribute: str | None = None,
        label: str | Promise = "",
        *,
        read: Callable[[Any], Any] | None = None,
        needs: str = "",
        is_code: bool = False,
        ticked: bool = True,
    ) -> None:
        super().__init__(attribute=attribute)
        self.label, self.read, self.needs, self.is_code, self.ticked = label, read, needs, is_code, ticked
        self.names: dict[Any, Any] = {}

    def bind(self, name: str, model: type[Model]) -> None:
        """Take what was not said from the model's field: its name, and what its choices are called."""
        self.attribute = self.attribute or name
        field = None if self.read else _field_at_end_of(self.attribute, model)
        self.names = dict(getattr(field, "flatchoices", ()) or ())
        self.label = self.label or getattr(field, "verbose_name", name)

    @property
    def title(self) -> str:
        return str(capfirst(str(self.label)))

    @property
    def relation(self) -> str:
        """The path to the object that has the value, empty where the row's own object has it."""
        return "" if self.read else self.attribute.rpartition("__")[0]

    def export(self, instance: Model, **kwargs: Any) -> Cell:
        value = self.read(instance) if self.read else self.get_value(instance)
        if self.is_code and value:
            return grouped(value)
        return _shown(self.names.get(value, value) if self.names else value)


def _field_at_end_of(path: str, model: Any) -> Any:
    *relations, last = path.split("__")
    for relation in relations:
        model = model._meta.get_field(relation).related_model
    return model._meta.get_field(last)


def _shown(value: Any) -> Cell:
    """A value as a spreadsheet takes it; times are those of the portal's time zone."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, datetime):
        return timezone.make_naive(value).replace(microsecond=0)
    if isinstance(value, int | float | date):
        return value
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False) if value else ""
    return str(value)


# --- Tables ------------------------------------------------------------------------------------------


class ExportTable(Resource):
    """The columns of one model's list that ``user`` may see. Without a user: those that anybody may see."""

    fields: dict[str, Column]
    prefetch: tuple[str, ...] = ()

    def __init__(self, user: AbstractUser | AnonymousUser | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)  # copies the columns: what follows changes this object's own
        for name, column in self.fields.items():
            column.bind(name, self._meta.model)
        allowed = user.has_perm if user else lambda permission: False
        self.withheld = [each for each in self.fields.values() if each.needs and not allowed(each.needs)]
        self.fields = {name: each for name, each in self.fields.items() if each not in self.withheld}

    def columns(self, names: Iterable[str] | None = None) -> list[Column]:
        """The columns of these names, in the order of the table; without names, all of them."""
        chosen = self.fields if names is None else set(names)
        return [column for name, column in self.fields.items() if name in chosen]

    def rows(self, queryset: QuerySet[Any], columns: list[Column]) -> Iterator[list[list[Cell]]]:
        """Batches of rows. Never more than one batch is in memory."""
        related = sorted({column.relation for column in columns} - {""})
        queryset = queryset.select_related(None)  # what the list joined
        queryset = queryset.select_related(*related) if related else queryset
        objects = queryset.prefetch_related(*self.prefetch).iterator(chunk_size=_BATCH)
        while batch := list(islice(objects, _BATCH)):
            yield [[column.export(each) for column in columns] for each in batch]


# --- Customers ---------------------------------------------------------------------------------------


class CustomerTable(ExportTable):
    number = Column()
    name = Column()
    address_line1 = Column()
    address_line2 = Column()
    postcode = Column()
    city = Column()
    country = Column()
    contact_name = Column()
    contact_phone = Column()
    contact_email = Column()
    created_at = Column()

    class Meta:
        model = Customer


class SiteTable(ExportTable):
    customer_number = Column("customer__number")
    customer = Column("customer__name", _("customer"))
    name = Column()
    serial = Column("serial__code", needs=SEE_SERIALS, is_code=True)
    created_at = Column()

    class Meta:
        model = Site


# --- Licences ----------------------------------------------------------------------------------------


class ProductTable(ExportTable):
    sku = Column()
    name = Column()
    slot = Column()

    class Meta:
        model = Product


class SerialTable(ExportTable):
    code = Column(is_code=True)
    customer_number = Column("site__customer__number")
    customer = Column("site__customer__name", _("customer"))
    site = Column("site__name")
    origin = Column()
    highest_version = Column()
    blocked_at = Column()
    blocked_by = Column()
    blocked_reason = Column()
    created_at = Column()

    class Meta:
        model = Serial


class LicenceGrantTable(ExportTable):
    purchase_reference = Column()
    line = Column()
    serial = Column("serial__code", is_code=True)
    customer = Column("serial__site__customer__name", _("customer"))
    sku = Column("product__sku")
    product = Column("product__name", _("product"))
    quantity = Column()
    purchased_on = Column()
    software_assurance_until = Column()
    recorded_at = Column()
    file = Column("file_import__file_name")
    file_row = Column()

    class Meta:
        model = LicenceGrant


class BalanceTable(ExportTable):
    serial = Column("serial__code", is_code=True)
    customer = Column("serial__site__customer__name", _("customer"))
    sku = Column("product__sku")
    product = Column("product__name", _("product"))
    quantity = Column()

    class Meta:
        model = Balance


# --- Installations and codes -------------------------------------------------------------------------


class InstallationTable(ExportTable):
    site_id = Column(is_code=True)
    serial = Column("serial__code", is_code=True)
    customer = Column("serial__site__customer__name", _("customer"))
    server_version = Column()
    client_version = Column()
    origin = Column()
    began_at = Column()
    ended_at = Column()
    end_reason = Column()
    reported_release_code = Column(needs=SEE_CODES, is_code=True)

    class Meta:
        model = Installation


class RegistrationTable(ExportTable):
    name = Column()
    serial = Column("serial__code", is_code=True)
    site_id = Column("installation__site_id", is_code=True)
    address_line1 = Column()
    address_line2 = Column()
    postcode = Column()
    city = Column()
    country = Column()
    contact_name = Column()
    contact_phone = Column()
    contact_email = Column()
    reason = Column()
    entered_by = Column()
    entered_at = Column()

    class Meta:
        model = Registration


def _licences(code: UnlockCode) -> str:
    return ", ".join(f"{line['quantity']} × {line['product']}" for line in code.lines)


def _assured_until(code: UnlockCode) -> date | None:
    return last_day_of_month(code.assured_month)


class UnlockCodeTable(ExportTable):
    code = Column(needs=SEE_CODES, is_code=True)
    serial = Column("serial__code", is_code=True)
    site_id = Column("installation__site_id", is_code=True)
    sequence = Column()
    occasion = Column()
    licences = Column(label=_("licences"), read=_licences)
    assured_until = Column(label=_("Software Assurance until"), read=_assured_until)
    expires_on = Column()
    release_code = Column(needs=SEE_CODES, is_code=True)
    issued_by = Column()
    issued_at = Column()

    class Meta:
        model = UnlockCode


# --- Re-licensing ------------------------------------------------------------------------------------


class RelicensingTable(ExportTable):
    id = Column(label=_("request"))
    serial = Column("serial__code", is_code=True)
    purpose = Column()
    outcome = Column()
    unlock_code = Column("unlock_code__sequence", _("number of the unlock code"))
    opened_by = Column()
    opened_at = Column()
    closed_by = Column()
    closed_at = Column()

    class Meta:
        model = Relicensing


class ChecklistCheckTable(ExportTable):
    request = Column("request_id")
    number = Column(label=_("check"))
    release_code_unavailable = Column()
    checked_by = Column()
    checked_at = Column()

    class Meta:
        model = ChecklistCheck


def _reason_in_words(item: CheckedItem) -> str:
    return sentence(item.reason, item.parameters)


class CheckedItemTable(ExportTable):
    """What was said, and what that was compared with, may be a release code."""

    request = Column("checklist__request_id")
    number = Column("checklist__number", _("check"))
    item = Column()
    said = Column(needs=SEE_CODES)
    on_record = Column(needs=SEE_CODES)
    verdict = Column()
    reason = Column(label=_("reason"), read=_reason_in_words)

    class Meta:
        model = CheckedItem


class ItemResolutionTable(ExportTable):
    request = Column("checked_item__checklist__request_id")
    number = Column("checked_item__checklist__number", _("check"))
    item = Column("checked_item__item")
    kind = Column()
    reason = Column()
    resolved_by = Column()
    resolved_at = Column()

    class Meta:
        model = ItemResolution


class ReleaseCodeUseTable(ExportTable):
    request = Column("request_id")
    serial = Column("installation__serial__code", is_code=True)
    site_id = Column("installation__site_id", is_code=True)
    release_code = Column(needs=SEE_CODES, is_code=True)
    used_at = Column()

    class Meta:
        model = ReleaseCodeUse


class EventTable(ExportTable):
    at = Column()
    kind = Column()
    serial = Column(is_code=True)
    customer = Column("customer__name", _("customer"))
    actor = Column()
    details = Column()
    personal = Column(ticked=False)
    hash = Column(ticked=False)
    previous_hash = Column(ticked=False)

    class Meta:
        model = Event
