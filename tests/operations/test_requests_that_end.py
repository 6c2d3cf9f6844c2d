"""Requests that end without a code: withdrawn, superseded, left alone (docs/decisions.md#one-call-one-request)."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from licences import operations
from licences.domain.codes import new_site_id
from licences.models import ChecklistCheck, Event, Relicensing
from licences.proof.record_checks import record_findings
from licences.proof.verification import LogVerification
from licences.queries import open_requests
from tests import factories
from tests.operations.emergency_calls import WHY, dead_pc
from tests.operations.relicensing_calls import issue
from tests.questions import why_refused

pytestmark = pytest.mark.usefixtures("catalogue")
HOURS_AGO, LONG_AGO = timedelta(hours=2), timedelta(days=15)


@pytest.fixture
def old():
    return factories.registered()


@pytest.fixture
def at(monkeypatch):
    """``at(ago)`` moves the clock back by ``ago`` until the test ends or it is moved again."""
    now = timezone.now

    def move(ago=timedelta()):
        monkeypatch.setattr(timezone, "now", lambda: now() - ago)

    return move


def made(at, ago, make, *arguments, **values):
    """What ``make`` makes ``ago`` before now."""
    at(ago)
    request = make(*arguments, **values)
    at()
    return request


def state(request):
    request.refresh_from_db()
    return request.outcome, request.closed_because


def no_findings():
    return [*LogVerification().findings(), *record_findings()] == []


# --- Withdrawing and undoing ---------------------------------------------------------------------------


def withdrawn(old, **values):
    request = factories.request(old, **values)
    operations.withdraw_relicensing(request_id=request.pk, by="clerk")
    return request


def test_a_withdrawal_can_be_undone_and_the_request_goes_on(old):
    request = withdrawn(old)

    operations.reopen_relicensing(request_id=request.pk, by="other")

    assert state(request) == ("", None)
    assert Event.objects.first().kind == "relicensing-reopened"
    assert issue(request)


def test_undoing_twice_is_one(old):
    request = withdrawn(old)
    operations.reopen_relicensing(request_id=request.pk, by="clerk")
    before = Event.objects.count()

    operations.reopen_relicensing(request_id=request.pk, by="clerk")

    assert Event.objects.count() == before


def test_after_an_hour_it_is_too_late(old, at):
    request = made(at, timedelta(hours=1, seconds=1), withdrawn, old)

    assert why_refused(operations.reopen_relicensing, request_id=request.pk, by="clerk") == "reopened-too-late"


def test_an_issued_request_is_not_reopened(old):
    request = factories.request(old)
    issue(request)

    assert why_refused(operations.reopen_relicensing, request_id=request.pk, by="clerk") == "not-withdrawn"


def test_a_request_that_was_handed_over_waits_again_once_reopened(old):
    request = dead_pc(old)
    operations.hand_over_request(request_id=request.pk, by="clerk")
    operations.withdraw_relicensing(request_id=request.pk, by="clerk")

    operations.reopen_relicensing(request_id=request.pk, by="clerk")

    request.refresh_from_db()
    assert request.waiting_since is not None


# --- Superseded ----------------------------------------------------------------------------------------


def test_a_quiet_request_for_the_same_site_id_is_closed_when_a_code_is_issued(old, at):
    site_id = new_site_id()
    forgotten = made(at, HOURS_AGO, factories.request, old, site_id=site_id)

    issue(factories.request(old, site_id=site_id))

    assert state(forgotten) == ("withdrawn", "superseded")
    assert Event.objects.get(kind="relicensing-closed").details["because"] == "superseded"
    assert why_refused(operations.reopen_relicensing, request_id=forgotten.pk, by="clerk") == "not-withdrawn"


def test_an_emergency_code_supersedes_as_well(old, at):
    site_id = new_site_id()
    forgotten = made(at, HOURS_AGO, factories.request, old, site_id=site_id)

    operations.issue_emergency(
        request_id=dead_pc(old, site_id=site_id).pk, reason=WHY, by="supervisor", today=factories.TODAY
    )

    assert state(forgotten) == ("withdrawn", "superseded")


def test_a_request_in_which_something_happened_stays_and_is_marked(old):
    site_id = new_site_id()
    other = factories.request(old, site_id=site_id)

    code = issue(factories.request(old, site_id=site_id))

    assert state(other) == ("", None)
    assert open_requests.licensed_meanwhile(other) == code
    assert open_requests.contradicting_requests() == []


@pytest.mark.parametrize("differing", ["site_id", "customer_name"])
def test_another_site_id_or_name_stays_and_goes_to_the_supervisors(old, at, differing):
    site_id = new_site_id()
    values = {"site_id": site_id, differing: new_site_id() if differing == "site_id" else "Gruber Dachbau KG"}
    ago = HOURS_AGO if differing == "site_id" else timedelta(minutes=5)
    other = made(at, ago, factories.request, old, **values)

    issue(factories.request(old, site_id=site_id))

    assert state(other) == ("", None)
    assert [pair.request for pair in open_requests.contradicting_requests()] == [other]


# --- Left alone ------------------------------------------------------------------------------------------


def close_idle():
    return operations.close_idle_requests(now=timezone.now())


def test_a_request_without_action_is_closed_with_an_event(old, at):
    request = made(at, LONG_AGO, factories.request, old)

    assert close_idle() == 1
    assert state(request) == ("withdrawn", "idle")
    assert Event.objects.first().details == {"request": request.pk, "because": "idle", "days": 14}
    assert close_idle() == 0


def test_the_days_are_a_setting_and_each_action_counts(old, at, settings):
    request = made(at, LONG_AGO, factories.request, old)
    settings.OPEN_REQUEST_DAYS = 16
    assert close_idle() == 0
    settings.OPEN_REQUEST_DAYS = 14
    operations.recheck_relicensing(
        request_id=request.pk, answers=factories.answers(old), purpose="migrate", by="clerk", today=factories.TODAY
    )

    assert close_idle() == 0


def test_what_was_handed_over_or_half_approved_stays(at):
    handed_over = made(at, LONG_AGO, dead_pc, factories.registered())
    half = made(at, LONG_AGO, dead_pc, factories.registered(factories.bought(quantity=250)))
    at(LONG_AGO)
    operations.hand_over_request(request_id=handed_over.pk, by="clerk")
    operations.decide_checklist(request_id=half.pk, items=["release_code"], reason=WHY, by="supervisor")
    at()

    assert close_idle() == 0


def test_the_log_proves_all_these_ends(old, at):
    site_id = new_site_id()
    made(at, HOURS_AGO, factories.request, old, site_id=site_id)
    issue(factories.request(old, site_id=site_id))
    made(at, LONG_AGO, factories.request, factories.registered())
    close_idle()
    request = withdrawn(factories.registered())
    operations.reopen_relicensing(request_id=request.pk, by="clerk")

    assert no_findings()


# --- From the state before -----------------------------------------------------------------------------


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
def test_the_columns_come_and_go_with_rows_in_the_table():
    dead_pc(factories.registered())
    before = list(ChecklistCheck.objects.values()), Relicensing.objects.values_list("pk", "opened_by", "outcome").get()
    try:
        call_command("migrate", "licences", "0021_no_policy_violations", verbosity=0)
    finally:  # with all that came later: other tests of this worker need it
        call_command("migrate", "licences", verbosity=0)

    after = list(ChecklistCheck.objects.values()), Relicensing.objects.values_list("pk", "opened_by", "outcome").get()
    assert after == before
    assert Relicensing.objects.get().handed_over_at is None
