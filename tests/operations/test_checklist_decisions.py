"""Asking again, decisions of supervisors, and what makes either void (docs/domain.md#who-works-with-it;
docs/decisions.md#registrations-are-a-history, docs/decisions.md#dead-pc-and-emergency-codes and
docs/decisions.md#approvals-are-bound-to-answers)."""

from datetime import timedelta

import pytest

from licences import operations
from licences.domain.codes import new_site_id
from licences.models import Event, Installation, ItemResolution, ReleaseCodeUse, UnlockCode
from licences.queries import checklist
from tests import factories
from tests.factories import COVERED_UNTIL, TODAY, details, top_up
from tests.operations.relicensing_calls import check_again, issue, reason, refusal, release, update, verdicts
from tests.questions import why_refused
from tests.tables import each_row

pytestmark = pytest.mark.usefixtures("catalogue")

CLOSE_NAME = "Bäckerei Müller & Söhne"
OTHER_NAME = "Gruber Dachbau KG"


def confirm(request, *items):
    operations.confirm_asked_again(request_id=request.pk, items=items, by="clerk")


def decide(request, *items, reason="Known to us for years."):
    operations.decide_checklist(request_id=request.pk, items=items, reason=reason, by="supervisor")


def refused(act, *arguments, **values):
    """The code of the refusal; asserts that no item was settled."""
    return why_refused(act, *arguments, unchanged=[ItemResolution], **values)


# --- Asking again ----------------------------------------------------------------------------------


def test_what_is_close_passes_once_it_was_asked_again(old):
    request = factories.request(old, customer_name=CLOSE_NAME)
    assert verdicts(request)["customer_name"] == "close"
    assert refusal(request) == "checklist-not-passed"

    confirm(request, "customer_name")

    assert issue(request).sequence == 2


def test_a_site_id_one_symbol_off_is_asked_again_as_well(old):
    site_id = old.installation.site_id
    slip = site_id[:-1] + ("A" if site_id[-1] != "A" else "B")
    request = factories.request(old, site_id=slip)
    assert verdicts(request)["site_id"] == "close"

    confirm(request, "site_id")

    assert issue(request).installation.site_id == slip


def test_asking_again_is_kept_with_who_did_it_and_as_an_event(old):
    request = factories.request(old, customer_name=CLOSE_NAME)

    confirm(request, "customer_name")

    resolution = ItemResolution.objects.get()
    assert (resolution.kind, resolution.resolved_by) == (ItemResolution.Kind.ASKED_AGAIN, "clerk")
    event = Event.objects.first()
    assert (event.kind, event.details["items"]) == (Event.Kind.RELICENSING_CONFIRMED, ["customer_name"])


def test_the_same_tick_twice_counts_once(old):
    request = factories.request(old, customer_name=CLOSE_NAME)

    confirm(request, "customer_name")
    confirm(request, "customer_name")

    assert ItemResolution.objects.count() == 1
    assert Event.objects.filter(kind=Event.Kind.RELICENSING_CONFIRMED).count() == 1


def test_each_close_item_has_its_own_tick(old):
    request = factories.request(old, customer_name=CLOSE_NAME, address_line1="Haupstraße 12a")

    confirm(request, "customer_name")

    assert refusal(request) == "checklist-not-passed"
    confirm(request, "address_line1")
    assert issue(request)


@each_row("name", [OTHER_NAME, "", "Bäckerei Müller & Söhne GmbH"])
def test_it_refuses_to_confirm_what_is_not_close(old, name):
    request = factories.request(old, customer_name=name, address_line1="Haupstraße 12a")

    assert refused(confirm, request, "address_line1", "customer_name") == "not-to-be-confirmed"


def test_a_tick_stays_while_the_item_reads_the_same(old):
    request = factories.request(old, customer_name=CLOSE_NAME, server_version="the newest")
    confirm(request, "customer_name")

    check_again(request, factories.answers(old, customer_name=CLOSE_NAME))

    assert issue(request)


def test_a_tick_goes_when_the_answer_is_another(old):
    request = factories.request(old, customer_name=CLOSE_NAME)
    confirm(request, "customer_name")

    check_again(request, factories.answers(old, customer_name="Bäckerei Mueller & Söhne"))

    assert verdicts(request)["customer_name"] == "close"
    assert refusal(request) == "checklist-not-passed"


