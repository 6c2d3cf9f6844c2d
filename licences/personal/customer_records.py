"""All records about one customer, in every table: the basis of subject access and of erasure.

A serial number may have belonged to other customers before and since. What was recorded with it is about the customer
who owned it at that time, which the events of its transfers say.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db.models import Q, QuerySet

from customers.models import Customer, Site
from licences.domain.checklist import Item
from licences.models import (
    CheckedItem,
    CodeDelivery,
    Event,
    FileImport,
    HandEntry,
    LicenceFile,
    LicenceGrant,
    Note,
    QualityFinding,
    QualityMark,
    Registration,
    Relicensing,
    Serial,
    UnlockCode,
)
from licences.personal.cell_search import CustomerCells

ITEMS_ABOUT_CUSTOMER = (Item.CUSTOMER_NAME.value, Item.ADDRESS_LINE1.value)
SHORTEST_VALUE = 4  # characters of an identifying value; shorter ones occur in many other texts
# Columns by which somebody can be identified; a town or a postcode is shared by many.
_IDENTIFYING = ("number", "name", "contact_name", "contact_phone", "contact_email")


@dataclass(frozen=True)
class CustomerRecords:
    """The records about a customer, including those of the customers that were merged into it.

    ``customer`` must not have been merged into another itself. Lists are read once and kept; querysets are not.
    """

    customer: Customer

    @cached_property
    def customers(self) -> list[Customer]:
        """The customer and those that were merged into it."""
        return list(Customer.objects.filter(Q(pk=self.customer.pk) | Q(merged_into=self.customer.pk)).order_by("pk"))

    @cached_property
    def ids(self) -> set[int]:
        """The keys of ``customers``."""
        return {each.pk for each in self.customers}

    @property
    def sites(self) -> QuerySet[Site]:
        """The sites that belong to the customer now."""
        return Site.objects.filter(customer__in=self.ids).order_by("pk")

    @property
    def past_customers(self) -> QuerySet:
        """How the customers' records read before, from the history."""
        return Customer.history.filter(id__in=self.ids)

    @property
    def past_sites(self) -> QuerySet:
        """How sites read while they belonged to the customer, from the history."""
        return Site.history.filter(customer_id__in=self.ids)

    @cached_property
    def serials(self) -> list[Serial]:
        """All serial numbers that belong or once belonged to the customer."""
        named = Event.objects.filter(customer__in=self.ids).exclude(serial="").order_by()
        given_away = Event.objects.filter(kind=Event.Kind.TRANSFERRED, details__previous__in=sorted(self.ids))
        codes = {*named.values_list("serial", flat=True), *given_away.order_by().values_list("serial", flat=True)}
        owned = Q(site__customer__in=self.ids) | Q(code__in=codes)
        return list(Serial.objects.select_related("site").filter(owned).order_by("pk"))

    @property
    def grants(self) -> QuerySet[LicenceGrant]:
        """Purchase lines of the serial numbers that belong to the customer now: they go with a transfer."""
        now = [serial for serial in self.serials if serial.site.customer_id in self.ids]
        return LicenceGrant.objects.filter(serial__in=now).select_related("product", "serial").order_by("pk")

    @cached_property
    def imports(self) -> set[int]:
        """Keys of the imports that recorded purchases while the serial number belonged to the customer."""
        rows = LicenceGrant.objects.filter(serial__in=self.serials, file_import__isnull=False)
        recorded = rows.values_list("file_import", "serial", "recorded_at")
        return {pk for pk, serial, at in recorded if pk and self._belonged_to_customer(serial, at)}

    @property
    def compared_in(self) -> QuerySet[FileImport]:
        """The imports in which rows were compared with the customer, whatever was decided."""
        return FileImport.objects.filter(pairs__customer__in=self.ids).distinct()

    @property
    def cells(self) -> CustomerCells:
        """The names and numbers that the customer has or had, as cells of a file may say them."""
        rows: list[Any] = [*self.customers, *self.past_customers]
        names = {row.name for row in [*rows, *self.registrations]}
        numbers = {row.number for row in rows if len(row.number.strip()) >= SHORTEST_VALUE}
        return CustomerCells.of((name for name in names if len(name.strip()) >= SHORTEST_VALUE), numbers)

    @property
    def hand_entries(self) -> QuerySet[HandEntry]:
        """What was entered by hand for the customer."""
        return HandEntry.objects.filter(customer__in=self.ids).order_by("pk")

    @cached_property
    def registrations(self) -> list[Registration]:
        """Registrations from the time when the serial number belonged to the customer."""
        rows = Registration.objects.filter(serial__in=self.serials).select_related("serial").order_by("pk")
        return [each for each in rows if self._belonged_to_customer(each.serial_id, each.entered_at, each.pk)]

    @cached_property
    def unlock_codes(self) -> list[UnlockCode]:
        """Unlock codes issued while the serial number belonged to the customer."""
        rows = UnlockCode.objects.filter(serial__in=self.serials).order_by("pk")
        related = rows.select_related("serial__site__customer", "installation", "licence_file")
        return [each for each in related if self._belonged_to_customer(each.serial_id, each.issued_at)]

    @cached_property
    def code_deliveries(self) -> list[CodeDelivery]:
        """E-mails with an unlock code, sent while the serial number belonged to the customer."""
        rows = CodeDelivery.objects.filter(unlock_code__serial__in=self.serials).order_by("pk")
        return [
            each
            for each in rows.select_related("unlock_code__serial")
            if self._belonged_to_customer(each.unlock_code.serial_id, each.queued_at)
        ]

    @property
    def licence_files(self) -> list[LicenceFile]:
        """The licence files of ``unlock_codes``; some old codes have none."""
        return [code.licence_file for code in self.unlock_codes if hasattr(code, "licence_file")]

    @cached_property
    def checked_items(self) -> list[CheckedItem]:
        """Checklist items checked while the serial number belonged to the customer."""
        rows = CheckedItem.objects.filter(checklist__request__serial__in=self.serials).order_by("pk")
        return [
            each
            for each in rows.select_related("checklist__request")
            if self._belonged_to_customer(each.checklist.request.serial_id, each.checklist.checked_at)
        ]

    @cached_property
    def calls(self) -> list[Relicensing]:
        """Requests that say who called, opened while the serial number belonged to the customer."""
        noted = Relicensing.objects.exclude(caller_name="", callback_number="", ticket_reference="")
        rows = noted.filter(serial__in=self.serials).order_by("pk")
        return [each for each in rows if self._belonged_to_customer(each.serial_id, each.opened_at)]

    @cached_property
    def notes(self) -> list[Note]:
        """Notes about the customer, and about its serial numbers while they belonged to it."""
        rows = Note.objects.exclude(text="").filter(Q(customer__in=self.ids) | Q(serial__in=self.serials))
        return [
            each
            for each in rows.order_by("pk")
            if each.customer_id in self.ids or self._belonged_to_customer(each.serial_id, each.written_at)
        ]

    @property
    def quality_marks(self) -> QuerySet[QualityMark]:
        """What the team noted about entries of data quality lists that are about the customer."""
        return QualityMark.objects.filter(Q(customer__in=self.ids) | Q(other__in=self.ids)).order_by("pk")

    @property
    def quality_findings(self) -> QuerySet[QualityFinding]:
        """Stored entries of data quality lists that are about the customer."""
        return QualityFinding.objects.filter(Q(customer__in=self.ids) | Q(other__in=self.ids))

    @property
    def events(self) -> QuerySet[Event]:
        """Events that name the customer, and the transfers by which they gave a serial number away."""
        transfers = Q(kind=Event.Kind.TRANSFERRED, serial__in=[each.code for each in self.serials])
        given_away = transfers & Q(details__previous__in=sorted(self.ids))
        return Event.objects.filter(Q(customer__in=self.ids) | given_away).order_by("pk")

    # --- Who owned a serial number, and when -----------------------------------------------------------

    def _belonged_to_customer(self, serial_id: int | None, at: datetime, registration: int | None = None) -> bool:
        """Whether the serial number belonged to the customer at that time; ``registration``: see ``_owner_by_time``."""
        return serial_id is not None and self._owner_functions[serial_id](at, registration) in self.ids

    @cached_property
    def _owner_functions(self) -> dict[int, Callable[[datetime, int | None], int | None]]:
        transferred = Event.objects.filter(kind=Event.Kind.TRANSFERRED, serial__in=[each.code for each in self.serials])
        transfers: dict[str, list[Event]] = {}
        for event in transferred.order_by("pk"):
            transfers.setdefault(event.serial, []).append(event)
        return {each.pk: _owner_by_time(each, transfers.get(each.code, [])) for each in self.serials}

    # --- What identifies the customer ------------------------------------------------------------------

    @cached_property
    def identifying_values(self) -> list[str]:
        """Names, numbers and e-mail addresses, sorted: what to search for where no key says whom a row is about.

        Values of fewer than ``SHORTEST_VALUE`` characters are left out.
        """
        rows: Iterable[object] = [*self.customers, *self.past_customers, *self.registrations]
        values = {getattr(row, name, "") for row in rows for name in _IDENTIFYING}
        return sorted(value for value in values if len(value.strip()) >= SHORTEST_VALUE)


def _owner_by_time(serial: Serial, transfers: list[Event]) -> Callable[[datetime, int | None], int | None]:
    """A function that gives the key of the customer who owned a serial number at a time.

    ``transfers``: its transfer events, oldest first. The registration that a transfer writes is a moment older than
    its event: the function takes the key of a registration to count it to the new owner.
    """

    def owner_at(at: datetime, registration: int | None) -> int | None:
        owner = transfers[0].details.get("previous") if transfers else serial.site.customer_id
        for event in transfers:
            if at >= event.at or (registration and registration == event.details.get("registration")):
                owner = event.customer_id
        return owner

    return owner_at
