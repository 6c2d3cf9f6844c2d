"""Notes for the next call: who called, on a request; free notes about a serial or a customer (docs/domain.md#notes).

All of it is personal data. Events name the note or the changed columns and never hold what was written.
"""

from collections.abc import Mapping
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from customers.models import Customer
from licences.database.append_only import ExemptionPurpose, exemption
from licences.domain.call_notes import CallerDetails, require_note
from licences.domain.errors import Refusal
from licences.domain.shown_records import refuse_changed
from licences.domain.staff_identity import user_number_of
from licences.models import Event, Note, Relicensing, UnlockCode
from licences.operations import search
from licences.operations.events import record_customer_event
from licences.operations.locks import lock_customer, lock_request, lock_serial
from licences.operations.relicensing_requests import record_request_event

CALLER_COLUMNS = tuple(CallerDetails.__dataclass_fields__)


@transaction.atomic
def note_caller(*, request_id: int, caller: CallerDetails, by: str, shown: Mapping[str, str] | None = None) -> None:
    """Store who called about a request, open or closed, in place of what was noted before.

    ``shown`` is what the form showed; None compares nothing. Idempotent: what is the same already is no event.
    ``Refusal``: ``changed-meanwhile`` (what is noted is not as it was shown). Rule: docs/domain.md#who-called.
    """
    request = lock_request(request_id)
    values = caller.as_columns()
    changed = [name for name, value in values.items() if getattr(request, name) != value]
    if not changed:
        return
    refuse_changed(shown, {name: getattr(request, name) for name in CALLER_COLUMNS})
    for name in changed:
        setattr(request, name, values[name])
    request.save(update_fields=changed)
    if "ticket_reference" in changed and request.serial_id is not None:
        search.refresh_serials([request.serial_id])
    record_request_event(Event.Kind.CALLER_NOTED, request, by=by, columns=changed)


@transaction.atomic
def note_on_serial(*, serial: str, text: str, by: str) -> Note:
    """Add a note about a serial, and return it. Every call adds one.

    ``serial`` is canonical, ``text`` as it was written. ``Refusal``: ``unknown-serial``, ``note-missing``,
    ``note-too-long``, ``note-holds-code`` (an unlock or release code of the serial). Rule: docs/domain.md#notes.
    """
    record = lock_serial(serial)
    note = _write(require_note(text, _codes(Q(serial=record))), by=by, serial=record)
    customer = record.site.customer
    _record_note(note, customer, by=by)
    return note


@transaction.atomic
def note_on_customer(*, customer_id: int, text: str, by: str) -> Note:
    """Add a note about a customer, and return it. Every call adds one.

    ``customer_id`` is a primary key; a note about a customer that was merged into another is about that one.
    ``Refusal``: ``customer-unknown`` (also one that was erased), ``note-missing``, ``note-too-long``,
    ``note-holds-code`` (an unlock or release code of the customer). Rule: docs/domain.md#notes.
    """
    customer = _lock_kept_customer(customer_id)
    note = _write(require_note(text, _codes(Q(serial__site__customer=customer))), by=by, customer=customer)
    _record_note(note, customer, by=by)
    return note


def _lock_kept_customer(customer_id: int) -> Customer:
    """Lock a customer, or the one that it was merged into, and return it.

    ``Refusal``: ``customer-unknown`` (also an erased one).
    """
    kept = Customer.objects.filter(pk=customer_id).values_list("merged_into", flat=True).first()
    customer = lock_customer(kept or customer_id)
    if customer.merged_into_id is not None or customer.erased_at is not None:
        raise Refusal("customer-unknown")
    return customer


def _codes(about: Q) -> list[str]:
    """The canonical unlock codes and release codes that a note must not hold.

    ``about`` is a condition that selects the unlock codes.
    """
    return [code for pair in UnlockCode.objects.filter(about).values_list("code", "release_code") for code in pair]


def _write(text: str, *, by: str, **about: object) -> Note:
    """Store a note with this text and the time now; ``about`` holds its serial or customer. Returns the note."""
    return Note.objects.create(
        text=text, written_by=by, written_by_number=user_number_of(by), written_at=timezone.now(), **about
    )


def _record_note(note: Note, customer: Customer, *, by: str) -> None:
    """Record the event of a note, which names the note but does not contain its text."""
    details = {"note": note.pk}
    record_customer_event(Event.Kind.NOTE_WRITTEN, by=by, serial=note.serial, customer=customer, details=details)


# --- Forgetting --------------------------------------------------------------------------------------


def empty_notes(ids: list[int]) -> int:
    """Empty the text of the notes with these primary keys; returns how many. Author and time stay."""
    with exemption(connection, ExemptionPurpose.ERASE_PERSONAL_COLUMNS):
        return Note.objects.filter(pk__in=ids).exclude(text="").update(text="")


def empty_callers(ids: list[int]) -> int:
    """Empty who called, on requests with these primary keys, and update the search texts of their serials.

    Returns how many had something noted. Idempotent.
    """
    noted = Relicensing.objects.filter(pk__in=ids).exclude(**dict.fromkeys(CALLER_COLUMNS, ""))
    referenced = noted.exclude(ticket_reference="").exclude(serial=None)
    serials = list(referenced.order_by().values_list("serial_id", flat=True).distinct())
    count = noted.update(**dict.fromkeys(CALLER_COLUMNS, ""))
    search.refresh_serials(serials)
    return count


def empty_notes_before(at: datetime) -> int:
    """Empty the notes that were written before a time; returns how many."""
    return empty_notes(list(Note.objects.filter(written_at__lt=at).exclude(text="").values_list("pk", flat=True)))


def empty_callers_before(at: datetime) -> int:
    """Empty who called, on requests that were closed before a time, or opened before it and never closed.

    Returns how many. Idempotent.
    """
    old = Relicensing.objects.filter(Q(closed_at__lt=at) | Q(closed_at=None, opened_at__lt=at))
    noted = old.exclude(**dict.fromkeys(CALLER_COLUMNS, ""))
    return empty_callers(list(noted.order_by().values_list("pk", flat=True)))
