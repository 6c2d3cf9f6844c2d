"""Who called, and notes for the next call (docs/domain.md#notes)."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from licences import operations
from licences.domain.call_notes import CallerDetails
from licences.domain.codes import grouped
from licences.domain.staff_identity import StaffIdentity
from licences.models import Event, Note
from licences.queries.notes import notes_about_customer, notes_for_call
from tests import factories
from tests.factories import TODAY
from tests.operations.relicensing_calls import release
from tests.questions import why_refused
from tests.tables import each_row

pytestmark = pytest.mark.usefixtures("catalogue")

CLERK = StaffIdentity("clerk", 7)
VOGEL = CallerDetails("Sabine Vogel", "07071/555 0163", "T-4711")


def on_serial(serial, text="Calls from a mobile.", by=CLERK):
    return operations.note_on_serial(serial=serial.code, text=text, by=by)


def on_customer(customer, text="Wants German.", by=CLERK):
    return operations.note_on_customer(customer_id=customer.pk, text=text, by=by)


# --- Notes ---------------------------------------------------------------------------------------------


def test_a_note_keeps_who_wrote_it_and_is_shown_at_the_next_call():
    serial = factories.bought()

    notes = [on_serial(serial, " Calls from a mobile. "), on_customer(serial.site.customer)]

    assert [note.text for note in notes_for_call(serial)] == ["Wants German.", "Calls from a mobile."]
    assert list(notes_about_customer(serial.site.customer)) == notes[::-1]
    assert (notes[0].written_by, notes[0].written_by_number) == ("clerk", 7)
    events = Event.objects.filter(kind=Event.Kind.NOTE_WRITTEN).order_by("pk")
    assert [(event.details, event.actor) for event in events] == [({"note": note.pk}, "clerk") for note in notes]


def test_no_event_holds_what_was_written():
    serial = factories.bought()
    on_serial(serial, "Zymurgie")
    operations.note_caller(request_id=factories.request(factories.registered(serial)).pk, caller=VOGEL, by=CLERK)

    assert not any(
        word in f"{event.details} {event.personal}"
        for event in Event.objects.filter(kind__in=["note-written", "caller-noted"])
        for word in ("Zymurgie", "4711", "Sabine")
    )


def test_a_note_is_neither_changed_nor_removed():
    note = on_serial(factories.bought())

    for act in (lambda: Note.objects.update(text="Another."), lambda: Note.objects.filter(pk=note.pk).delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()


@pytest.mark.parametrize(
    ("text", "why"), [("", "note-missing"), (" … \n", "note-missing"), ("x" * 2001, "note-too-long")]
)
def test_a_note_needs_a_text_that_fits(text, why):
    serial = factories.bought()

    assert why_refused(on_serial, serial, text, unchanged=[Note, Event]) == why
    assert why_refused(on_customer, serial.site.customer, text, unchanged=[Note, Event]) == why


@each_row("name", ["code", "release_code"])
@each_row("written", [grouped, str.lower, lambda code: code.replace("O", "0")])
def test_a_note_holds_no_code(name, written):
    """Support agents read notes, and see no codes."""
    code = factories.registered()
    text = f"The code is {written(getattr(code, name))}, read out twice."

    assert why_refused(on_serial, code.serial, text, unchanged=[Note]) == "note-holds-code"
    assert why_refused(on_customer, code.serial.site.customer, text, unchanged=[Note]) == "note-holds-code"


def test_after_a_merge_the_notes_are_those_of_the_customer_that_was_kept():
    kept, merged = factories.bought().site.customer, factories.bought(customer_name="Zwei GmbH").site.customer
    on_customer(merged, "About the second.")
    operations.merge_customers(kept_id=kept.pk, merged_id=merged.pk, reason="One company.", by="supervisor")

    later = on_customer(merged, "Written to the old address.")

    assert later.customer == kept
    assert [note.text for note in notes_about_customer(kept)] == ["Written to the old address.", "About the second."]


def test_an_erased_customer_gets_no_notes():
    customer = factories.bought().site.customer
    operations.erase_customer(customer_id=customer.pk, reason="Asked for by letter.", by="supervisor")

    assert why_refused(on_customer, customer, unchanged=[Note]) == "customer-unknown"


# --- Who called ------------------------------------------------------------------------------------------


def test_who_called_is_kept_with_the_request_as_it_was_typed():
    given = factories.answers(factories.registered())
    request = operations.open_relicensing(answers=given, purpose="migrate", by=CLERK, today=TODAY, caller=VOGEL)

    request.refresh_from_db()
    assert (request.caller_name, request.callback_number, request.ticket_reference) == (
        "Sabine Vogel",
        "07071/555 0163",
        "T-4711",
    )


def test_it_may_be_noted_later_and_again_and_the_event_names_the_columns():
    request = factories.request(factories.registered())
    operations.note_caller(request_id=request.pk, caller=VOGEL, by=CLERK)
    operations.withdraw_relicensing(request_id=request.pk, by=CLERK)
    changed = CallerDetails("Sabine Vogel", " 0151 / 1 ", "T-4711")
    for _again in range(2):
        operations.note_caller(request_id=request.pk, caller=changed, by=CLERK)

    request.refresh_from_db()
    assert request.callback_number == "0151 / 1"
    events = Event.objects.filter(kind=Event.Kind.CALLER_NOTED).order_by("pk")
    assert [event.details["columns"] for event in events] == [
        ["caller_name", "callback_number", "ticket_reference"],
        ["callback_number"],
    ]


# --- The third purpose -----------------------------------------------------------------------------------


def test_the_same_pc_with_a_new_site_id_waives_nothing():
    code = factories.registered()
    values = {"purpose": "same_pc", "by": "tests", "today": TODAY}
    without = factories.answers(code, release_code="", release_code_unavailable=True)
    waits = operations.open_relicensing(answers=without, **values)
    assert waits.waiting_for == ["release_code"] or not waits.is_open
    items = {item.item: item for item in waits.checks.get().items.all()}
    assert (items["release_code"].verdict, items["release_code"].reason) == ("unprovable", "release-code-unavailable")
    assert (items["site_id"].verdict, items["site_id"].reason) == ("match", "site-id-new")

    release(code)
    passes = operations.open_relicensing(answers=factories.answers(code), **values)
    issued = operations.issue_relicensing(request_id=passes.pk, by="tests", today=TODAY)

    assert issued.installation.site_id != code.installation.site_id
    assert Event.objects.latest("pk").details["purpose"] == "same_pc"


# --- Retention -------------------------------------------------------------------------------------------


def test_notes_and_callers_are_emptied_in_time(settings):
    settings.KEEP_NOTES_DAYS, settings.KEEP_CALLERS_DAYS = 20, 10
    request = factories.request(factories.registered())
    operations.note_caller(request_id=request.pk, caller=VOGEL, by=CLERK)
    note = on_serial(request.serial)

    def after(days):
        counts = operations.apply_retention(now=timezone.now() + timedelta(days=days))
        return counts["notes"], counts["callers"]

    assert (after(9), after(11), after(19), after(21), after(30)) == ((0, 0), (0, 1), (0, 0), (1, 0), (0, 0))

    request.refresh_from_db()
    note.refresh_from_db()
    assert (request.caller_name, request.callback_number, request.ticket_reference, note.text) == ("", "", "", "")
    assert note.written_by == "clerk"
    assert not notes_for_call(request.serial).exists()
