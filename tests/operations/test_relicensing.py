"""A call: the checklist is checked, and ends in a code (docs/domain.md#re-licensing;
docs/decisions.md#how-an-installation-ends, docs/decisions.md#sequences and
docs/decisions.md#approvals-are-bound-to-answers)."""

import pytest
from django.conf import settings

from licences import operations
from licences.domain import codes
from licences.domain.codes import grouped, new_site_id
from licences.domain.errors import Refusal
from licences.models import Event, Installation, Registration, ReleaseCodeUse, Relicensing, Serial, UnlockCode
from licences.queries import checklist
from tests import factories
from tests.factories import TODAY, details, top_up, versions
from tests.operations.relicensing_calls import ALL_MATCH, check_again, issue, reason, refusal, verdicts
from tests.tables import each_row

pytestmark = pytest.mark.usefixtures("catalogue")


# --- Checking --------------------------------------------------------------------------------------


def test_an_honest_caller_passes_and_nothing_has_changed_yet():
    old = factories.registered()

    request = factories.request(old)

    assert verdicts(request) == ALL_MATCH
    assert request.is_open
    assert Installation.objects.get().is_live
    assert UnlockCode.objects.get() == old


def test_a_check_keeps_what_was_said_what_was_on_record_and_by_whom():
    old = factories.registered()

    request = factories.request(old, customer_name="  Bäckerei Mueller & Söhne ")

    check = checklist.latest_check(request)
    name = check.items.get(item="customer_name")
    assert (name.said, name.on_record) == ("Bäckerei Mueller & Söhne", "Bäckerei Müller & Söhne GmbH")
    assert (check.number, check.checked_by, request.opened_by) == (1, "tests", "tests")


def test_a_check_is_an_event_with_its_verdicts_and_without_what_was_said():
    request = factories.request(factories.registered(), customer_name="Gruber Dachbau KG")

    event = Event.objects.first()
    assert (event.kind, event.serial) == (Event.Kind.RELICENSING_CHECKED, request.serial.code)
    assert event.details == {"request": request.pk, "check": 1, "verdicts": {**ALL_MATCH, "customer_name": "mismatch"}}
    assert "Gruber" not in str(event.personal)


def test_corrected_answers_are_another_check_and_the_first_is_kept():
    old = factories.registered()
    request = factories.request(old, address_line1="Hauptstraße 12b")

    check_again(request, factories.answers(old), purpose="reinstall")

    assert verdicts(request) == ALL_MATCH
    assert [check.number for check in request.checks.order_by("number")] == [1, 2]
    assert request.checks.get(number=1).items.get(item="address_line1").verdict == "mismatch"
    request.refresh_from_db()
    assert request.purpose == "reinstall"


def test_a_request_belongs_to_the_serial_that_its_latest_check_recognised():
    old = factories.registered()
    request = factories.request(old, serial="ZZZZ-ZZZZ")
    assert request.serial is None
    assert refusal(request) == "checklist-not-passed"

    check_again(request, factories.answers(old))

    request.refresh_from_db()
    assert request.serial == old.serial


@each_row("item", ALL_MATCH)
def test_an_item_that_was_not_answered_is_missing_and_stands_in_the_way(item):
    request = factories.request(factories.registered(), **{item: " "})

    assert verdicts(request)[item] == "missing"
    assert refusal(request) == "checklist-not-passed"


# --- Issuing ---------------------------------------------------------------------------------------


def test_the_old_installation_ends_and_a_new_one_begins_with_the_next_sequence():
    old = factories.registered(versions=versions("2.4"))
    site_id = new_site_id()

    new = issue(factories.request(old, site_id=site_id, server_version="2.6.1", client_version="2.6"))

    old.installation.refresh_from_db()
    assert old.installation.end_reason == Installation.EndReason.RELICENSED
    live = Installation.objects.get(ended_at=None)
    assert (live, live.site_id, live.origin) == (new.installation, site_id, Installation.Origin.RELICENSED)
    assert (live.server_version, live.client_version) == ("2.6.1", "2.6")
    assert (new.sequence, new.occasion, new.issued_by) == (2, UnlockCode.Occasion.RELICENSING, "clerk")
    assert Serial.objects.get().highest_version == "2.6.1"


def test_the_code_fits_the_new_server_and_says_what_the_serial_is_worth_now():
    old = factories.registered(factories.bought(quantity=3))
    request = factories.request(old)
    top_up(old.serial, product="XCH-USR", quantity=20)

    new = issue(request)

    place = {"serial": old.serial.code, "site_id": new.installation.site_id}
    statement = codes.decode_unlock_code(new.code, **place, keys=settings.UNLOCK_KEYS)
    assert (statement.sequence, statement.lines) == (2, ((1, 3), (2, 20)))
    assert new.release_code == codes.release_code(new.code, **place)


def test_the_site_stays_registered_as_it_was():
    old = factories.registered()
    before = list(Registration.objects.values())

    issue(factories.request(old))

    assert list(Registration.objects.values()) == before


