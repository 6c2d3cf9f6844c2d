"""Identical calls at the same moment, on real connections: one installation, one event, one answer for all."""

from functools import partial

import pytest

from licences import imports
from licences.models import Event, Installation, Registration
from tests import factories
from tests.how_often import rounds
from tests.together import together

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("catalogue", "no_limit", "one_chain_of_events"),
]

ROUNDS = rounds(3)
AT_ONCE = 4


def documents(answers):
    return [answer.json() for answer in answers]


def test_identical_registrations(new_server):
    for _ in range(ROUNDS):
        serial, server = factories.bought(), new_server()

        answers = together(*[partial(server.register, serial.code)] * AT_ONCE)

        assert sorted(answer.status_code for answer in answers) == [200] * (AT_ONCE - 1) + [201]
        assert documents(answers) == [answers[0].json()] * AT_ONCE
        assert Installation.objects.get(serial=serial).site_id == server.site_id
        assert Registration.objects.filter(serial=serial).count() == 1
        assert Event.objects.filter(serial=serial.code, kind=Event.Kind.REGISTERED).count() == 1


def test_identical_updates_after_a_top_up(new_server):
    for number in range(ROUNDS):
        server = new_server()
        code = factories.registered(factories.bought(customer_number=f"T-{number}"), site_id=server.site_id)
        imports.record_purchase(
            factories.line(serial=code.serial.code, customer_number=f"T-{number}", quantity=4), by="tests"
        )

        answers = together(*[partial(server.update, code.serial.code)] * AT_ONCE)

        assert [answer.status_code for answer in answers] == [200] * AT_ONCE
        assert documents(answers) == [answers[0].json()] * AT_ONCE
        assert answers[0].json()["sequence"] == 2
        assert Event.objects.filter(serial=code.serial.code, kind=Event.Kind.LICENCES_UPDATED).count() == 1


def test_identical_releases(new_server):
    for _ in range(ROUNDS):
        server = new_server()
        code = factories.registered(site_id=server.site_id)

        answers = together(*[partial(server.release, code.serial.code, code.release_code)] * AT_ONCE)

        assert [answer.status_code for answer in answers] == [200] * AT_ONCE
        assert documents(answers) == [answers[0].json()] * AT_ONCE
        assert Event.objects.filter(serial=code.serial.code, kind=Event.Kind.RELEASED).count() == 1


def test_different_servers_for_one_serial(new_server):
    for _ in range(ROUNDS):
        serial = factories.bought()

        answers = together(*[partial(new_server().register, serial.code) for _ in range(AT_ONCE)])

        assert sorted(answer.status_code for answer in answers) == [201] + [409] * (AT_ONCE - 1)
        assert Installation.objects.filter(serial=serial).count() == 1
        assert Event.objects.filter(serial=serial.code, kind=Event.Kind.CLAIM_REFUSED).count() == AT_ONCE - 1
