"""Limits of re-licensings and wrong release codes, and how many supervisors have to agree (four eyes)."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from licences import operations
from licences.domain.codes import new_site_id
from licences.models import Approval, Event, Installation, Relicensing, WrongReleaseCode
from licences.operations.wrong_release_codes import record_wrong_release_code
from licences.queries import approvals, checklist
from tests import event_chain, factories
from tests.factories import TODAY, top_up
from tests.operations.emergency_calls import WHY, begin_emergency, dead_pc
from tests.operations.relicensing_calls import check_again, issue
from tests.questions import why_refused
from tests.tables import each_row

pytestmark = pytest.mark.usefixtures("catalogue")

A_LOT = 250


@pytest.fixture
def much(catalogue):
    """A serial with so many licences that two supervisors have to agree."""
    return factories.registered(factories.bought(quantity=A_LOT))


@pytest.fixture
def often(old):
    """The unlock code of a serial that was re-licensed as often as staff may do without a supervisor."""
    for _ in range(3):
        old = factories.relicensed(old)
    return old


def decide(request, *items, reason=WHY, by="supervisor", check=None):
    return operations.decide_checklist(request_id=request.pk, items=items, reason=reason, by=by, check=check)


def why_not(act, *arguments, **values):
    """The code of the refusal; asserts that no approval was added."""
    return why_refused(act, *arguments, unchanged=[Approval], **values)


def guess(old, *wrong):
    """One checklist for each wrong release code."""
    return [factories.request(old, release_code=code * 10) for code in wrong]


def waiting(request):
    request.refresh_from_db()
    return request.waiting_for


# --- Many re-licensings ------------------------------------------------------------------------------


def test_three_in_twelve_months_go_through_and_the_fourth_waits(often):
    request = factories.request(often)

    assert waiting(request) == ["relicensing-limit"]
    assert why_not(issue, request) == "waits-for-supervisor"
    assert Relicensing.objects.get(pk=request.pk).is_open


def test_a_supervisor_lets_it_pass_and_the_clerk_issues(often):
    request = factories.request(often)

    assert decide(request, "relicensing-limit")

    assert waiting(request) == []
    assert issue(request).installation.is_live
    approval = Approval.objects.get()
    assert (approval.subject, approval.counted, approval.approved_by) == ("relicensing-limit", 3, "supervisor")


def test_letting_it_pass_is_an_event_with_its_reason(often):
    decide(factories.request(often), "relicensing-limit")

    event = Event.objects.first()
    assert (event.kind, event.actor) == (Event.Kind.RELICENSING_DECIDED, "supervisor")
    assert (event.details["items"], event.details["reason"]) == (["relicensing-limit"], WHY)


def test_it_holds_for_that_request_only(often):
    first, second = factories.request(often), factories.request(often)
    decide(first, "relicensing-limit")

    assert why_not(issue, second) == "waits-for-supervisor"


def test_and_for_that_check_only(often):
    request = factories.request(often)
    decide(request, "relicensing-limit")

    check_again(request, factories.answers(often, site_id=new_site_id()))

    assert waiting(request) == ["relicensing-limit"]
    assert why_not(issue, request) == "waits-for-supervisor"


def test_what_was_more_than_twelve_months_ago_does_not_count(often):
    year_ago = timezone.now() - timedelta(days=366)
    Installation.objects.filter(origin=Installation.Origin.RELICENSED).update(began_at=year_ago)

    assert issue(factories.request(often))


def test_registrations_and_updates_do_not_count(old):
    for _ in range(5):
        top_up(old.serial)
        operations.update_installation(serial=old.serial.code, site_id=None, versions=None, by="clerk", today=TODAY)

    assert waiting(factories.request(old)) == []


def test_emergencies_count(old):
    emergency = begin_emergency(factories.relicensed(factories.relicensed(old)))
    operations.decide_emergency(emergency_id=emergency.pk, reason=WHY, by="supervisor")

    assert waiting(factories.request(emergency.permanent_code or emergency.installation.unlock_codes.first())) == [
        "relicensing-limit"
    ]


def test_settling_an_emergency_by_checklist_is_no_further_one(old):
    earlier = factories.relicensed(factories.relicensed(old))
    emergency = begin_emergency(earlier)

    assert issue(factories.request(earlier, site_id=emergency.installation.site_id)).expires_on is None


def test_the_limit_is_a_setting(old, settings):
    settings.RELICENSING_LIMIT = 0

    assert waiting(factories.request(old)) == ["relicensing-limit"]


# --- Many wrong codes --------------------------------------------------------------------------------


def test_five_wrong_codes_in_a_day_go_through_and_after_the_sixth_it_waits(old):
    guess(old, *"12345")
    assert waiting(factories.request(old)) == []

    guess(old, "6")

    request = factories.request(old)
    assert waiting(request) == ["wrong-code-limit"]
    assert why_not(issue, request) == "waits-for-supervisor"
    assert decide(request, "wrong-code-limit")
    assert issue(request)


def test_the_same_wrong_code_again_is_no_further_guess(old):
    request = factories.request(old, release_code="UUUUU-UUUUU")
    for _ in range(8):
        check_again(request, factories.answers(old, release_code="uuuuu uuuuu"))

    assert WrongReleaseCode.objects.count() == 1


@each_row("said", ["", "UUUUU", "?????-?????"])
def test_what_cannot_be_a_release_code_is_no_guess(old, said):
    factories.request(old, release_code=said)

    assert not WrongReleaseCode.objects.exists()


def test_codes_of_another_serial_and_slips_count(old):
    factories.request(old, release_code=factories.registered().release_code)
    factories.request(old, release_code=old.release_code[:-1] + ("A" if old.release_code[-1] != "A" else "B"))

    assert WrongReleaseCode.objects.filter(serial=old.serial).count() == 2


def test_those_of_yesterday_do_not_count(old):
    guess(old, *"123456")
    WrongReleaseCode.objects.update(given_at=timezone.now() - timedelta(hours=24, seconds=1))

    assert issue(factories.request(old))


def test_one_more_wrong_code_after_the_decision_has_to_be_decided_as_well(old):
    guess(old, *"123456")
    request = factories.request(old)
    decide(request, "wrong-code-limit")

    guess(old, "7")

    assert why_not(issue, request) == "waits-for-supervisor"
    assert decide(request, "wrong-code-limit", by="deputy")
    assert issue(request)


def test_no_more_are_kept_than_are_worth_it(old):
    symbols = "123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    now = timezone.now()
    for index in range(80):
        code = symbols[index % 35] * 9 + symbols[index // 35]
        record_wrong_release_code(old.serial, code, by="Xchange Server", now=now)

    assert WrongReleaseCode.objects.count() == 50


# --- Who decides -------------------------------------------------------------------------------------


def test_whoever_opened_the_request_does_not_decide(old):
    request = dead_pc(old)

    assert why_not(decide, request, "release_code", by=request.opened_by) == "decider-asked"


def test_whoever_checked_again_does_not_decide(old):
    request = dead_pc(old)
    answers = replace(checklist.latest_check(request).answers(), client_version="2.6.0")
    operations.recheck_relicensing(
        request_id=request.pk, answers=answers, purpose="migrate", by="supervisor", today=TODAY
    )

    assert why_not(decide, request, "release_code") == "decider-asked"
    assert decide(request, "release_code", by="deputy")


def test_whoever_checked_the_same_answers_again_may_decide(old):
    request = dead_pc(old)
    answers = checklist.latest_check(request).answers()
    operations.recheck_relicensing(
        request_id=request.pk, answers=answers, purpose="migrate", by="supervisor", today=TODAY
    )
    operations.hand_over_request(request_id=request.pk, by="clerk")

    assert list(approvals.requests_decidable_by("supervisor")) == [request]
    assert decide(request, "release_code")


def test_whoever_asked_the_caller_again_does_not_decide(old):
    request = dead_pc(old, customer_name="Bäckerei Müller & Söhne")
    operations.confirm_asked_again(request_id=request.pk, items=["customer_name"], by="supervisor")

    assert why_not(decide, request, "release_code") == "decider-asked"


@each_row("why", ["ok", "known", "? ! – . . . . . . . ."])
def test_a_reason_says_something(old, why):
    assert why_not(decide, dead_pc(old), "release_code", reason=why) == "reason-too-short"


def test_a_decision_on_another_check_than_was_seen_is_refused(old):
    request = dead_pc(old)
    check_again(request, checklist.latest_check(request).answers())

    assert why_not(decide, request, "release_code", check=1) == "decision-out-of-date"
    assert decide(request, "release_code", check=2)


def test_a_decision_is_not_taken_twice(old):
    request = dead_pc(old)
    decide(request, "release_code")

    assert why_not(decide, request, "release_code") == "decided-already"
    assert why_not(decide, request, "release_code", by="deputy") == "decided-already"
    issue(request)
    assert why_not(decide, request, "release_code", by="deputy") == "request-closed"


def test_a_limit_is_not_decided_twice(often):
    request = factories.request(often)
    decide(request, "relicensing-limit")

    assert why_not(decide, request, "relicensing-limit", by="deputy") == "decided-already"


def test_a_limit_that_is_not_exceeded_cannot_be_decided(old):
    assert why_not(decide, dead_pc(old), "relicensing-limit") == "nothing-to-decide"


# --- Two supervisors ---------------------------------------------------------------------------------


def test_of_many_licences_two_supervisors_have_to_agree(much):
    request = dead_pc(much)

    assert decide(request, "release_code") is False
    assert why_not(issue, request) == "checklist-not-passed"
    assert why_not(decide, request, "release_code") == "agreed-already"
    assert decide(request, "release_code", by="deputy") is True

    assert issue(request)
    assert set(Approval.objects.values_list("approved_by", flat=True)) == {"supervisor", "deputy"}
    kinds = [event.kind for event in Event.objects.filter(serial=much.serial.code).order_by("-pk")[1:3]]
    assert kinds == [Event.Kind.RELICENSING_DECIDED, Event.Kind.RELICENSING_AGREED]
    assert event_chain.flaws() == []


def test_neither_of_them_is_who_asked(much):
    request = dead_pc(much)
    decide(request, "release_code")

    assert why_not(decide, request, "release_code", by=request.opened_by) == "decider-asked"


def test_the_first_approval_is_void_after_another_check(much):
    request = dead_pc(much)
    decide(request, "release_code")
    check_again(request, factories.answers(much, release_code="", release_code_unavailable=True))

    assert decide(request, "release_code", by="deputy") is False


def test_two_agree_to_an_emergency_as_well(much):
    request = dead_pc(much)
    act = {"request_id": request.pk, "reason": WHY, "today": TODAY}

    assert operations.issue_emergency(**act, by="supervisor") is None
    assert why_not(operations.issue_emergency, **act, by="supervisor") == "agreed-already"
    emergency = operations.issue_emergency(**act, by="deputy")

    assert operations.decide_emergency(emergency_id=emergency.pk, reason=WHY, by="supervisor") is False
    assert (
        why_not(operations.decide_emergency, emergency_id=emergency.pk, reason=WHY, by="supervisor") == "agreed-already"
    )
    assert operations.decide_emergency(emergency_id=emergency.pk, reason=WHY, by="deputy") is True


def test_two_things_may_be_agreed_to_one_by_one(much):
    request = dead_pc(much, customer_name="Gruber Dachbau KG")
    decide(request, "release_code")

    assert decide(request, "release_code", "customer_name", by="deputy") is False
    assert waiting(request) == ["customer_name"]
    assert decide(request, "release_code", "customer_name") is True


def test_a_purchase_that_makes_it_many_makes_the_decision_void(old):
    request = dead_pc(old)
    decide(request, "release_code")

    top_up(old.serial, quantity=A_LOT)

    assert why_not(issue, request) == "checklist-out-of-date"
    assert decide(request, "release_code") is False
    assert decide(request, "release_code", by="deputy") is True


def test_from_how_many_licences_on_is_a_setting(old, settings):
    settings.FOUR_EYES_LICENCES = 1

    assert decide(dead_pc(old), "release_code") is False


# --- Waiting -----------------------------------------------------------------------------------------


def test_it_waits_for_supervisors_who_did_not_ask_and_have_not_agreed(much):
    request = dead_pc(much)
    assert list(approvals.requests_decidable_by("supervisor")) == []
    operations.hand_over_request(request_id=request.pk, by=request.opened_by)
    assert list(approvals.requests_decidable_by("supervisor")) == [request]
    assert list(approvals.requests_decidable_by(request.opened_by)) == []

    decide(request, "release_code")

    assert list(approvals.requests_decidable_by("supervisor")) == []
    assert list(approvals.requests_decidable_by("deputy")) == [request]


def test_it_does_not_wait_while_something_else_is_wrong(old):
    assert waiting(dead_pc(old, site_id="nonsense")) == []
    assert waiting(dead_pc(old)) == ["release_code"]


def test_it_waits_since_it_began_to(old):
    request = dead_pc(old)
    request.refresh_from_db()
    since = request.waiting_since

    check_again(request, checklist.latest_check(request).answers())

    request.refresh_from_db()
    assert request.waiting_since == since
    operations.withdraw_relicensing(request_id=request.pk, by="clerk")
    request.refresh_from_db()
    assert (request.waiting_since, request.waiting_for) == (None, [])
