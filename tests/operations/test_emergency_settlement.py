"""How an emergency ends: the release code turns up, or a supervisor ends it
(docs/decisions.md#dead-pc-and-emergency-codes)."""

from dataclasses import replace

import pytest

from licences import operations
from licences.models import Event, Installation, ReleaseCodeUse, UnlockCode, WrongReleaseCode
from licences.queries import serials
from tests import event_chain, factories
from tests.factories import TODAY, top_up
from tests.operations.emergency_calls import (
    AFTERWARDS,
    LAST_DAY,
    WHY,
    begin_another_emergency,
    begin_emergency,
    code_of,
    decide,
    refused,
    register,
    report,
    settle,
    update,
    withdraw,
)
from tests.operations.relicensing_calls import issue, reason, release
from tests.tables import each_row

pytestmark = pytest.mark.usefixtures("catalogue")


# --- The release code turns up -----------------------------------------------------------------------


def test_the_release_code_makes_it_permanent(old, emergency):
    code = settle(emergency, old.release_code)

    emergency.refresh_from_db()
    assert (emergency.outcome, emergency.settled_by, emergency.permanent_code) == ("release-code", "clerk", code)
    assert (code.expires_on, code.occasion, code.sequence) == (None, UnlockCode.Occasion.PERMANENT, 3)
    assert code.installation == emergency.installation
    assert ReleaseCodeUse.objects.get().installation == old.installation
    assert serials.site_card(emergency.serial.code, today=AFTERWARDS).state == serials.SerialState.LIVE
    assert update(emergency, today=AFTERWARDS).unlock_code == code


def test_on_the_checklist_it_settles_it_too(old, emergency):
    request = factories.request(old, site_id=emergency.installation.site_id)
    assert (reason(request, "serial"), reason(request, "release_code")) == ("serial-emergency", "release-code-settles")

    code = issue(request)

    emergency.refresh_from_db()
    assert (emergency.outcome, emergency.permanent_code) == ("release-code", code)
    assert emergency.installation.is_live
    assert ReleaseCodeUse.objects.get().request == request


def test_reported_over_the_web_it_settles_it_too(old, emergency):
    installation = report(emergency.serial, old.installation.site_id, old.release_code)

    emergency.refresh_from_db()
    assert installation == old.installation
    assert (emergency.outcome, emergency.settled_by) == ("release-code", "Xchange Server")
    assert emergency.permanent_code.expires_on is None
    assert report(emergency.serial, old.installation.site_id, old.release_code) == old.installation


def test_reported_from_a_renewed_pc_with_the_same_site_id_it_settles_it_too(old):
    emergency = begin_emergency(old, site_id=old.installation.site_id)

    report(emergency.serial, old.installation.site_id, old.release_code)

    emergency.refresh_from_db()
    assert emergency.outcome == "release-code"
    assert Installation.objects.get(pk=emergency.installation_id).is_live


def test_a_code_that_a_serial_released_before_counts_as_well(old):
    release(old)
    emergency = begin_emergency(old)

    assert settle(emergency, old.release_code)


@each_row("which", ["UUUUUUUUUU", "its own"])
def test_a_wrong_code_does_not_and_is_kept(emergency, which):
    wrong = code_of(emergency).release_code if which == "its own" else which

    assert refused(settle, emergency, wrong) == "release-code-wrong"

    assert WrongReleaseCode.objects.get().code == wrong
    assert Event.objects.first().kind == Event.Kind.EMERGENCY_CODE_WRONG
    assert event_chain.flaws() == []


def test_after_too_many_wrong_codes_a_supervisor_has_to_type_it(old, emergency):
    for digit in "123456":
        refused(settle, emergency, digit * 10)

    assert refused(settle, emergency, old.release_code) == "wrong-code-limit"
    assert settle(emergency, old.release_code, by="supervisor", as_supervisor=True)
    told = Event.objects.filter(serial=emergency.serial.code, details__has_key="wrong_codes").order_by("pk")
    assert [event.details["wrong_codes"] for event in told] == [1, 2, 3, 4, 5, 6, 6]


def test_after_too_many_wrong_codes_what_a_server_reports_waits_for_a_supervisor(old, emergency):
    for digit in "123456":
        refused(settle, emergency, digit * 10)

    report(emergency.serial, old.installation.site_id, old.release_code)

    emergency.refresh_from_db()
    old.installation.refresh_from_db()
    assert emergency.is_open
    assert old.installation.reported_release_code == old.release_code
    assert decide(emergency)


