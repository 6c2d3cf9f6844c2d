"""The dead PC: an emergency code and its follow-up (docs/domain.md#states-of-a-serial;
docs/decisions.md#dead-pc-and-emergency-codes; docs/codes.md, slot 0)."""

from datetime import timedelta

import pytest
from django.conf import settings

from licences import operations
from licences.domain import codes
from licences.models import Emergency, Installation, Product, UnlockCode
from licences.operations.codes import licence_file_text
from licences.queries import approvals, checklist, serials
from tests import factories
from tests.factories import TODAY, top_up, versions
from tests.operations.emergency_calls import (
    AFTERWARDS,
    LAST_DAY,
    WHY,
    begin_emergency,
    code_of,
    dead_pc,
    refused,
    register,
    settle,
    update,
)
from tests.operations.relicensing_calls import issue, reason, release, verdicts
from tests.tables import each_row

pytestmark = pytest.mark.usefixtures("catalogue")


# --- Issuing ---------------------------------------------------------------------------------------


def test_it_ends_the_dead_installation_and_lets_the_new_one_run_for_fourteen_days(old, emergency):
    old.installation.refresh_from_db()
    code = code_of(emergency)

    assert old.installation.end_reason == Installation.EndReason.EMERGENCY
    assert emergency.installation.is_live
    assert (emergency.earlier, emergency.expires_on, code.expires_on) == (old.installation, LAST_DAY, LAST_DAY)
    assert (emergency.issued_by, emergency.reason, code.occasion) == ("supervisor", WHY, UnlockCode.Occasion.EMERGENCY)
    assert serials.site_card(emergency.serial.code, today=TODAY).state == serials.SerialState.EMERGENCY


def test_code_and_licence_file_say_their_last_valid_day(emergency):
    code = code_of(emergency)
    place = {"serial": emergency.serial.code, "site_id": emergency.installation.site_id}

    statement = codes.decode_unlock_code(code.code, **place, keys=settings.UNLOCK_KEYS)

    assert statement.expires_on == LAST_DAY
    assert licence_file_text(code).count(".") == 2
    assert len(code.code) == 29  # one product and the emergency line


def test_the_days_are_a_setting(old, settings):
    settings.EMERGENCY_DAYS = 3

    assert begin_emergency(old).expires_on == TODAY + timedelta(days=3)


def test_a_serial_with_seven_products_has_room_for_the_line(catalogue):
    operations.save_product(Product(sku="XCH-API", name="Xchange API", slot=31), by="tests")
    old = factories.registered()
    for sku in ("XCH-USR", "XCH-CTI", "XCH-CRM", "XCH-MOB", "XCH-FAX", "XCH-API"):
        top_up(old.serial, product=sku, quantity=2)

    assert len(code_of(begin_emergency(old)).code) == 53


def test_the_request_is_closed_and_says_so(emergency):
    emergency.request.refresh_from_db()

    assert (emergency.request.outcome, emergency.request.closed_by) == ("emergency", "supervisor")
    assert issue(emergency.request) == code_of(emergency)


@each_row("why", ["", " \n ", "dead", "- - - - - - - -"])
def test_it_needs_a_reason_that_says_something(old, why):
    request = dead_pc(old)

    code = refused(operations.issue_emergency, request_id=request.pk, reason=why, by="supervisor", today=TODAY)

    assert code == ("reason-too-short" if why.strip() else "reason-missing")


def test_whoever_answered_the_call_cannot_issue_it(old):
    request = dead_pc(old)

    assert (
        refused(operations.issue_emergency, request_id=request.pk, reason=WHY, by=request.opened_by, today=TODAY)
        == "decider-asked"
    )


@each_row(
    "said",
    [
        {"release_code_unavailable": False},
        {"customer_name": "Gruber Dachbau KG"},
        {"site_id": ""},
        {"release_code": "UUUUU-UUUUU"},
    ],
)
def test_everything_else_has_to_pass(old, said):
    request = factories.request(old, **{"release_code": "", "release_code_unavailable": True, **said})

    assert (
        refused(operations.issue_emergency, request_id=request.pk, reason=WHY, by="supervisor", today=TODAY)
        == "emergency-not-possible"
    )


def test_another_name_may_be_accepted_first(old):
    request = dead_pc(old, customer_name="Gruber Dachbau KG")
    operations.decide_checklist(
        request_id=request.pk, items=["customer_name"], reason="Sold; contract seen.", by="supervisor"
    )

    assert operations.issue_emergency(request_id=request.pk, reason=WHY, by="supervisor", today=TODAY)


def test_a_decision_on_a_check_that_was_not_looked_at_is_refused(old):
    request = dead_pc(old)
    operations.recheck_relicensing(
        request_id=request.pk,
        answers=checklist.latest_check(request).answers(),
        purpose="migrate",
        by="clerk",
        today=TODAY,
    )

    act = {"request_id": request.pk, "reason": WHY, "by": "supervisor", "today": TODAY}
    assert refused(operations.issue_emergency, **act, check=1) == "decision-out-of-date"
    assert operations.issue_emergency(**act, check=2)


