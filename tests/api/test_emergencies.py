"""A serial in an emergency, as its servers see it: the same code to its last day, then nothing (decisions.md 12)."""

from datetime import timedelta

import jwt
import pytest

from licences import operations
from licences.models import RefusedClaim, WrongReleaseCode
from tests import factories
from tests.api.conftest import is_problem
from tests.factories import TODAY
from tests.licences.emergency_calls import AFTERWARDS, LAST_DAY, WHY, code_of, decide, emergency, withdraw
from tests.licences.relicensing_calls import top_up

pytestmark = pytest.mark.usefixtures("catalogue")


@pytest.fixture
def dead(new_server):
    """The old PC, which is not as dead as it seemed."""
    return new_server()


@pytest.fixture
def old(dead):
    return factories.registered(site_id=dead.site_id)


@pytest.fixture
def found(old, server):
    """The emergency of that serial; it runs on ``server``."""
    return emergency(old, site_id=server.site_id)


@pytest.fixture
def on(monkeypatch):
    """``on(day)``: what the portal's clock says from then on."""
    return lambda day: monkeypatch.setattr("django.utils.timezone.localdate", lambda moment=None: day)


def last_day_in_the_file(answer):
    return jwt.decode(answer["licence_file"], options={"verify_signature": False})["expires_on"]


def test_registering_and_updating_bring_the_code_with_its_last_day(server, found):
    code = code_of(found)

    for answer in (server.register(found.serial.code), server.update(found.serial.code)):
        said = answer.json()
        assert (answer.status_code, said["unlock_code"]) == (200, code.code)
        assert said["expires_on"] == last_day_in_the_file(said) == LAST_DAY.isoformat()


def test_a_top_up_keeps_the_last_day(server, found, on):
    top_up(found.serial, quantity=4)
    on(LAST_DAY)

    said = server.update(found.serial.code).json()

    assert (said["licences"][0]["quantity"], said["expires_on"]) == (5, LAST_DAY.isoformat())


def test_after_its_last_day_every_call_is_refused_and_says_whom_to_call(server, found, on):
    on(AFTERWARDS)
    serial = found.serial.code

    for answer in (server.register(serial), server.update(serial), server.upgrade_check(serial, "2.6")):
        assert is_problem(answer, "relicensing-required", 409)
        assert "The emergency code was valid until" in answer.json()["detail"]
    assert not RefusedClaim.objects.exists()


def test_the_dead_pc_gets_nothing_meanwhile(dead, found):
    assert is_problem(dead.update(found.serial.code), "relicensing-required", 409)
    assert is_problem(dead.register(found.serial.code), "serial-in-use", 409)


@pytest.mark.parametrize("day", [TODAY, AFTERWARDS + timedelta(days=30)], ids=["in time", "late"])
def test_what_the_dead_pc_reports_makes_the_code_permanent(server, dead, old, found, on, day):
    on(day)
    assert dead.release(found.serial.code, old.release_code).status_code == 200

    said = server.update(found.serial.code).json()

    assert (said["expires_on"], last_day_in_the_file(said), said["sequence"]) == (None, None, 3)
    assert server.update(found.serial.code).json() == said


def test_so_does_the_decision_of_a_supervisor(server, found):
    decide(found)

    assert server.update(found.serial.code).json()["expires_on"] is None


def test_once_withdrawn_the_serial_has_to_be_relicensed(server, found):
    withdraw(found)

    assert is_problem(server.update(found.serial.code), "relicensing-required", 409)
    assert is_problem(server.register(found.serial.code), "relicensing-required", 409)


def test_wrong_codes_that_servers_send_count_against_the_limit(dead, old):
    for digit in "1123456":  # the same one twice is one
        body = {"serial": old.serial.code, "site_id": dead.site_id, "release_code": digit * 10}
        answer = dead.post("releases", body, REMOTE_ADDR=f"192.0.2.{digit}")
        assert is_problem(answer, "release-code-wrong", 409)

    assert WrongReleaseCode.objects.filter(serial=old.serial).count() == 6
    request = factories.request(old)
    request.refresh_from_db()
    assert request.waiting_for == ["wrong-code-limit"]
    operations.decide(request_id=request.pk, items=["wrong-code-limit"], reason=WHY, by="supervisor")
    assert operations.issue(request_id=request.pk, by="clerk", today=TODAY)
