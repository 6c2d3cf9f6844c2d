"""The constraints on requests, emergencies and approvals; the others are in ``test_constraints``."""

from datetime import timedelta

import pytest
from django.utils import timezone

from licences import operations
from licences.models import Approval, ChecklistCheck, Installation, ItemResolution, Relicensing
from tests import factories
from tests.database.raw_saves import copy, refused, stored
from tests.operations.emergency_calls import begin_emergency
from tests.tables import each_row

NOW = timezone.now()

pytestmark = pytest.mark.django_db


# --- Re-licensing ----------------------------------------------------------------------------------


@each_row(
    ("outcome", "closed", "with_code"),
    [
        ("", True, False),
        ("", False, True),
        ("issued", True, False),
        ("issued", False, True),
        ("withdrawn", False, False),
        ("withdrawn", True, True),
        ("other", True, False),
        ("other", True, True),
    ],
)
def test_the_outcome_of_a_request_is_whole(code, outcome, closed, with_code):
    request = Relicensing(purpose="migrate", opened_by="clerk", opened_at=NOW, outcome=outcome)
    request.closed_at = NOW + timedelta(minutes=3) if closed else None
    request.unlock_code = code if with_code else None

    assert refused(request, "relicensing_outcome_is_whole")


def test_a_check_has_a_number_of_its_own(code):
    factories.request(code)

    assert refused(copy(ChecklistCheck.objects.get()), "one_check_per_number")


def test_a_check_has_each_item_once(code):
    factories.request(code)

    assert refused(copy(ChecklistCheck.objects.get().items.first()), "each_item_once_per_check")


def test_accepting_an_item_has_a_reason_and_an_item_is_settled_once(code):
    factories.request(code)
    item = ChecklistCheck.objects.get().items.first()
    resolution = ItemResolution(checked_item=item, kind="accepted", resolved_by="supervisor", resolved_at=NOW)

    assert refused(resolution, "acceptance_has_a_reason")
    assert stored(copy(resolution, reason="Known to us."))
    assert refused(copy(resolution, kind="asked-again"), "checked_item")


def test_a_release_and_a_request_are_used_once(code):
    request = Relicensing.objects.get(pk=factories.request(code).pk)
    second = factories.relicensed(code)
    use = second.relicensings.get().release_use

    assert refused(copy(use, request_id=request.pk), "installation")
    assert refused(copy(use, installation_id=second.installation_id), "request")


# --- Emergencies and approvals -----------------------------------------------------------------------


@pytest.fixture
def open_emergency(code):
    """An emergency that is not settled."""
    return begin_emergency(code)


def another(open_emergency, **values):
    """Another emergency of the same serial number, which breaks no constraint but the one that ``values`` break."""
    other = factories.request(factories.registered())
    running = Installation.objects.exclude(pk=open_emergency.installation_id).earliest("pk")
    return copy(open_emergency, request_id=other.pk, installation_id=running.pk, **values)


def test_a_serial_has_one_emergency_at_a_time(open_emergency):
    assert refused(another(open_emergency), "one_open_emergency_per_serial")
    assert stored(another(open_emergency, outcome="release-code", settled_at=NOW))


@pytest.mark.parametrize(
    "values",
    [
        {"settled_at": NOW},
        {"outcome": "release-code"},
        {"outcome": "decided", "settled_at": NOW},
        {"outcome": "withdrawn", "settled_at": NOW},
    ],
    ids=["no outcome", "not settled", "decided without a reason", "withdrawn without a reason"],
)
def test_an_emergency_is_settled_with_all_that_belongs_to_it(open_emergency, values):
    assert refused(another(open_emergency, **values), "emergency_outcome_is_whole")


def test_a_withdrawn_emergency_has_no_permanent_code(open_emergency):
    withdrawn = {"outcome": "withdrawn", "settled_at": NOW, "settled_reason": "A mistake."}
    permanent = factories.registered().pk

    assert refused(another(open_emergency, **withdrawn, permanent_code_id=permanent), "emergency_outcome_is_whole")
    assert stored(another(open_emergency, **withdrawn))


def test_an_emergency_has_a_reason(open_emergency):
    assert refused(another(open_emergency, outcome="release-code", settled_at=NOW, reason=""), "emergency_has_a_reason")


def test_an_approval_has_a_reason_and_is_of_one_thing(open_emergency):
    approval = {"subject": "for-good", "approved_by": "supervisor", "approved_at": NOW, "reason": "Seen."}
    check = ChecklistCheck.objects.latest("pk")

    assert refused(Approval(**approval), "approval_of_one_thing")
    assert refused(Approval(**approval, emergency=open_emergency, checklist=check), "approval_of_one_thing")
    assert refused(Approval(**{**approval, "reason": ""}, emergency=open_emergency), "approval_has_a_reason")
    assert stored(Approval(**approval, emergency=open_emergency))
    assert refused(Approval(**approval, emergency=open_emergency), "one_approval_per_name")
    assert stored(Approval(**approval, emergency=open_emergency, approved_by_number=7))
    renamed = {**approval, "approved_by": "renamed"}
    assert refused(Approval(**renamed, emergency=open_emergency, approved_by_number=7), "one_approval_per_user")


def test_only_open_requests_wait(code):
    request = factories.request(code)
    operations.withdraw_relicensing(request_id=request.pk, by="clerk")
    request.refresh_from_db()

    assert refused(copy(request, waiting_since=NOW), "only_open_requests_wait")