def test_a_name_that_only_the_corrected_customer_bears_is_close(old):
    correction = operations.Correction({"name": "Backwaren Vogel KG"}, "Sold to Ms Vogel.")
    operations.correct_customer(customer_id=old.serial.site.customer_id, correction=correction, by="clerk")

    request = factories.request(old, customer_name="Backwaren Vogel KG")

    assert (verdicts(request)["customer_name"], reason(request, "customer_name")) == ("close", "only-corrected-record")


# --- Deciding --------------------------------------------------------------------------------------


def dead_pc(old, **values):
    return factories.request(old, release_code="", release_code_unavailable=True, **values)


def test_without_any_release_code_to_be_had_a_supervisor_accepts_with_a_reason(old):
    request = dead_pc(old)
    assert verdicts(request)["release_code"] == "unprovable"
    assert refusal(request) == "checklist-not-passed"

    decide(request, "release_code", reason="  Mainboard burnt; invoice of the repair seen. ")

    assert issue(request).sequence == 2
    resolution = ItemResolution.objects.get()
    assert (resolution.kind, resolution.resolved_by) == (ItemResolution.Kind.ACCEPTED, "supervisor")
    assert resolution.reason == "Mainboard burnt; invoice of the repair seen."


def test_a_decision_is_an_event_with_its_reason(old):
    request = dead_pc(old)

    decide(request, "release_code", reason="Mainboard burnt.")

    event = Event.objects.first()
    assert (event.kind, event.actor) == (Event.Kind.RELICENSING_DECIDED, "supervisor")
    assert event.details == {
        "request": request.pk,
        "check": 1,
        "items": ["release_code"],
        "reason": "Mainboard burnt.",
    }


def test_the_code_of_a_pc_that_was_dead_proves_nothing_when_it_turns_up_later(old):
    request = dead_pc(old)
    decide(request, "release_code")
    issue(request)

    assert ReleaseCodeUse.objects.get().installation == old.installation
    assert reason(factories.request(old), "release_code") == "release-code-used"


def test_the_release_code_of_a_serial_taken_over_may_be_accepted():
    held = factories.taken_over().serial
    said = factories.answers(factories.registered(), serial=held.code, release_code="ABCDE-12345")
    request = operations.open_relicensing(answers=said, purpose="migrate", by="clerk", today=TODAY)

    decide(request, "release_code")

    assert issue(request).sequence == 1
    assert held.installations.filter(ended_at=None).count() == 1


@each_row("wrong", [{"customer_name": OTHER_NAME}, {"address_line1": "Am Hafen 3"}])
def test_another_name_or_address_may_be_accepted(old, wrong):
    request = factories.request(old, **wrong)

    decide(request, *wrong)

    assert issue(request)


@each_row("reason", ["", "  \n\t"])
def test_it_refuses_a_decision_without_a_written_reason(old, reason):
    assert refused(decide, dead_pc(old), "release_code", reason=reason) == "reason-missing"


@each_row(
    "wrong",
    [
        {"serial": "ZZZZ-ZZZZ"},
        {"serial": ""},
        {"site_id": "4K7M"},
        {"site_id": ""},
        {"release_code": "UUUUU-UUUUU"},
        {"release_code": "UUUUU"},
        {"release_code": ""},
        {"server_version": "2.7.x"},
        {"client_version": ""},
        {"customer_name": ""},
        {"customer_name": CLOSE_NAME},
    ],
)
def test_it_refuses_to_decide_away_what_is_wrong_or_was_not_asked(old, wrong):
    request = factories.request(old, **wrong)

    assert refused(decide, request, *wrong) == "not-to-be-decided"


def test_it_refuses_to_decide_away_a_site_id_in_use_and_a_release_code_that_is_not_of_this_server(old):
    other = factories.registered()
    factories.relicensed(old)
    wrong = {
        "site_id": other.installation.site_id,
        "release_code": other.release_code,
    }

    for item, said in [*wrong.items(), ("release_code", old.release_code)]:
        assert refused(decide, factories.request(old, **{item: said}), item) == "not-to-be-decided"


def test_it_refuses_to_decide_away_a_block(old):
    operations.block_serial(serial=old.serial.code, reason="Invoice disputed.", by="supervisor")

    assert refused(decide, factories.request(old), "serial") == "not-to-be-decided"


def test_one_item_that_may_not_be_decided_keeps_the_others_from_being_decided(old):
    request = dead_pc(old, site_id="4K7M")

    assert refused(decide, request, "release_code", "site_id") == "not-to-be-decided"


