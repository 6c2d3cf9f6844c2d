"""A second emergency within twelve months needs two supervisors (docs/decisions.md#a-second-emergency)."""

from datetime import timedelta

import pytest

from licences import operations
from licences.models import Approval, Emergency, Event
from licences.queries import approvals
from licences.queries.checklist import latest_check
from licences.queries.repeated_emergencies import deciders
from tests import factories
from tests.factories import TODAY
from tests.operations.emergency_calls import (
    WHY,
    begin_another_emergency,
    begin_emergency,
    dead_pc,
    decide,
    settle,
    withdraw,
)
from tests.tables import each_row

pytestmark = pytest.mark.usefixtures("catalogue")


def issue(request, by="supervisor"):
    return operations.issue_emergency(request_id=request.pk, reason=WHY, by=by, today=TODAY)


def months_ago(emergency, days):
    Emergency.objects.filter(pk=emergency.pk).update(issued_at=emergency.issued_at - timedelta(days=days))


@each_row("end", [withdraw, lambda each: settle(each, each.earlier.unlock_codes.get().release_code)])
def test_it_needs_two_whatever_became_of_the_first(old, end):
    first = begin_emergency(old)
    end(first)
    request = dead_pc(first.installation.unlock_codes.latest("sequence"))

    assert issue(request) is None
    assert Emergency.objects.count() == 1
    second = issue(request, by="second supervisor")

    assert second.serial == first.serial
    assert Approval.objects.filter(subject="emergency", checklist__request=request).count() == 2
    told = Event.objects.filter(kind__in=["relicensing-agreed", "emergency-issued"]).order_by("-pk")[:2]
    assert all(event.details["counted"]["emergencies"] == {"count": 2, "limit": 1} for event in told)


def test_the_same_site_id_counts_for_another_serial(old):
    first = begin_emergency(old)
    withdraw(first)
    other = factories.registered()
    request = dead_pc(other, site_id=first.installation.site_id)

    assert issue(request) is None
    status = approvals.approval_status(request, latest_check(request), now=first.issued_at + timedelta(days=1))
    assert status.earlier_emergencies == [first]


@each_row(("days", "needed"), [(364, 2), (366, 1)])
def test_twelve_months_later_one_is_enough(old, days, needed):
    first = begin_emergency(old)
    withdraw(first)
    months_ago(first, days)

    assert (issue(dead_pc(old)) is None) == (needed == 2)


def test_to_accept_it_for_good_needs_two_as_well(old):
    withdraw(begin_emergency(old))
    request = dead_pc(old)
    decision = {"request_id": request.pk, "items": ["release_code"], "reason": WHY}

    assert operations.decide_checklist(**decision, by="supervisor") is False
    assert operations.decide_checklist(**decision, by="second supervisor") is True


def test_its_follow_up_needs_two_and_that_of_the_first_needs_one(old):
    first = begin_emergency(old)
    assert decide(first) is True
    second = begin_another_emergency(first.installation.unlock_codes.latest("sequence"))

    assert decide(second) is False
    assert decide(second, by="second supervisor") is True


def test_other_decisions_need_one(old):
    withdraw(begin_emergency(old))
    request = factories.request(old, customer_name="Somebody Else AG")

    assert operations.decide_checklist(request_id=request.pk, items=["customer_name"], reason=WHY, by="supervisor")


def test_named_are_those_who_may_agree_now(supervisor, clerk, django_user_model):
    django_user_model.objects.create_superuser("root", password="a long test password")
    gone = django_user_model.objects.create_user("gone", password="a long test password", is_active=False)
    gone.groups.set(supervisor.groups.all())

    assert deciders("licences.issue_emergency", excluded=[]) == ["root", "supervisor"]
    assert deciders("licences.issue_emergency", excluded=["root"]) == ["supervisor"]
