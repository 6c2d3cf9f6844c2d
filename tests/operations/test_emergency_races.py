"""Supervisors and release codes at the same moment: one emergency, one end (real connections to a real database)."""

import pytest

from licences import operations
from licences.models import Approval, Emergency, Event, Installation, ReleaseCodeUse
from tests import factories
from tests.factories import TODAY
from tests.operations.emergency_calls import WHY, begin_emergency, dead_pc
from tests.operations.test_races import ROUNDS, at_once, live

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("catalogue", "one_chain_of_events")]


def beginning(request, by):
    act = {"request_id": request.pk, "reason": WHY, "by": by, "today": TODAY}
    return lambda: operations.issue_emergency(**act)


def deciding(request, by):
    act = {"request_id": request.pk, "items": ["release_code"], "reason": WHY, "by": by}
    return lambda: operations.decide_checklist(**act)


def ending(emergency, by):
    return lambda: operations.decide_emergency(emergency_id=emergency.pk, reason=WHY, by=by) and "decided"


def withdrawing(emergency, by):
    return lambda: operations.withdraw_emergency(emergency_id=emergency.pk, reason=WHY, by=by) or "withdrawn"


def settling(emergency, release_code):
    act = {"emergency_id": emergency.pk, "release_code": release_code, "by": "clerk"}
    return lambda: operations.settle_emergency(**act) and "settled"


def reporting(old):
    place = {"serial": old.serial.code, "site_id": old.installation.site_id}
    return lambda: operations.release_installation(**place, release_code=old.release_code, by="server") and "reported"


def test_two_supervisors_issue_at_once():
    for _ in range(ROUNDS):
        old = factories.registered()
        request = dead_pc(old)

        answers, refusals = at_once(beginning(request, "one"), beginning(request, "other"))

        assert refusals == ["decided-already"]
        assert Emergency.objects.get(serial=old.serial) == answers[0]
        assert live(old.serial) == answers[0].installation
        assert Event.objects.filter(serial=old.serial.code, kind=Event.Kind.EMERGENCY_ISSUED).count() == 1


def test_two_supervisors_issue_for_two_requests_of_one_serial():
    for _ in range(ROUNDS):
        old = factories.registered()
        requests = [dead_pc(old), dead_pc(old)]

        answers, refusals = at_once(*(beginning(each, by) for each, by in zip(requests, ("one", "other"), strict=True)))

        assert refusals == ["checklist-out-of-date"]
        assert Emergency.objects.get(serial=old.serial) == answers[0]
        assert Installation.objects.filter(serial=old.serial).count() == 2


def test_two_supervisors_decide_a_checklist_at_once():
    for _ in range(ROUNDS):
        request = dead_pc(factories.registered())

        answers, refusals = at_once(deciding(request, "one"), deciding(request, "other"))

        assert (answers, refusals) == ([True], ["decided-already"])
        assert Approval.objects.filter(checklist__request=request).count() == 1


def test_the_two_that_are_needed_agree_at_once():
    for _ in range(ROUNDS):
        request = dead_pc(factories.registered(factories.bought(quantity=250)))

        answers, refusals = at_once(deciding(request, "one"), deciding(request, "other"))

        assert (sorted(answers), refusals) == ([False, True], [])
        assert operations.issue_relicensing(request_id=request.pk, by="clerk", today=TODAY).expires_on is None


def test_one_supervisor_presses_the_button_twice():
    for _ in range(ROUNDS):
        request = dead_pc(factories.registered(factories.bought(quantity=250)))

        answers, refusals = at_once(deciding(request, "one"), deciding(request, "one"))

        assert (answers, refusals) == ([False], ["agreed-already"])


def test_one_accepts_for_good_while_the_other_issues_an_emergency_code():
    for _ in range(ROUNDS):
        request = dead_pc(factories.registered())

        answers, refusals = at_once(deciding(request, "one"), beginning(request, "other"))

        assert len(answers) == 1
        assert refusals[0] in ("request-closed", "emergency-not-possible")


@pytest.mark.parametrize("other", [ending, withdrawing], ids=["decided", "withdrawn"])
def test_the_release_code_arrives_while_a_supervisor_ends_it(other):
    for _ in range(ROUNDS):
        old = factories.registered()
        emergency = begin_emergency(old)

        answers, refusals = at_once(settling(emergency, old.release_code), other(emergency, "supervisor"))

        assert (len(answers), refusals) == (1, ["emergency-settled"])
        emergency.refresh_from_db()
        assert (
            emergency.outcome == {"settled": "release-code", "decided": "decided", "withdrawn": "withdrawn"}[answers[0]]
        )
        assert ReleaseCodeUse.objects.filter(installation=old.installation).count() == (answers[0] != "withdrawn")
        assert emergency.installation.unlock_codes.count() == (1 if answers[0] == "withdrawn" else 2)


def test_the_release_code_is_typed_while_the_server_reports_it():
    for _ in range(ROUNDS):
        old = factories.registered()
        emergency = begin_emergency(old)

        answers, refusals = at_once(settling(emergency, old.release_code), reporting(old))

        assert "reported" in answers
        assert refusals in ([], ["emergency-settled"])
        assert emergency.installation.unlock_codes.count() == 2
        assert ReleaseCodeUse.objects.filter(installation=old.installation).count() == 1


def test_a_server_updates_while_its_code_becomes_permanent():
    for _ in range(ROUNDS):
        old = factories.registered()
        emergency = begin_emergency(old)
        place = {"serial": old.serial.code, "site_id": emergency.installation.site_id}

        answers, refusals = at_once(
            settling(emergency, old.release_code),
            lambda place=place: (
                operations.update_installation(**place, versions=None, by="server", today=TODAY).unlock_code
            ),
        )

        assert (len(answers), refusals) == (2, [])
        codes = emergency.installation.unlock_codes.order_by("sequence")
        assert [code.expires_on for code in codes] == [emergency.expires_on, None]


def test_two_requests_are_issued_at_once_where_one_more_is_within_the_limit(settings):
    settings.RELICENSING_LIMIT = 1
    for _ in range(ROUNDS):
        old = factories.registered()
        requests = [factories.request(old), factories.request(old)]

        answers, refusals = at_once(
            *(
                lambda each=each: operations.issue_relicensing(request_id=each.pk, by="clerk", today=TODAY)
                for each in requests
            )
        )

        assert (len(answers), refusals) == (1, ["checklist-out-of-date"])


def test_wrong_codes_at_once_are_all_counted():
    for _ in range(ROUNDS):
        old = factories.registered()
        emergency = begin_emergency(old)

        at_once(*(settling(emergency, symbol * 10) for symbol in "1234"))

        assert old.serial.wrong_release_codes.count() == 4