def test_the_renewed_pc_may_keep_its_site_id_and_gets_a_new_sequence():
    old = factories.registered()

    new = issue(factories.request(old, site_id=old.installation.site_id))

    assert new.installation != old.installation
    assert new.installation.site_id == old.installation.site_id
    assert (new.sequence, new.code != old.code) == (2, True)


def test_a_former_site_id_of_another_serial_may_be_used_when_nothing_is_live_on_it():
    former = factories.registered()
    factories.relicensed(former)

    assert issue(factories.request(factories.registered(), site_id=former.installation.site_id))


def test_a_site_id_on_which_another_serial_is_live_is_a_mismatch():
    other = factories.registered()

    request = factories.request(factories.registered(), site_id=other.installation.site_id)

    assert reason(request, "site_id") == "site-id-in-use"
    assert refusal(request) == "checklist-not-passed"


def test_the_new_server_then_registers_as_usual_and_gets_the_same_code():
    new = factories.relicensed(factories.registered())
    place = {"serial": new.serial.code, "site_id": new.installation.site_id}

    answer = operations.register_installation(
        **place, versions=versions(), details=details(), by="Xchange Server", today=TODAY
    )

    assert (answer.unlock_code, answer.changed) == (new, False)


def test_it_is_one_event_that_says_which_request_check_and_code():
    old = factories.registered()
    request = factories.request(old)

    new = issue(request)

    event = Event.objects.first()
    assert (event.kind, event.serial, event.actor) == (Event.Kind.RELICENSED, old.serial.code, "clerk")
    made = event.details.pop("made")
    assert set(made) == {"version", "code", "file", "installation", "used"}
    assert made["installation"] == new.installation_id
    assert event.details == {
        "request": request.pk,
        "check": 1,
        "purpose": "migrate",
        "sequence": 2,
        "site_id": new.installation.site_id,
    }


def test_issuing_twice_gives_the_same_code_and_no_second_event():
    request = factories.request(factories.registered())
    first = issue(request)
    events = Event.objects.count()

    assert issue(request, by="another clerk") == first
    assert Event.objects.count() == events
    request.refresh_from_db()
    assert (request.outcome, request.closed_by, request.unlock_code) == (Relicensing.Outcome.ISSUED, "clerk", first)


def test_a_request_that_has_its_code_is_checked_no_more():
    old = factories.registered()
    request = factories.request(old)
    issue(request)

    with pytest.raises(Refusal, match="request-closed"):
        check_again(request, factories.answers(old))


# --- The release code is used up -------------------------------------------------------------------


def test_it_is_kept_by_which_request_a_release_code_was_used():
    old = factories.registered()
    request = factories.request(old)

    issue(request)

    use = ReleaseCodeUse.objects.get()
    assert (use.installation, use.request, use.release_code) == (old.installation, request, old.release_code)


def test_a_release_code_proves_one_re_licensing():
    old = factories.registered()
    factories.relicensed(old)

    again = factories.request(old)

    assert (verdicts(again)["release_code"], reason(again, "release_code")) == ("mismatch", "release-code-used")
    assert refusal(again) == "checklist-not-passed"


def test_a_second_request_with_that_release_code_for_the_same_server_gets_the_same_code():
    old = factories.registered()
    site_id = new_site_id()
    first, second = (factories.request(old, site_id=site_id) for _ in range(2))

    assert issue(first) == issue(second)
    assert old.serial.unlock_codes.count() == 2


def test_a_second_request_with_that_release_code_gets_no_code_if_something_else_is_wrong():
    old = factories.registered()
    site_id = new_site_id()
    wrong = factories.request(old, site_id=site_id, customer_name="Gruber Dachbau KG")
    issue(factories.request(old, site_id=site_id))

    assert refusal(wrong) == "checklist-not-passed"


def test_each_re_licensing_needs_the_release_code_of_the_server_before():
    code = first = factories.registered()

    for sequence in (2, 3, 4):
        code = factories.relicensed(code)
        assert code.sequence == sequence

    assert reason(factories.request(first), "release_code") == "release-code-used"
    assert Installation.objects.filter(ended_at=None).get() == code.installation


# --- Withdrawing -----------------------------------------------------------------------------------


def test_a_withdrawn_request_makes_no_code_and_stays_on_record():
    old = factories.registered()
    request = factories.request(old)

    operations.withdraw_relicensing(request_id=request.pk, by="clerk")

    request.refresh_from_db()
    assert (request.outcome, request.closed_by) == (Relicensing.Outcome.WITHDRAWN, "clerk")
    assert verdicts(request) == ALL_MATCH
    assert Event.objects.first().kind == Event.Kind.RELICENSING_WITHDRAWN
    assert refusal(request) == "request-closed"
    with pytest.raises(Refusal, match="request-closed"):
        operations.withdraw_relicensing(request_id=request.pk, by="clerk")


def test_a_withdrawn_request_uses_up_no_release_code():
    old = factories.registered()
    operations.withdraw_relicensing(request_id=factories.request(old).pk, by="clerk")

    assert issue(factories.request(old, site_id=grouped(old.installation.site_id))).sequence == 2
