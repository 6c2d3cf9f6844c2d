"""Questions about sending unlock codes by e-mail: to which addresses, and what became of it. Nothing here writes."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import QuerySet

from customers.models import Customer
from licences.domain.recorded_addresses import is_new_address, is_same_address, on_record_since
from licences.models import CodeDelivery, Serial, UnlockCode


class AddressSource(StrEnum):
    """The record that has an address."""

    REGISTRATION = "registration"
    CUSTOMER = "customer"


@dataclass(frozen=True, slots=True)
class RecordedAddress:
    """An e-mail address on record: in which records, since when, and the country that stands beside it."""

    address: str
    sources: tuple[AddressSource, ...]
    since: datetime
    country: str

    def is_new(self, *, now: datetime) -> bool:
        """Tell whether it was put on record less than 24 hours ago."""
        return is_new_address(self.since, now=now)


def addresses_on_record(serial: Serial) -> list[RecordedAddress]:
    """Return the e-mail addresses of a serial: of its latest registration, then of its customer, each once.

    What is no e-mail address is left out. ``docs/domain.md#unlock-codes-by-e-mail``.
    """
    addresses: list[RecordedAddress] = []
    for found in filter(None, (_of_registration(serial), _of_customer(serial.site.customer))):
        same = next((each for each in addresses if is_same_address(each.address, found.address)), None)
        if same is None:
            addresses.append(found)
        else:
            addresses[addresses.index(same)] = _joined(same, found)
    return addresses


def _joined(one: RecordedAddress, other: RecordedAddress) -> RecordedAddress:
    """One address that stands in two records. The longer one of them has had it, the longer it is on record."""
    sources = (*one.sources, *other.sources)
    return RecordedAddress(one.address, sources, min(one.since, other.since), one.country or other.country)


def _of_registration(serial: Serial) -> RecordedAddress | None:
    """The address of the latest registration."""
    registrations = list(serial.registrations.order_by("-pk").only("contact_email", "country", "entered_at"))
    if not registrations:
        return None
    latest = registrations[0]
    country = latest.country or serial.site.customer.country
    history = ((each.contact_email, each.entered_at) for each in registrations)
    return _recorded(latest.contact_email, AddressSource.REGISTRATION, country, history)


def _of_customer(customer: Customer) -> RecordedAddress | None:
    """The address of the customer's record. Without a history it has been there since the record was made."""
    rows = customer.history.order_by("-history_id").values_list("contact_email", "history_date")
    history = list(rows) or [(customer.contact_email, customer.created_at)]
    return _recorded(customer.contact_email, AddressSource.CUSTOMER, customer.country, iter(history))


def _recorded(
    text: str, source: AddressSource, country: str, history: Iterator[tuple[str, datetime]]
) -> RecordedAddress | None:
    """The address with its time, None if the text is no e-mail address.

    ``history`` are the addresses of the record, each with the time when it was written, the newest first.
    """
    address = text.strip()
    since = on_record_since(address, history)
    if since is None or not _is_email(address):
        return None
    return RecordedAddress(address, (source,), since, country)


def _is_email(address: str) -> bool:
    """Whether a text is an e-mail address that mail can be sent to, by its form."""
    try:
        validate_email(address)
    except ValidationError:
        return False
    return True


def deliveries_of(code: UnlockCode) -> QuerySet[CodeDelivery]:
    """Return every sending of an unlock code, the newest first."""
    return code.deliveries.order_by("-pk")
