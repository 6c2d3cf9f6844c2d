"""Handing a request over to a supervisor is an act of its own (docs/decisions.md#handing-over-is-an-act)."""

import pytest

from licences import operations
from licences.domain.staff_identity import StaffIdentity
from licences.models import Event
from licences.queries import approvals, checklist
from tests import event_chain, factories
from tests.operations.emergency_calls import WHY, dead_pc
from tests.operations.relicensing_calls import check_again
from tests.questions import why_refused

pytestmark = pytest.mark.usefixtures("catalogue")
OTHER_NAME = {"customer_name": "Gruber Dachbau KG"}


@pytest.fixture
def old():
    return factories.registered()


def hand_over(request, by="clerk"):
    operations.hand_over_request(request_id=request.pk, by=by)
    request.refresh_from_db()
    return request


def waiting():
    return list(approvals.requests_decidable_by("supervisor"))


def same_answers_again(request):
    check_again(request, checklist.latest_check(request).answers())
    request.refresh_from_db()


def test_who_handed_it_over_and_when_stays_on_it_with_an_event(old):
    request = hand_over(dead_pc(old), by=StaffIdentity("anna", 7))

    assert (request.handed_over_by, request.handed_over_by_number) == ("anna", 7)
    assert request.handed_over_at == request.waiting_since or request.waiting_since is not None
    assert waiting() == [request]
    event = Event.objects.first()
    assert (event.kind, event.actor) == ("relicensing-handed-over", "anna")
    assert event.details == {"request": request.pk, "check": 1, "items": ["release_code"]}
    assert event_chain.flaws() == []


def test_without_it_nothing_is_on_a_desk(old):
    dead_pc(old)

    assert waiting() == []


def test_handing_over_twice_is_one(old):
    request = hand_over(dead_pc(old))
    before = Event.objects.count()

    assert hand_over(request, by="other").handed_over_by == "clerk"
    assert Event.objects.count() == before


def test_a_mismatch_has_to_be_asked_again_first(old):
    request = factories.request(old, **OTHER_NAME)

    assert why_refused(hand_over, request, unchanged=[Event]) == "nothing-to-hand-over"
    same_answers_again(request)
    assert hand_over(request).waiting_for == ["customer_name"]


def test_what_no_supervisor_may_accept_is_not_handed_over(old):
    request = factories.request(old, site_id="nonsense", release_code="", release_code_unavailable=True)

    assert why_refused(hand_over, request, unchanged=[Event]) == "nothing-to-hand-over"


def test_a_request_in_order_and_a_closed_one_are_not_handed_over(old):
    request = factories.request(old)
    assert why_refused(hand_over, request, unchanged=[Event]) == "nothing-to-hand-over"

    operations.withdraw_relicensing(request_id=request.pk, by="clerk")
    assert why_refused(hand_over, request, unchanged=[Event]) == "request-closed"


def test_a_limit_is_handed_over(old, settings):
    settings.RELICENSING_LIMIT = 0

    assert hand_over(factories.request(old)).waiting_for == ["relicensing-limit"]


def test_it_comes_back_to_the_desk_by_itself_after_a_slip_was_corrected(old):
    request = hand_over(dead_pc(old))
    right = checklist.latest_check(request).answers()
    check_again(request, factories.answers(old, site_id="nonsense", release_code="", release_code_unavailable=True))
    assert waiting() == []

    check_again(request, right)

    assert waiting() == [request]


def test_the_decision_takes_it_off_the_desk(old):
    request = hand_over(dead_pc(old))
    operations.decide_checklist(request_id=request.pk, items=["release_code"], reason=WHY, by="supervisor")

    assert waiting() == []


def test_somebody_who_only_handed_it_over_may_decide(old):
    request = hand_over(dead_pc(old), by="supervisor")

    assert operations.decide_checklist(request_id=request.pk, items=["release_code"], reason=WHY, by="supervisor")