def test_it_refuses_a_decision_about_nothing(old):
    request = dead_pc(old)
    assert refused(decide, request) == "nothing-to-decide"

    decide(request, "release_code")

    assert refused(decide, request, "release_code") == "decided-already"


@each_row("act", [confirm, decide])
def test_it_settles_nothing_on_a_closed_request(old, act):
    request = dead_pc(old, customer_name=CLOSE_NAME)
    operations.withdraw_relicensing(request_id=request.pk, by="clerk")

    assert refused(act, request, "customer_name" if act is confirm else "release_code") == "request-closed"


# --- A decision holds for what it was taken on -----------------------------------------------------


def accepted(request):
    return [row.finding.item for row in checklist.checklist_rows(checklist.latest_check(request)) if row.resolution]


def test_a_decision_holds_when_the_same_is_checked_again(old):
    request = dead_pc(old)
    decide(request, "release_code")

    check_again(request, checklist.latest_check(request).answers())

    assert accepted(request) == ["release_code"]
    assert issue(request)


def test_a_decision_falls_with_any_other_answer(old):
    request = dead_pc(old)
    decide(request, "release_code")

    check_again(request, factories.answers(old, release_code="", release_code_unavailable=True))

    assert accepted(request) == []
    assert refusal(request) == "checklist-not-passed"


def test_a_decision_falls_when_the_record_changes(old):
    request = dead_pc(old)
    decide(request, "release_code")
    release(old)

    assert refusal(request) == "checklist-out-of-date"
    assert accepted(request) == []
    assert refusal(request) == "checklist-not-passed"


# --- Everything is checked again when the code is issued -------------------------------------------


def correct(old, **values):
    correction = operations.Correction(values, "As the customer wrote.")
    operations.correct_customer(customer_id=old.serial.site.customer_id, correction=correction, by="clerk")


def renew(old):
    new = details(name="Backwaren Vogel KG")
    operations.renew_registration(serial=old.serial.code, details=new, reason="Renamed, as told by letter.", by="clerk")


def cover_longer(old):
    top_up(old.serial, software_assurance_until=COVERED_UNTIL + timedelta(days=365))


def new_code(old):
    top_up(old.serial)
    update(old.serial)


def block(old):
    operations.block_serial(serial=old.serial.code, reason="Invoice disputed.", by="supervisor")


CHANGES = {
    "the customer was corrected": lambda old: correct(old, name="Backwaren Vogel KG"),
    "the registration was renewed": renew,
    "the serial was blocked": block,
    "the server reported its release": release,
    "the licences were returned": lambda old: top_up(old.serial, quantity=-1),
    "the cover was prolonged": cover_longer,
    "the server got a new code": new_code,
    "another request was issued": factories.relicensed,
}


@each_row("change", CHANGES.values())
def test_it_refuses_when_the_record_changed_since_the_check_and_checks_again(old, change):
    request = factories.request(old)
    change(old)

    assert refusal(request) == "checklist-out-of-date"
    assert request.checks.count() == 2


def test_it_refuses_when_another_serial_took_the_site_id_meanwhile(old):
    site_id = new_site_id()
    request = factories.request(old, site_id=site_id)
    factories.registered(site_id=site_id)

    assert refusal(request) == "checklist-out-of-date"
    assert reason(request, "site_id") == "site-id-in-use"


def test_it_refuses_when_the_cover_ended_over_night(old):
    last_day, next_day = COVERED_UNTIL, COVERED_UNTIL + timedelta(days=1)
    request = factories.request(old, today=last_day, server_version="2.7")

    assert refusal(request, today=next_day) == "checklist-out-of-date"
    assert reason(request, "server_version") == "software-assurance-required"


def test_after_a_look_at_the_new_check_it_may_be_issued(old):
    request = factories.request(old)
    release(old)
    assert refusal(request) == "checklist-out-of-date"

    assert reason(request, "release_code") == "release-code-reported"
    assert issue(request).sequence == 2


def test_more_licences_are_no_reason_to_ask_again(old):
    request = factories.request(old)
    top_up(old.serial, quantity=4)

    assert issue(request).lines == [{"product": "XCH-SRV", "slot": 1, "quantity": 5}]


def test_a_refused_request_uses_up_no_release_code(old):
    request = factories.request(old)
    block(old)
    refusal(request)

    assert not ReleaseCodeUse.objects.exists()
    assert Installation.objects.get().is_live
    assert UnlockCode.objects.count() == 1
