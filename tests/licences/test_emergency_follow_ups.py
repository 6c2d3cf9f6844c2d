"""How an emergency ends: the release code turns up, or a supervisor ends it (decisions.md 12)."""

from dataclasses import replace

import pytest

from licences import operations, queries
from licences.models import Event, Installation, ReleaseCodeUse, UnlockCode, WrongReleaseCode
from tests import event_chain, factories
from tests.factories import TODAY
from tests.licences.emergency_calls import (
    AFTERWARDS,
    LAST_DAY,
    WHY,
    code_of,
    decide,
    emergency,
    refused,
    register,
    report,
    settle,
    update,
    withdraw,
)
from tests.licences.relicensing_calls import issue, reason, release, top_up

pytestmark = pytest.mark.usefixtures("catalogue")


@pytest.fixture
def old(catalogue):
    """The unlock code of the PC that is dead."""
    return factories.registered()


@pytest.fixture
def found(old):
    """An emergency of that serial."""
    return emergency(old)


# --- The release code turns up -----------------------------------------------------------------------


def test_the_release_code_makes_it_permanent(old, found):
    code = settle(found, old.release_code)

    found.refresh_from_db()
    assert (found.outcome, found.settled_by, found.permanent_code) == ("release-code", "clerk", code)
    assert (code.expires_on, code.occasion, code.sequence) == (None, UnlockCode.Occasion.PERMANENT, 3)
    assert code.installation == found.installation
    assert ReleaseCodeUse.objects.get().installation == old.installation
    assert queries.site_card(found.serial.code, today=AFTERWARDS).state == queries.State.LIVE
    assert update(found, today=AFTERWARDS).unlock_code == code


def test_on_the_checklist_it_settles_it_too(old, found):
    request = factories.request(old, site_id=found.installation.site_id)
    assert (reason(request, "serial"), reason(request, "release_code")) == ("serial-emergency", "release-code-settles")

    code = issue(request)

    found.refresh_from_db()
    assert (found.outcome, found.permanent_code) == ("release-code", code)
    assert found.installation.is_live
    assert ReleaseCodeUse.objects.get().request == request


def test_reported_over_the_web_it_settles_it_too(old, found):
    installation = report(found.serial, old.installation.site_id, old.release_code)

    found.refresh_from_db()
    assert installation == old.installation
    assert (found.outcome, found.settled_by) == ("release-code", "Xchange Server")
    assert found.permanent_code.expires_on is None
    assert report(found.serial, old.installation.site_id, old.release_code) == old.installation


def test_reported_from_a_renewed_pc_with_the_same_site_id_it_settles_it_too(old):
    found = emergency(old, site_id=old.installation.site_id)

    report(found.serial, old.installation.site_id, old.release_code)

    found.refresh_from_db()
    assert found.outcome == "release-code"
    assert Installation.objects.get(pk=found.installation_id).is_live


def test_a_code_that_a_serial_released_before_counts_as_well(old):
    release(old)
    found = emergency(old)

    assert settle(found, old.release_code)


@pytest.mark.parametrize("which", ["UUUUUUUUUU", "its own"])
def test_a_wrong_code_does_not_and_is_kept(found, which):
    wrong = code_of(found).release_code if which == "its own" else which

    assert refused(settle, found, wrong) == "release-code-wrong"

    assert WrongReleaseCode.objects.get().code == wrong
    assert Event.objects.first().kind == Event.Kind.EMERGENCY_CODE_WRONG
    assert event_chain.flaws() == []


def test_after_too_many_wrong_codes_a_supervisor_has_to_type_it(old, found):
    for digit in "123456":
        refused(settle, found, digit * 10)

    assert refused(settle, found, old.release_code) == "wrong-code-limit"
    assert settle(found, old.release_code, by="supervisor", as_supervisor=True)
    told = Event.objects.filter(serial=found.serial.code, details__has_key="wrong_codes").order_by("pk")
    assert [event.details["wrong_codes"] for event in told] == [1, 2, 3, 4, 5, 6, 6]


def test_after_too_many_wrong_codes_what_a_server_reports_waits_for_a_supervisor(old, found):
    for digit in "123456":
        refused(settle, found, digit * 10)

    report(found.serial, old.installation.site_id, old.release_code)

    found.refresh_from_db()
    old.installation.refresh_from_db()
    assert found.is_open
    assert old.installation.reported_release_code == old.release_code
    assert decide(found)


