"""All rows that are about one customer, wherever they are kept: what an erasure goes through, and an answer to him.

A serial number may have belonged to others before and since. What was recorded with it belongs to whoever held it
then, which the events of its transfers tell.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.db.models import Q, QuerySet

from customers.models import Customer, Site
from licences.domain.checklist import Item
from licences.models import CheckedItem, Event, LicenceFile, LicenceGrant, Registration, Serial, UnlockCode

ABOUT_THE_CUSTOMER = (Item.CUSTOMER_NAME.value, Item.ADDRESS_LINE1.value)
SHORTEST_VALUE = 4  # what is shorter is said of many
# Whole lines that somebody can be told by; a town or a postcode is many people's.
_TELLING = ("number", "name", "contact_name", "contact_phone", "contact_email")


@dataclass(frozen=True)
class Holdings:
    """A customer that was not merged into another, with the records that were merged into it."""

    customer: Customer

    @cached_property
    def customers(self) -> list[Customer]:
        return list(Customer.objects.filter(Q(pk=self.customer.pk) | Q(merged_into=self.customer.pk)).order_by("pk"))

    @cached_property
    def ids(self) -> set[int]:
        return {each.pk for each in self.customers}

    @property
    def sites(self) -> QuerySet[Site]:
        return Site.objects.filter(customer__in=self.ids).order_by("pk")

    @property
    def past_customers(self) -> QuerySet:
        return Customer.history.filter(id__in=self.ids)

    @property
    def past_sites(self) -> QuerySet:
        """How its sites read while they were its own."""
        return Site.history.filter(customer_id__in=self.ids)

    @cached_property
    def serials(self) -> list[Serial]:
        """All that it holds or once held."""
        told = Event.objects.filter(customer__in=self.ids).exclude(serial="").order_by()
        moved = Event.objects.filter(kind=Event.Kind.TRANSFERRED, details__previous__in=sorted(self.ids)).order_by()
        codes = {*told.values_list("serial", flat=True), *moved.values_list("serial", flat=True)}
        held = Q(site__customer__in=self.ids) | Q(code__in=codes)
        return list(Serial.objects.select_related("site").filter(held).order_by("pk"))

    @property
    def grants(self) -> QuerySet[LicenceGrant]:
        now = [serial for serial in self.serials if serial.site.customer_id in self.ids]
        return LicenceGrant.objects.filter(serial__in=now).select_related("product", "serial").order_by("pk")

    @cached_property
    def registrations(self) -> list[Registration]:
        found = Registration.objects.filter(serial__in=self.serials).select_related("serial").order_by("pk")
        return [each for each in found if self._held(each.serial_id, each.entered_at, each.pk)]

    @cached_property
    def unlock_codes(self) -> list[UnlockCode]:
        found = UnlockCode.objects.filter(serial__in=self.serials).order_by("pk")
        related = found.select_related("serial__site__customer", "installation", "licence_file")
        return [each for each in related if self._held(each.serial_id, each.issued_at)]

    @property
    def licence_files(self) -> list[LicenceFile]:
        return [code.licence_file for code in self.unlock_codes if hasattr(code, "licence_file")]

    @cached_property
    def checked_items(self) -> list[CheckedItem]:
        found = CheckedItem.objects.filter(checklist__request__serial__in=self.serials).order_by("pk")
        related = found.select_related("checklist__request")
        return [each for each in related if self._held(each.checklist.request.serial_id, each.checklist.checked_at)]

    @property
    def events(self) -> QuerySet[Event]:
        """What happened while it was the customer, and the transfer that took a serial number away."""
        left = Q(kind=Event.Kind.TRANSFERRED, serial__in=[each.code for each in self.serials])
        taken = left & Q(details__previous__in=sorted(self.ids))
        return Event.objects.filter(Q(customer__in=self.ids) | taken).order_by("pk")

    # --- Whose a serial number was, and when -----------------------------------------------------------

    def _held(self, serial_id: int | None, at: datetime, registration: int | None = None) -> bool:
        return serial_id is not None and self._owners[serial_id](at, registration) in self.ids

    @cached_property
    def _owners(self) -> dict[int, Callable[[datetime, int | None], int | None]]:
        moved = Event.objects.filter(kind=Event.Kind.TRANSFERRED, serial__in=[each.code for each in self.serials])
        transfers: dict[str, list[Event]] = {}
        for event in moved.order_by("pk"):
            transfers.setdefault(event.serial, []).append(event)
        return {each.pk: _owner_of(each, transfers.get(each.code, [])) for each in self.serials}

    # --- What it can be told by ------------------------------------------------------------------------

    @cached_property
    def values(self) -> list[str]:
        """Names, numbers and addresses of mail: to look for where no key says whom a row is about."""
        rows: Iterable[object] = [*self.customers, *self.past_customers, *self.registrations]
        found = {getattr(row, name, "") for row in rows for name in _TELLING}
        return sorted(value for value in found if len(value) >= SHORTEST_VALUE)


def _owner_of(serial: Serial, transfers: list[Event]) -> Callable[[datetime, int | None], int | None]:
    """Whose a serial number was at a time. The registration of a transfer is a moment older than its event."""

    def owner(at: datetime, registration: int | None) -> int | None:
        held = transfers[0].details.get("previous") if transfers else serial.site.customer_id
        for event in transfers:
            if at >= event.at or (registration and registration == event.details.get("registration")):
                held = event.customer_id
        return held

    return owner
