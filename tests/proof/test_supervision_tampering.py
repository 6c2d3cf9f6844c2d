"""``verify_log`` finds emergencies, approvals and blocks that were changed by raw SQL, with the row and the reason."""

import pytest

from licences import operations
from licences.models import Approval, Emergency, Event
from licences.proof import supervision_checks
from licences.proof.findings import SENTENCES
from licences.proof.record_checks import record_findings
from tests import factories
from tests.operations.emergency_calls import WHY, begin_emergency
from tests.operations.relicensing_calls import issue
from tests.proof.conftest import execute
from tests.tables import each_row


def found_problems():
    return [(each.problem, each.table, each.row) for each in record_findings()]


def event_of(one, *kinds):
    """The key of the event about an emergency that has one of the kinds."""
    return Event.objects.get(details__emergency=one.pk, kind__in=kinds).pk


# --- Emergencies -----------------------------------------------------------------------------------


@each_row(
    "change",
    ["expires_on = '2031-01-01'", "reason = 'Known to us for years.'", "issued_by = 'nobody'"],
)
def test_an_emergency_that_began_otherwise_is_found_out(unguarded, change):
    one = Emergency.objects.latest("pk")

    execute(f"UPDATE licences_emergency SET {change} WHERE id = {one.pk}")

    assert found_problems() == [("emergency-differs", "emergency", one.pk)]
    (finding,) = record_findings()
    assert f"differs from event {event_of(one, Event.Kind.EMERGENCY_ISSUED)}" in finding.sentence


@each_row("outcome", ["release-code", "decided", "withdrawn"])
@each_row("change", ["settled_by = 'nobody'", "settled_reason = 'Known to us for years.'"])
def test_an_emergency_that_ended_otherwise_is_found_out(unguarded, outcome, change):
    one = Emergency.objects.filter(outcome=outcome).latest("pk")

    execute(f"UPDATE licences_emergency SET {change} WHERE id = {one.pk}")

    assert found_problems() == [("emergency-differs", "emergency", one.pk)]


def test_an_emergency_that_is_said_to_be_open_again_is_found_out(unguarded):
    one = Emergency.objects.get(outcome="withdrawn")

    execute(f"UPDATE licences_emergency SET outcome = '', settled_at = NULL, settled_by = '' WHERE id = {one.pk}")

    assert found_problems() == [("emergency-differs", "emergency", one.pk)]


def test_an_emergency_that_nobody_settled_is_found_out(unguarded):
    begun = begin_emergency(factories.registered())

    execute(
        "UPDATE licences_emergency SET outcome = 'decided', settled_reason = 'Known.', settled_by = 'supervisor', "
        f"settled_at = issued_at WHERE id = {begun.pk}"
    )

    assert found_problems() == [("settlement-without-event", "emergency", begun.pk)]


def test_an_emergency_that_is_gone_is_missed(unguarded):
    one = Emergency.objects.get(outcome="withdrawn")
    event = event_of(one, Event.Kind.EMERGENCY_ISSUED)

    execute(f"DELETE FROM licences_emergency WHERE id = {one.pk}")

    assert found_problems() == [("emergency-missing", "event", event)]


def test_an_emergency_that_no_event_knows_is_found_out(unguarded):
    begun = begin_emergency(factories.registered())

    execute(f"DELETE FROM licences_event WHERE id = {event_of(begun, Event.Kind.EMERGENCY_ISSUED)}")

    assert ("emergency-without-event", "emergency", begun.pk) in found_problems()
    assert "code-without-event" in {problem for problem, _table, _row in found_problems()}


# --- Approvals -------------------------------------------------------------------------------------

CHANGES = ["reason = 'Known to us for years.'", "approved_by = 'nobody'", "subject = 'customer_name'"]