def test_the_code_of_an_installation_taken_over_cannot_be_checked(catalogue):
    held = factories.taken_over()
    said = factories.answers(factories.registered(), serial=held.serial.code, release_code="")
    said = replace(said, release_code_unavailable=True)
    request = operations.open_request(answers=said, purpose="migrate", by="clerk", today=TODAY)
    found = operations.issue_emergency(request_id=request.pk, reason=WHY, by="supervisor", today=TODAY)

    assert refused(settle, found, "ABCDE12345") == "release-code-not-checkable"
    report(held.serial, held.site_id, "ABCDE12345")

    held.refresh_from_db()
    assert held.reported_release_code == "ABCDE12345"
    assert decide(found)


# --- Supervisors end it ------------------------------------------------------------------------------


def test_a_supervisor_decides_for_good(old, found):
    assert decide(found, reason="  The old PC was scrapped; certificate seen. ")

    found.refresh_from_db()
    assert (found.outcome, found.settled_by) == ("decided", "supervisor")
    assert found.settled_reason == "The old PC was scrapped; certificate seen."
    assert found.permanent_code.expires_on is None
    assert reason(factories.request(old), "release_code") == "release-code-used"


def test_whoever_answered_the_call_does_not_decide(found):
    assert refused(decide, found, by=found.request.opened_by) == "decider-asked"


@pytest.mark.parametrize("act", [decide, withdraw])
@pytest.mark.parametrize("why", ["", "scrap"])
def test_ending_it_needs_a_reason(found, act, why):
    assert refused(act, found, reason=why) == ("reason-too-short" if why else "reason-missing")


def test_withdrawn_it_ends_its_installation_and_the_serial_has_to_be_relicensed(old, found):
    withdraw(found)

    found.refresh_from_db()
    found.installation.refresh_from_db()
    assert found.outcome == "withdrawn"
    assert found.installation.end_reason == Installation.EndReason.WITHDRAWN
    assert refused(update, found) == "relicensing-required"
    assert refused(register, found) == "relicensing-required"
    request = factories.request(old)
    assert (reason(request, "serial"), reason(request, "release_code")) == (
        "serial-after-emergency",
        "release-code-valid",
    )
    assert issue(request).installation.is_live
    assert ReleaseCodeUse.objects.get().installation == old.installation


def test_after_a_withdrawal_there_may_be_another_emergency(old, found):
    withdraw(found)

    again = emergency(old)

    assert (again.earlier, again.is_open) == (old.installation, True)


@pytest.mark.parametrize(
    "end", [decide, withdraw, lambda found: settle(found, found.earlier.unlock_codes.get().release_code)]
)
@pytest.mark.parametrize("again", [decide, withdraw, lambda found: settle(found, "UUUUUUUUUU")])
def test_what_is_settled_is_not_settled_again(found, end, again):
    end(found)

    assert refused(again, found) == "emergency-settled"


def test_a_blocked_serial_is_not_made_permanent_but_may_be_withdrawn(old, found):
    operations.block_serial(serial=found.serial.code, reason="Invoice disputed.", by="supervisor")

    assert refused(settle, found, old.release_code) == "serial-blocked"
    assert refused(decide, found) == "serial-blocked"
    assert withdraw(found) is None


def test_with_all_licences_returned_it_is_settled_without_a_code(old, found):
    top_up(found.serial, quantity=-1)

    assert settle(found, old.release_code) is None

    found.refresh_from_db()
    assert (found.outcome, found.permanent_code) == ("release-code", None)
    top_up(found.serial, quantity=3)
    assert update(found, today=AFTERWARDS).unlock_code.expires_on is None


def test_every_step_is_an_event(old):
    first = emergency(old)
    withdraw(first)
    second = emergency(old)
    decide(second)

    kinds = [event.kind for event in Event.objects.filter(kind__startswith="emergency").order_by("pk")]
    assert kinds == ["emergency-issued", "emergency-withdrawn", "emergency-issued", "emergency-decided"]
    issued = Event.objects.filter(kind="emergency-issued").last()
    assert issued.details["expires_on"] == LAST_DAY.isoformat()
    assert (issued.details["reason"], issued.actor) == (WHY, "supervisor")
    assert event_chain.flaws() == []