def test_a_record_that_has_changed_is_checked_again_first(old):
    request = dead_pc(old)
    top_up(old.serial, software_assurance_until=factories.COVERED_UNTIL + timedelta(days=60))

    act = {"request_id": request.pk, "reason": WHY, "by": "supervisor", "today": TODAY}
    assert refused(operations.issue_emergency, **act) == "checklist-out-of-date"
    assert request.checks.count() == 2


def test_there_is_only_one_at_a_time(old, emergency):
    again = dead_pc(old, site_id=emergency.installation.site_id)

    assert (verdicts(again)["release_code"], reason(again, "release_code")) == ("mismatch", "emergency-open")
    act = {"reason": WHY, "by": "supervisor", "today": TODAY}
    assert refused(operations.issue_emergency, request_id=again.pk, **act) == "emergency-not-possible"
    assert refused(operations.issue_emergency, request_id=emergency.request_id, **act) == "decided-already"


def test_a_blocked_serial_gets_none(old):
    request = dead_pc(old)
    operations.block_serial(serial=old.serial.code, reason="Invoice disputed.", by="supervisor")

    act = {"request_id": request.pk, "reason": WHY, "by": "supervisor", "today": TODAY}
    assert refused(operations.issue_emergency, **act) == "checklist-out-of-date"


# --- While it runs -----------------------------------------------------------------------------------


def test_the_new_installation_gets_the_same_code_again_to_the_last_day(emergency):
    code = code_of(emergency)

    for today in (TODAY, LAST_DAY):
        assert update(emergency, today=today).unlock_code == code
        assert register(emergency, today=today).unlock_code == code


def test_a_top_up_is_another_code_with_the_same_last_day(emergency):
    top_up(emergency.serial, quantity=4)

    answer = update(emergency, today=LAST_DAY)

    assert (answer.changed, answer.unlock_code.expires_on, answer.unlock_code.sequence) == (True, LAST_DAY, 3)
    assert update(emergency).unlock_code == answer.unlock_code


def test_another_installation_is_refused_and_the_dead_one_as_well(old, emergency):
    assert refused(register, emergency, site_id="O" * 12) == "serial-in-use"
    place = {"serial": emergency.serial.code, "site_id": old.installation.site_id}
    assert (
        refused(operations.update_installation, **place, versions=versions(), by="Xchange Server", today=TODAY)
        == "relicensing-required"
    )


def test_its_own_release_code_does_not_settle_it(emergency):
    answers = {"site_id": emergency.installation.site_id, "release_code": code_of(emergency).release_code}
    request = factories.request(code_of(emergency), **answers)

    assert reason(request, "release_code") == "release-code-of-emergency"


def test_nor_does_it_move_to_a_third_installation(old, emergency):
    request = factories.request(old)

    assert reason(request, "site_id") == "site-id-not-emergency"


def test_releasing_it_leaves_the_follow_up_open(old, emergency):
    release(code_of(emergency))

    request = factories.request(code_of(emergency))
    assert reason(request, "serial") == "emergency-open"
    assert reason(request, "release_code") == "release-code-of-emergency"
    assert settle(emergency, old.release_code) is None

    assert issue(factories.request(code_of(emergency))).installation.is_live


# --- After its last day ------------------------------------------------------------------------------


def test_after_its_last_day_the_serial_is_refused_everywhere(emergency):
    assert refused(update, emergency, today=AFTERWARDS) == "emergency-expired"
    assert refused(register, emergency, today=AFTERWARDS) == "emergency-expired"
    upgrade = {"serial": emergency.serial.code, "site_id": emergency.installation.site_id, "to": versions().server}
    assert refused(operations.judge_upgrade, **upgrade, today=AFTERWARDS) == "emergency-expired"
    assert (
        refused(
            operations.update_installation,
            serial=emergency.serial.code,
            site_id=None,
            versions=None,
            by="clerk",
            today=AFTERWARDS,
        )
        == "emergency-expired"
    )
    answers = {
        "site_id": emergency.installation.site_id,
        "release_code": emergency.earlier.unlock_codes.get().release_code,
    }
    request = factories.request(code_of(emergency), today=AFTERWARDS, **answers)
    assert reason(request, "serial") == "emergency-expired"


def test_a_top_up_after_its_last_day_brings_no_code(emergency):
    top_up(emergency.serial, quantity=4)
    made = UnlockCode.objects.count()

    assert refused(update, emergency, today=AFTERWARDS) == "emergency-expired"
    assert UnlockCode.objects.count() == made


def test_on_its_last_day_a_version_may_still_be_asked_for(emergency):
    upgrade = {"serial": emergency.serial.code, "site_id": emergency.installation.site_id, "to": versions().server}

    assert operations.judge_upgrade(**upgrade, today=LAST_DAY).allowed


def test_the_follow_up_may_be_settled_after_its_last_day(old, emergency):
    code = settle(emergency, old.release_code)

    assert code.expires_on is None
    assert update(emergency, today=AFTERWARDS).unlock_code == code


def test_overdue_follow_ups_come_first(old):
    later = begin_emergency(old)
    sooner = begin_emergency(factories.registered())
    Emergency.objects.filter(pk=sooner.pk).update(expires_on=TODAY - timedelta(days=2))

    listed = [approvals.follow_up(each, today=TODAY) for each in approvals.open_emergencies()]

    assert [(each.emergency, each.days_left, each.is_overdue) for each in listed] == [
        (sooner, -2, True),
        (later, 14, False),
    ]