@each_row("change", CHANGES)
@each_row("subject", ["emergency", "for-good", "wrong-code-limit"])
def test_an_approval_that_reads_otherwise_is_found_out(unguarded, subject, change):
    approval = Approval.objects.filter(subject=subject).latest("pk")

    execute(f"UPDATE licences_approval SET {change} WHERE id = {approval.pk}")

    assert found_problems()[0] == ("approval-without-event", "approval", approval.pk)
    assert [problem for problem, _table, _row in found_problems()] == ["approval-without-event", "approval-missing"]


@each_row("subject", ["emergency", "for-good", "wrong-code-limit"])
def test_an_approval_that_counts_otherwise_is_found_out(unguarded, subject):
    approval = Approval.objects.filter(subject=subject).latest("pk")

    execute(f"UPDATE licences_approval SET counted = counted + 1 WHERE id = {approval.pk}")

    assert ("approval-without-event", "approval", approval.pk) in found_problems()


def test_an_approval_from_before_events_told_the_count_holds(story):
    """The chain does not allow such an event to be added later, so the test reads one as it was written then."""
    event = Event.objects.get(kind=Event.Kind.RELICENSING_DECIDED, details__items=["wrong-code-limit"])
    details = {name: value for name, value in event.details.items() if name != "counted"}
    event.details = details

    (approval,) = Approval.objects.filter(subject="wrong-code-limit")

    assert approval.counted == 6
    assert supervision_checks._key_without_count(approval) in set(supervision_checks._approvals_in_event(event))


@each_row("subject", ["emergency", "for-good", "wrong-code-limit"])
def test_an_approval_that_is_gone_is_missed(unguarded, subject):
    approval = Approval.objects.filter(subject=subject).latest("pk")

    execute(f"DELETE FROM licences_approval WHERE id = {approval.pk}")

    assert [(problem, table) for problem, table, _row in found_problems()] == [("approval-missing", "event")]


def test_a_decision_that_settles_one_thing_and_agrees_to_another_holds(catalogue, settings):
    settings.FOUR_EYES_LICENCES = 1
    settings.RELICENSING_LIMIT = 1
    request = factories.request(factories.relicensed(factories.registered()), address_line1="Am Hafen 3")
    _agree(request, "address_line1", by="supervisor")

    settled = _agree(request, "address_line1", "relicensing-limit", by="second supervisor")

    event = Event.objects.latest("pk")
    assert not settled
    assert (event.details["items"], event.details["agreed"]) == (["address_line1"], ["relicensing-limit"])
    assert found_problems() == []
    assert _agree(request, "relicensing-limit", by="supervisor")
    assert issue(request).installation.is_live
    assert found_problems() == []


# --- Blocks ----------------------------------------------------------------------------------------


@pytest.fixture
def blocked(unguarded):
    return operations.block_serial(serial=factories.bought().code, reason="Invoice disputed.", by="supervisor")


@pytest.mark.parametrize(
    "change",
    [
        "blocked_at = NULL, blocked_by = '', blocked_reason = ''",
        "blocked_by = 'nobody'",
        "blocked_reason = 'Asked for by the customer.'",
    ],
    ids=["lifted", "person", "reason"],
)
def test_a_block_that_is_not_as_the_log_says_is_found_out(blocked, change):
    assert found_problems() == []

    execute(f"UPDATE licences_serial SET {change} WHERE id = {blocked.pk}")

    assert found_problems() == [("block-differs", "serial", blocked.pk)]


def test_a_block_that_no_event_knows_is_found_out(unguarded):
    serial = factories.bought()

    execute(
        "UPDATE licences_serial SET blocked_by = 'supervisor', blocked_reason = 'Invoice disputed.', "
        f"blocked_at = created_at WHERE id = {serial.pk}"
    )

    assert found_problems() == [("block-differs", "serial", serial.pk)]


def _agree(request, *items, by):
    return operations.decide_checklist(request_id=request.pk, items=items, reason=WHY, by=by)


def test_every_finding_has_a_sentence_of_its_own():
    assert len(set(SENTENCES.values())) == len(SENTENCES)
