"""Handing over, deciding, issuing and withdrawing one request at the same moment: one of them wins, and the record
stays whole (docs/decisions.md#handing-over-is-an-act).
"""

import pytest

from licences import operations
from licences.domain.codes import new_site_id
from licences.models import Approval, Event, Installation, UnlockCode
from tests import event_chain, factories
from tests.factories import TODAY
from tests.how_often import rounds
from tests.operations.emergency_calls import WHY, dead_pc
from tests.operations.test_races import at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("catalogue", "one_chain_of_events")]

ROUNDS = rounds(4)
AMONG = {"request-closed", "checklist-not-passed", "nothing-to-hand-over", "decided-already", "nothing-to-decide"}


def handing_over(request, by="clerk"):
    return lambda: operations.hand_over_request(request_id=request.pk, by=by)


def deciding(request, by="supervisor"):
    act = {"request_id": request.pk, "items": ["release_code"], "reason": WHY}
    return lambda: operations.decide_checklist(**act, by=by)


def issuing(request, by="clerk"):
    return lambda: operations.issue_relicensing(request_id=request.pk, by=by, today=TODAY)


def withdrawing(request):
    return lambda: operations.withdraw_relicensing(request_id=request.pk, by="clerk") or True


def events(request, *kinds):
    return Event.objects.filter(kind__in=kinds, details__request=request.pk).count()


def test_hand_over_decide_issue_and_withdraw_leave_a_whole_record():
    for _ in range(ROUNDS):
        request = dead_pc(factories.registered())

        _answers, refused = at_once(
            handing_over(request), deciding(request), issuing(request, by="supervisor"), withdrawing(request)
        )

        request.refresh_from_db()
        assert set(refused) <= AMONG
        ended = events(request, "relicensing-withdrawn", "re-licensed")
        assert ended == (0 if request.is_open else 1)
        assert request.waiting_since is None or request.is_open
        assert UnlockCode.objects.filter(relicensings=request).count() == (request.outcome == "issued")
    assert event_chain.flaws() == []


def test_two_who_hand_over_are_one_event_and_two_who_accept_and_issue_one_code():
    for _ in range(ROUNDS):
        request = dead_pc(factories.registered())
        at_once(handing_over(request), handing_over(request, by="other"))
        assert events(request, "relicensing-handed-over") == 1

        at_once(deciding(request), deciding(request, by="deputy"))
        codes, refused = at_once(issuing(request), issuing(request, by="supervisor"))

        assert Approval.objects.filter(checklist__request=request).count() == 1
        assert len({code.pk for code in codes}) == 1
        assert refused == []


def test_two_requests_of_one_serial_that_issue_and_withdraw_do_not_block_each_other():
    for _ in range(ROUNDS):
        old, site_id = factories.registered(), new_site_id()
        one, other = (factories.request(old, site_id=site_id) for _ in range(2))

        at_once(issuing(one), issuing(other), withdrawing(other), withdrawing(one))

        assert Installation.objects.filter(serial=old.serial, ended_at=None).count() == 1
    assert event_chain.flaws() == []