def test_the_code_of_an_installation_taken_over_cannot_be_checked(catalogue):
    held = factories.taken_over()
    said = factories.answers(factories.registered(), serial=held.serial.code, release_code="")
    said = replace(said, release_code_unavailable=True)
    request = operations.open_relicensing(answers=said, purpose="migrate", by="clerk", today=TODAY)
    emergency = operations.issue_emergency(request_id=request.pk, reason=WHY, by="supervisor", today=TODAY)

    assert refused(settle, emergency, "ABCDE12345") == "release-code-not-checkable"
    report(held.serial, held.site_id, "ABCDE12345")

    held.refresh_from_db()
    assert held.reported_release_code == "ABCDE12345"
    assert decide(emergency)


# --- Supervisors end it ------------------------------------------------------------------------------


def test_a_supervisor_decides_for_good(old, emergency):
    assert decide(emergency, reason="  The old PC was scrapped; certificate seen. ")

    emergency.refresh_from_db()
    assert (emergency.outcome, emergency.settled_by) == ("decided", "supervisor")
    assert emergency.settled_reason == "The old PC was scrapped; certificate seen."
    assert emergency.permanent_code.expires_on is None
    assert reason(factories.request(old), "release_code") == "release-code-used"


def test_whoever_answered_the_call_does_not_decide(emergency):
    assert refused(decide, emergency, by=emergency.request.opened_by) == "decider-asked"


@each_row("act", [decide, withdraw])
@each_row("why", ["", "scrap"])
def test_ending_it_needs_a_reason(emergency, act, why):
    assert refused(act, emergency, reason=why) == ("reason-too-short" if why else "reason-missing")


def test_withdrawn_it_ends_its_installation_and_the_serial_has_to_be_relicensed(old, emergency):
    withdraw(emergency)

    emergency.refresh_from_db()
    emergency.installation.refresh_from_db()
    assert emergency.outcome == "withdrawn"
    assert emergency.installation.end_reason == Installation.EndReason.WITHDRAWN
    assert refused(update, emergency) == "relicensing-required"
    assert refused(register, emergency) == "relicensing-required"
    request = factories.request(old)
    assert (reason(request, "serial"), reason(request, "release_code")) == (
        "serial-after-emergency",
        "release-code-valid",
    )
    assert issue(request).installation.is_live
    assert ReleaseCodeUse.objects.get().installation == old.installation


def test_after_a_withdrawal_there_may_be_another_emergency(old, emergency):
    withdraw(emergency)

    again = begin_another_emergency(old)

    assert (again.earlier, again.is_open) == (old.installation, True)


@each_row(
    "end", [decide, withdraw, lambda emergency: settle(emergency, emergency.earlier.unlock_codes.get().release_code)]
)
@each_row("again", [decide, withdraw, lambda emergency: settle(emergency, "UUUUUUUUUU")])
def test_what_is_settled_is_not_settled_again(emergency, end, again):
    end(emergency)

    assert refused(again, emergency) == "emergency-settled"


def test_a_blocked_serial_is_not_made_permanent_but_may_be_withdrawn(old, emergency):
    operations.block_serial(serial=emergency.serial.code, reason="Invoice disputed.", by="supervisor")

    assert refused(settle, emergency, old.release_code) == "serial-blocked"
    assert refused(decide, emergency) == "serial-blocked"
    assert withdraw(emergency) is None


def test_with_all_licences_returned_it_is_settled_without_a_code(old, emergency):
    top_up(emergency.serial, quantity=-1)

    assert settle(emergency, old.release_code) is None

    emergency.refresh_from_db()
    assert (emergency.outcome, emergency.permanent_code) == ("release-code", None)
    top_up(emergency.serial, quantity=3)
    assert update(emergency, today=AFTERWARDS).unlock_code.expires_on is None


def test_every_step_is_an_event(old):
    first = begin_emergency(old)
    withdraw(first)
    second = begin_another_emergency(old)
    decide(second)
    decide(second, by="second supervisor")

    kinds = [event.kind for event in Event.objects.filter(kind__startswith="emergency").order_by("pk")]
    assert kinds == ["emergency-issued", "emergency-withdrawn", "emergency-issued", "emergency-decided"]
    issued = Event.objects.filter(kind="emergency-issued").last()
    assert issued.details["expires_on"] == LAST_DAY.isoformat()
    assert (issued.details["reason"], issued.actor) == (WHY, "supervisor")
    assert event_chain.flaws() == []
