"""Two supervisors decide about a call of somebody else at the same moment: one of them does, the other is told."""

import pytest
from django.test import Client

from licences.models import Event, ItemResolution
from tests import event_chain, factories
from tests.how_often import rounds
from tests.operations.emergency_calls import dead_pc
from tests.roles.expectations import SUPERVISOR
from tests.roles.stage import person
from tests.together import together

ROUNDS = rounds(3)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("catalogue")
def test_one_of_two_decisions_at_the_same_moment_is_refused_and_logged(caplog):
    caplog.set_level("INFO", logger="security")
    first = person(SUPERVISOR)
    second = person(SUPERVISOR, "second")
    for _round in range(ROUNDS):
        caplog.clear()
        request = dead_pc(factories.registered())
        before = ItemResolution.objects.count(), Event.objects.count()

        statuses = together(*(_deciding(user, request) for user in (first, second)))

        assert sorted(statuses) == [302, 422]
        assert (ItemResolution.objects.count(), Event.objects.count()) == (before[0] + 1, before[1] + 1)
        loser = (first, second)[statuses.index(422)]
        lines = [record.getMessage() for record in caplog.records if record.name == "security"]
        path = f"{request.get_absolute_url()}decide/"
        assert lines == [f'refused decided-already: user={loser.pk} roles="Supervisor" POST {path}']
    assert event_chain.flaws() == []


def _deciding(user, request):
    browser = Client()
    browser.force_login(user)
    path = f"{request.get_absolute_url()}decide/"
    decision = {"items": ["release_code"], "reason": "The old PC is dead.", "check_number": "1"}
    return lambda: browser.post(path, decision).status_code
