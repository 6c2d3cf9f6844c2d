"""Questions about the event log (docs/proof.md#the-page-of-the-log).

Events come newest first and page by page. At ten million events each question has an index: ``event_by_kind``,
``event_by_actor``, ``event_by_request``, those of the columns ``serial`` and ``customer``, otherwise that of the time.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from customers.models import Customer
from licences.domain.codes import SERIAL_LENGTH
from licences.models import Event, UnlockCode
from licences.models.events import RequestNumber
from licences.queries import keyset
from licences.wording.people import stored

PAGE_SIZE = 50
_ORDER = ("-at", "-pk")
# What tells who looked at data about people, or carried it out of the portal.
PERSONAL_DATA_KINDS = (
    Event.Kind.CUSTOMER_EXPORTED,
    Event.Kind.CASE_FILE_MADE,
    Event.Kind.FILE_BEGUN,
    Event.Kind.FILE_TAKEN,
    Event.Kind.CODE_MAILED,
    Event.Kind.LOG_EXPORTED,
)


@dataclass(frozen=True, slots=True)
class EventQuestion:
    """What is asked; what is empty or None is not asked. Days are those of the portal's time zone, ``last`` included.

    ``serial`` is a serial number or its beginning, ``request`` the number of a re-licensing request.
    """

    first: date | None = None
    last: date | None = None
    actor: str = ""
    kinds: tuple[str, ...] = ()
    customer: Customer | None = None
    serial: str = ""
    request: int | None = None


@dataclass(frozen=True, slots=True)
class EventPage:
    """Events, newest first. ``newer`` and ``older`` are positions of the neighbouring pages, empty if there is none.

    ``codes`` are the unlock codes that the events are about, by serial number and sequence.
    """

    events: list[Event]
    newer: str = ""
    older: str = ""
    codes: dict[tuple[str, int], UnlockCode] = field(default_factory=dict)


def find_events(question: EventQuestion, *, after: str = "", before: str = "") -> EventPage:
    """Return the page after or before a position, else the first. ``ValueError``: that is no position."""
    rows = _asked(question).select_related("customer")
    events, more = keyset.page(
        rows, _ORDER, size=PAGE_SIZE, position=_position(before or after), backwards=bool(before)
    )
    if not events:
        return EventPage(events)
    newer = bool(after) or (bool(before) and more)
    older = bool(before) or more
    return EventPage(
        events,
        newer=_position_text(events[0]) if newer else "",
        older=_position_text(events[-1]) if older else "",
        codes=_codes_of(events),
    )


def _spellings(actor: str) -> set[str]:
    """The names of users that are this one in any case, and the name as it was typed, for events of users who left.

    That of a program or page may be typed as it is told.
    """
    users = get_user_model().objects.filter(username__iexact=actor)
    return {actor, actor.lower(), stored(actor), *users.values_list("username", flat=True)}


def _asked(question: EventQuestion) -> QuerySet[Event]:
    rows = Event.objects.all()
    if question.first:
        rows = rows.filter(at__gte=_midnight(question.first))
    if question.last:
        rows = rows.filter(at__lt=_midnight(question.last + timedelta(days=1)))
    if question.actor:
        rows = rows.filter(actor__in=_spellings(question.actor))
    if question.kinds:
        rows = rows.filter(kind__in=question.kinds)
    if question.customer:
        merged = Customer.objects.filter(Q(pk=question.customer.pk) | Q(merged_into=question.customer))
        rows = rows.filter(customer__in=list(merged.values_list("pk", flat=True)))
    if len(question.serial) == SERIAL_LENGTH:
        rows = rows.filter(serial=question.serial)
    elif question.serial:
        rows = rows.filter(serial__startswith=question.serial)
    if question.request is not None:
        rows = rows.alias(request=RequestNumber("details")).filter(request=str(question.request))
    return rows


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min), timezone.get_default_timezone())


def _position(text: str) -> list[Any] | None:
    if not text:
        return None
    at, _separator, key = text.rpartition("_")
    moment = parse_datetime(at)
    if moment is None or moment.tzinfo is None or not (key.isascii() and key.isdigit() and len(key) < 19):
        raise ValueError("a position is a time and a key")
    return [moment, int(key)]


def _position_text(event: Event) -> str:
    return f"{event.at.isoformat()}_{event.pk}"


def _codes_of(events: list[Event]) -> dict[tuple[str, int], UnlockCode]:
    named = {
        (event.serial, event.details["sequence"]) for event in events if event.serial and "sequence" in event.details
    }
    if not named:
        return {}
    serials, sequences = {serial for serial, _number in named}, {number for _serial, number in named}
    found = UnlockCode.objects.filter(serial__code__in=serials, sequence__in=sequences).select_related("serial")
    return {(code.serial.code, code.sequence): code for code in found}
