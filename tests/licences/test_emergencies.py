"""The dead PC: an emergency code and its follow-up (domain.md "A serial's life"; decisions.md 12; codes.md, slot 0)."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.conf import settings

from licences import decisions, operations, queries
from licences.domain import codes
from licences.models import Emergency, Event, Installation, Product, ReleaseCodeUse, UnlockCode, WrongReleaseCode
from licences.operations.codes import licence_file
from tests import event_chain, factories
from tests.factories import TODAY, details, versions
from tests.licences.emergency_calls import (
    AFTERWARDS,
    LAST_DAY,
    WHY,
    code_of,
    dead_pc,
    decide,
    emergency,
    refused,
    settle,
    withdraw,
)
from tests.licences.relicensing_calls import issue, reason, release, top_up, verdicts

pytestmark = pytest.mark.usefixtures("catalogue")


@pytest.fixture
def old(catalogue):
    """The unlock code of the PC that is dead."""
    return factories.registered()


@pytest.fixture
def found(old):
    """An emergency of that serial."""
    return emergency(old)


def update(found, *, today=TODAY):
    place = {"serial": found.serial.code, "site_id": found.installation.site_id}
    return operations.update(**place, versions=versions(), by="Xchange Server", today=today)


def register(found, *, today=TODAY, site_id=""):
    place = {"serial": found.serial.code, "site_id": site_id or found.installation.site_id}
    return operations.register(**place, versions=versions(), details=details(), by="Xchange Server", today=today)


def report(serial, site_id, release_code):
    return operations.release(serial=serial.code, site_id=site_id, release_code=release_code, by="Xchange Server")


# --- Issuing ---------------------------------------------------------------------------------------


def test_it_ends_the_dead_installation_and_lets_the_new_one_run_for_fourteen_days(old, found):
    old.installation.refresh_from_db()
    code = code_of(found)

    assert old.installation.end_reason == Installation.EndReason.EMERGENCY
    assert found.installation.is_live
    assert (found.earlier, found.expires_on, code.expires_on) == (old.installation, LAST_DAY, LAST_DAY)
    assert (found.issued_by, found.reason, code.occasion) == ("supervisor", WHY, UnlockCode.Occasion.EMERGENCY)
    assert queries.site_card(found.serial.code, today=TODAY).state == queries.State.EMERGENCY


def test_code_and_licence_file_say_their_last_valid_day(found):
    code = code_of(found)
    place = {"serial": found.serial.code, "site_id": found.installation.site_id}

    statement = codes.decode_unlock_code(code.code, **place, keys=settings.UNLOCK_KEYS)

    assert statement.expires_on == LAST_DAY
    assert licence_file(code).count(".") == 2
    assert len(code.code) == 29  # one product and the emergency line


def test_the_days_are_a_setting(old, settings):
    settings.EMERGENCY_DAYS = 3

    assert emergency(old).expires_on == TODAY + timedelta(days=3)


def test_a_serial_with_seven_products_has_room_for_the_line(catalogue):
    operations.save_product(Product(sku="XCH-API", name="Xchange API", slot=31), by="tests")
    old = factories.registered()
    for sku in ("XCH-USR", "XCH-CTI", "XCH-CRM", "XCH-MOB", "XCH-FAX", "XCH-API"):
        top_up(old.serial, product=sku, quantity=2)

    assert len(code_of(emergency(old)).code) == 53


def test_the_request_is_closed_and_says_so(found):
    found.request.refresh_from_db()

    assert (found.request.outcome, found.request.closed_by) == ("emergency", "supervisor")
    assert issue(found.request) == code_of(found)


@pytest.mark.parametrize("why", ["", " \n ", "dead", "- - - - - - - -"])
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


@pytest.mark.parametrize(
    "said",
    [
        {"release_code_unavailable": False},
        {"customer_name": "Gruber Dachbau KG"},
        {"site_id": ""},
        {"release_code": "UUUUU-UUUUU"},
    ],
    ids=["not said", "another name", "no site ID", "wrong code"],
)
def test_everything_else_has_to_pass(old, said):
    request = factories.request(old, **{"release_code": "", "release_code_unavailable": True, **said})

    assert (
        refused(operations.issue_emergency, request_id=request.pk, reason=WHY, by="supervisor", today=TODAY)
        == "emergency-not-possible"
    )


def test_another_name_may_be_accepted_first(old):
    request = dead_pc(old, customer_name="Gruber Dachbau KG")
    operations.decide(request_id=request.pk, items=["customer_name"], reason="Sold; contract seen.", by="supervisor")

    assert operations.issue_emergency(request_id=request.pk, reason=WHY, by="supervisor", today=TODAY)


def test_a_decision_on_a_check_that_was_not_looked_at_is_refused(old):
    request = dead_pc(old)
    operations.check_again(
        request_id=request.pk,
        answers=queries.latest_check(request).answers(),
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


def test_there_is_only_one_at_a_time(old, found):
    again = dead_pc(old, site_id=found.installation.site_id)

    assert (verdicts(again)["release_code"], reason(again, "release_code")) == ("mismatch", "emergency-open")
    act = {"reason": WHY, "by": "supervisor", "today": TODAY}
    assert refused(operations.issue_emergency, request_id=again.pk, **act) == "emergency-not-possible"
    assert refused(operations.issue_emergency, request_id=found.request_id, **act) == "decided-already"


def test_a_blocked_serial_gets_none(old):
    request = dead_pc(old)
    operations.block_serial(serial=old.serial.code, reason="Invoice disputed.", by="supervisor")

    act = {"request_id": request.pk, "reason": WHY, "by": "supervisor", "today": TODAY}
    assert refused(operations.issue_emergency, **act) == "checklist-out-of-date"


# --- While it runs -----------------------------------------------------------------------------------


def test_the_new_installation_gets_the_same_code_again_to_the_last_day(found):
    code = code_of(found)

    for today in (TODAY, LAST_DAY):
        assert update(found, today=today).unlock_code == code
        assert register(found, today=today).unlock_code == code


def test_a_top_up_is_another_code_with_the_same_last_day(found):
    top_up(found.serial, quantity=4)

    answer = update(found, today=LAST_DAY)

    assert (answer.changed, answer.unlock_code.expires_on, answer.unlock_code.sequence) == (True, LAST_DAY, 3)
    assert update(found).unlock_code == answer.unlock_code


def test_another_installation_is_refused_and_the_dead_one_as_well(old, found):
    assert refused(register, found, site_id="O" * 12) == "serial-in-use"
    place = {"serial": found.serial.code, "site_id": old.installation.site_id}
    assert (
        refused(operations.update, **place, versions=versions(), by="Xchange Server", today=TODAY)
        == "relicensing-required"
    )


def test_its_own_release_code_does_not_settle_it(found):
    said = {"site_id": found.installation.site_id, "release_code": code_of(found).release_code}
    request = factories.request(code_of(found), **said)

    assert reason(request, "release_code") == "release-code-of-emergency"


def test_nor_does_it_move_to_a_third_installation(old, found):
    request = factories.request(old)

    assert reason(request, "site_id") == "site-id-not-emergency"


def test_releasing_it_leaves_the_follow_up_open(old, found):
    release(code_of(found))

    request = factories.request(code_of(found))
    assert reason(request, "serial") == "emergency-open"
    assert reason(request, "release_code") == "release-code-of-emergency"
    assert settle(found, old.release_code) is None

    assert issue(factories.request(code_of(found))).installation.is_live


# --- After its last day ------------------------------------------------------------------------------


def test_after_its_last_day_the_serial_is_refused_everywhere(found):
    assert refused(update, found, today=AFTERWARDS) == "emergency-expired"
    assert refused(register, found, today=AFTERWARDS) == "emergency-expired"
    upgrade = {"serial": found.serial.code, "site_id": found.installation.site_id, "to": versions().server}
    assert refused(operations.judge_upgrade, **upgrade, today=AFTERWARDS) == "emergency-expired"
    assert (
        refused(operations.update, serial=found.serial.code, site_id=None, versions=None, by="clerk", today=AFTERWARDS)
        == "emergency-expired"
    )
    said = {"site_id": found.installation.site_id, "release_code": found.earlier.unlock_codes.get().release_code}
    request = factories.request(code_of(found), today=AFTERWARDS, **said)
    assert reason(request, "serial") == "emergency-expired"


def test_a_top_up_after_its_last_day_brings_no_code(found):
    top_up(found.serial, quantity=4)
    made = UnlockCode.objects.count()

    assert refused(update, found, today=AFTERWARDS) == "emergency-expired"
    assert UnlockCode.objects.count() == made


def test_on_its_last_day_a_version_may_still_be_asked_for(found):
    upgrade = {"serial": found.serial.code, "site_id": found.installation.site_id, "to": versions().server}

    assert operations.judge_upgrade(**upgrade, today=LAST_DAY).allowed


def test_the_follow_up_may_be_settled_after_its_last_day(old, found):
    code = settle(found, old.release_code)

    assert code.expires_on is None
    assert update(found, today=AFTERWARDS).unlock_code == code


def test_overdue_follow_ups_come_first(old):
    later = emergency(old)
    sooner = emergency(factories.registered())
    Emergency.objects.filter(pk=sooner.pk).update(expires_on=TODAY - timedelta(days=2))

    listed = [decisions.follow_up(each, today=TODAY) for each in decisions.open_emergencies()]

    assert [(each.emergency, each.days_left, each.is_overdue) for each in listed] == [
        (sooner, -2, True),
        (later, 14, False),
    ]


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
