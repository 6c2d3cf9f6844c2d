"""The events of decisions contain the counts and limits that made a supervisor necessary."""

import pytest

from licences import operations
from licences.models import Event
from tests import factories
from tests.factories import TODAY
from tests.operations.emergency_calls import WHY, dead_pc
from tests.operations.test_approval_limits import A_LOT, decide, guess

pytestmark = pytest.mark.usefixtures("catalogue")


def test_years_later_the_event_still_says_how_much_was_counted_and_what_the_limit_was(settings):
    code = factories.registered()
    for _ in range(3):
        code = factories.relicensed(code)

    decide(factories.request(code), "relicensing-limit")

    settings.RELICENSING_LIMIT = 9
    assert Event.objects.latest("pk").details["counted"] == {"relicensing-limit": {"count": 3, "limit": 3}}


def test_every_check_with_a_wrong_code_says_in_its_event_how_many_there_were():
    old = factories.registered()
    guess(old, "B", "C", "C")
    factories.request(old)

    checks = Event.objects.filter(kind=Event.Kind.RELICENSING_CHECKED).order_by("pk")
    assert [event.details.get("wrong_codes") for event in checks] == [1, 2, 2, None]


def test_every_event_of_theirs_says_how_many_licences_were_at_stake():
    much = factories.registered(factories.bought(quantity=A_LOT))
    request = dead_pc(much)
    act = {"request_id": request.pk, "reason": WHY, "today": TODAY}
    operations.issue_emergency(**act, by="supervisor")
    emergency = operations.issue_emergency(**act, by="deputy")
    operations.decide_emergency(emergency_id=emergency.pk, reason=WHY, by="supervisor")
    operations.decide_emergency(emergency_id=emergency.pk, reason=WHY, by="deputy")

    told = Event.objects.filter(serial=much.serial.code, details__has_key="counted").order_by("pk")
    assert [event.kind for event in told] == [
        Event.Kind.RELICENSING_AGREED,
        Event.Kind.EMERGENCY_ISSUED,
        Event.Kind.RELICENSING_AGREED,
        Event.Kind.EMERGENCY_DECIDED,
    ]
    assert all(event.details["counted"] == {"licences": {"count": A_LOT, "limit": A_LOT}} for event in told)
