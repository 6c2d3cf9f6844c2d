"""A supervisor blocks a serial, with a reason, on top of any state (docs/domain.md#states-of-a-serial)."""

import pytest
from django.utils import timezone

from licences import imports, operations
from licences.domain.codes import new_site_id
from licences.models import Event, Serial
from licences.queries import checklist, serials
from licences.queries.serials import SerialState
from tests import factories
from tests.factories import TODAY, details, versions
from tests.questions import why_refused
from tests.tables import each_row

pytestmark = pytest.mark.usefixtures("catalogue")


def block(serial, reason="Invoice disputed."):
    return operations.block_serial(serial=serial.code, reason=reason, by="supervisor")


def unblock(serial, reason="Paid on Monday."):
    return operations.unblock_serial(serial=serial.code, reason=reason, by="another supervisor")


def refusal(act, serial, **values):
    return why_refused(act, serial, unchanged=[Serial, Event], **values)


def purchased():
    return factories.bought()


def live():
    return factories.registered().serial


def released():
    code = factories.registered()
    place = {"serial": code.serial.code, "site_id": code.installation.site_id}
    operations.release_installation(**place, release_code=code.release_code, by="Xchange Server")
    return code.serial


def taken_over():
    return factories.taken_over().serial


each_state = each_row(
    ("make", "state"),
    [
        (purchased, SerialState.PURCHASED),
        (live, SerialState.LIVE),
        (released, SerialState.RELEASED),
        (taken_over, SerialState.TAKEN_OVER),
    ],
)


def register(serial):
    installation = serial.installations.first()
    operations.register_installation(
        serial=serial.code,
        site_id=installation.site_id if installation else new_site_id(),
        versions=versions(),
        details=details(),
        by="clerk",
        today=TODAY,
    )


def update(serial):
    operations.update_installation(serial=serial.code, site_id=None, versions=None, by="clerk", today=TODAY)


# --- Blocking --------------------------------------------------------------------------------------


def test_a_block_says_when_by_whom_and_why():
    before = timezone.now()

    blocked = block(factories.bought(), reason="  Invoice disputed.\n")

    assert before <= blocked.blocked_at <= timezone.now()
    assert (blocked.blocked_by, blocked.blocked_reason) == ("supervisor", "Invoice disputed.")
    assert Serial.objects.get().blocked_reason == "Invoice disputed."


@each_state
def test_it_comes_on_top_of_any_state_and_refuses_register_and_update(make, state):
    serial = make()

    block(serial)

    card = serials.site_card(serial.code, today=TODAY)
    assert (card.is_blocked, card.state) == (True, state)
    assert refusal(register, serial) == "serial-blocked"
    assert refusal(update, serial) == "serial-blocked"


@each_state
def test_a_checklist_says_that_it_is_blocked(make, state):
    serial = make()
    block(serial, reason="Stolen, as told by letter.")

    request = factories.request(factories.registered(), serial=serial.code)

    item = checklist.latest_check(request).items.get(item="serial")
    assert (item.verdict, item.reason, item.parameters) == (
        "mismatch",
        "serial-blocked",
        {"why": "Stolen, as told by letter."},
    )


def test_what_was_bought_is_recorded_all_the_same():
    serial = factories.bought()
    block(serial)

    line = factories.line(serial=serial.code, customer_number=serial.site.customer.number, quantity=4)

    assert imports.record_purchase(line, by="importer").serial == serial


def test_another_serial_of_the_same_customer_is_not_blocked():
    one = factories.bought(customer_number="K-1", site_name="Werk 1")
    other = factories.bought(customer_number="K-1", site_name="Werk 2")

    block(one)

    assert factories.registered(other)


@each_row("reason", ["", " \n\t", "– … ."])
def test_it_refuses_a_block_without_a_reason(reason):
    assert refusal(block, factories.bought(), reason=reason) == (
        "reason-too-short" if reason.strip() else "reason-missing"
    )


def test_it_refuses_to_block_twice():
    serial = factories.bought()
    block(serial)

    assert refusal(block, serial, reason="Another reason.") == "already-blocked"


def test_it_refuses_an_unknown_serial():
    assert refusal(block, Serial(code="AB1CO9XZ")) == "unknown-serial"
    assert refusal(unblock, Serial(code="AB1CO9XZ")) == "unknown-serial"


# --- Unblocking ------------------------------------------------------------------------------------


def test_without_the_block_everything_is_as_before():
    code = factories.registered()
    block(code.serial)

    unblock(code.serial)

    serial = Serial.objects.get()
    assert (serial.blocked_at, serial.blocked_by, serial.blocked_reason) == (None, "", "")
    answer = operations.update_installation(serial=serial.code, site_id=None, versions=None, by="clerk", today=TODAY)
    assert (answer.unlock_code, answer.changed) == (code, False)
    assert factories.relicensed(code)


def test_it_may_be_blocked_again():
    serial = factories.bought()
    block(serial)
    unblock(serial)

    assert block(serial, reason="Not paid after all.").blocked_reason == "Not paid after all."


@each_row("reason", ["", " \n\t", "– … ."])
def test_it_refuses_to_unblock_without_a_reason(reason):
    serial = factories.bought()
    block(serial)

    assert refusal(unblock, serial, reason=reason) == ("reason-too-short" if reason.strip() else "reason-missing")


def test_it_refuses_to_unblock_what_is_not_blocked():
    assert refusal(unblock, factories.bought()) == "not-blocked"


def test_both_are_events_with_their_reasons():
    serial = factories.bought()
    block(serial)
    unblock(serial)

    second, first = Event.objects.all()[:2]
    assert (first.kind, first.serial, first.actor) == (Event.Kind.BLOCKED, serial.code, "supervisor")
    assert first.details == {"reason": "Invoice disputed."}
    assert (second.kind, second.serial, second.actor) == (Event.Kind.UNBLOCKED, serial.code, "another supervisor")
    assert second.details == {"reason": "Paid on Monday."}
