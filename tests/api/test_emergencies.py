"""Calls of the servers of a serial in an emergency: the same code to its last day, then refusals
(docs/decisions.md#dead-pc-and-emergency-codes)."""

from datetime import timedelta

import jwt
import pytest

from licences import operations
from licences.models import RefusedClaim, WrongReleaseCode
from tests import factories
from tests.api.conftest import is_problem
from tests.factories import TODAY, top_up
from tests.operations.emergency_calls import AFTERWARDS, LAST_DAY, WHY, begin_emergency, code_of, decide, withdraw

pytestmark = pytest.mark.usefixtures("catalogue")


@pytest.fixture
def dead(new_server):
    """The server on the old PC."""
    return new_server()


@pytest.fixture
def old(dead):
    return factories.registered(site_id=dead.site_id)


@pytest.fixture
def emergency(old, server):
    """The emergency of that serial, which runs on ``server``."""
    return begin_emergency(old, site_id=server.site_id)


@pytest.fixture
def on(monkeypatch):
    """``on(day)`` sets the portal's clock."""
    return lambda day: monkeypatch.setattr("django.utils.timezone.localdate", lambda moment=None: day)


def last_day_in_the_file(answer):
    return jwt.decode(answer["licence_file"], options={"verify_signature": False})["expires_on"]


def test_registering_and_updating_bring_the_code_with_its_last_day(server, emergency):
    code = code_of(emergency)

    for answer in (server.register(emergency.serial.code), server.update(emergency.serial.code)):
        said = answer.json()
        assert (answer.status_code, said["unlock_code"]) == (200, code.code)
        assert said["expires_on"] == last_day_in_the_file(said) == LAST_DAY.isoformat()


def test_a_top_up_keeps_the_last_day(server, emergency, on):
    top_up(emergency.serial, quantity=4)
    on(LAST_DAY)

    said = server.update(emergency.serial.code).json()

    assert (said["licences"][0]["quantity"], said["expires_on"]) == (5, LAST_DAY.isoformat())


def test_after_its_last_day_every_call_is_refused_and_says_whom_to_call(server, emergency, on):
    on(AFTERWARDS)
    serial = emergency.serial.code

    for answer in (server.register(serial), server.update(serial), server.upgrade_check(serial, "2.6")):
        assert is_problem(answer, "relicensing-required", 409)
        assert "The emergency code was valid until" in answer.json()["detail"]
    assert not RefusedClaim.objects.exists()


def test_the_dead_pc_gets_nothing_meanwhile(dead, emergency):
    assert is_problem(dead.update(emergency.serial.code), "relicensing-required", 409)
    assert is_problem(dead.register(emergency.serial.code), "serial-in-use", 409)


@pytest.mark.parametrize("day", [TODAY, AFTERWARDS + timedelta(days=30)], ids=["in time", "late"])
def test_what_the_dead_pc_reports_makes_the_code_permanent(server, dead, old, emergency, on, day):
    on(day)
    assert dead.release(emergency.serial.code, old.release_code).status_code == 200

    said = server.update(emergency.serial.code).json()

    assert (said["expires_on"], last_day_in_the_file(said), said["sequence"]) == (None, None, 3)
    assert server.update(emergency.serial.code).json() == said


def test_so_does_the_decision_of_a_supervisor(server, emergency):
    decide(emergency)

    assert server.update(emergency.serial.code).json()["expires_on"] is None


def test_once_withdrawn_the_serial_has_to_be_relicensed(server, emergency):
    withdraw(emergency)

    assert is_problem(server.update(emergency.serial.code), "relicensing-required", 409)
    assert is_problem(server.register(emergency.serial.code), "relicensing-required", 409)


def test_wrong_codes_that_servers_send_count_against_the_limit(dead, old):
    for digit in "1123456":  # the same one twice is one
        body = {**dead.place(old.serial.code), "release_code": digit * 10}
        answer = dead.post("releases", body, REMOTE_ADDR=f"192.0.2.{digit}")
        assert is_problem(answer, "release-code-wrong", 409)

    assert WrongReleaseCode.objects.filter(serial=old.serial).count() == 6
    request = factories.request(old)
    request.refresh_from_db()
    assert request.waiting_for == ["wrong-code-limit"]
    operations.decide_checklist(request_id=request.pk, items=["wrong-code-limit"], reason=WHY, by="supervisor")
    assert operations.issue_relicensing(request_id=request.pk, by="clerk", today=TODAY)
