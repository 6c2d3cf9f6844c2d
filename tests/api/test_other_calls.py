"""``POST /updates``, ``POST /releases`` and ``GET /upgrade-check`` (docs/surface.md)."""

import pytest

from licences import operations
from licences.domain.codes import grouped, new_site_id
from licences.models import Event, Installation, SerialGuess
from tests import factories
from tests.api.conftest import is_problem
from tests.tables import each_row

pytestmark = pytest.mark.usefixtures("catalogue")


@pytest.fixture
def code(server):
    """The unlock code of a serial that runs on the server."""
    return factories.connected(factories.bought(customer_number="K-1"), site_id=server.site_id)


# --- Updates ---------------------------------------------------------------------------------------


def test_an_update_with_nothing_changed_brings_the_same_code_and_no_event(server, code):
    events = Event.objects.count()

    answers = [server.update(code.serial.code) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json() == answers[1].json()
    assert answers[0].json()["unlock_code"] == code.code
    assert Event.objects.count() == events


def test_after_a_top_up_an_update_brings_the_new_licences(server, code):
    factories.top_up(code.serial, quantity=4)

    said = server.update(code.serial.code).json()

    assert (said["sequence"], said["licences"][0]["quantity"]) == (2, 5)
    assert said["licence_file"] != code.licence_file.text


def test_an_update_says_which_versions_run(new_server, server, code):
    new_server(server.site_id, version="2.7.2").update(code.serial.code)

    live = Installation.objects.get()
    assert (live.server_version, live.client_version) == ("2.7.2", "2.7.2")
    assert Event.objects.first().details["server_version"] == "2.7.2"


def test_an_update_from_a_version_that_needs_software_assurance_is_refused(new_server):
    code = factories.registered(factories.bought(software_assurance_until=None), versions=factories.versions("2.4"))

    refused = new_server(code.installation.site_id, version="2.5").update(code.serial.code)

    assert is_problem(refused, "software-assurance-required", 403)
    assert "2.4" in refused.json()["detail"]


def test_a_released_installation_gets_no_more_updates(server, code):
    factories.relicensed(code)

    assert is_problem(server.update(code.serial.code), "relicensing-required", 409)


def test_an_update_from_a_site_id_that_never_had_the_serial_is_as_good_as_unknown(new_server, code):
    assert is_problem(new_server().update(code.serial.code), "unknown-serial", 404)
    assert is_problem(new_server().update("AB1C-O9XZ"), "unknown-serial", 404)


def test_an_update_of_a_serial_that_was_never_registered_is_refused(server):
    serial = factories.bought()

    assert is_problem(server.update(serial.code), "registration-required", 409)
    assert is_problem(server.release(serial.code, "ABCDE-FGHIJ"), "registration-required", 409)
    assert is_problem(server.upgrade_check(serial.code, "2.7"), "unknown-serial", 404)
    assert SerialGuess.objects.get().times == 3


# --- Releases --------------------------------------------------------------------------------------


def test_a_release_ends_the_installation_and_may_be_reported_again(server, code):
    answers = [server.release(code.serial.code, spelled) for spelled in (code.release_code, grouped(code.release_code))]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json() == {"serial": code.serial.code, "site_id": server.site_id, "released": True}
    assert answers[1].json() == answers[0].json()
    assert not Installation.objects.get().is_live
    assert Event.objects.filter(kind=Event.Kind.RELEASED).count() == 1


def test_a_wrong_release_code_is_refused(server, code):
    assert is_problem(server.release(code.serial.code, "ABCDE-FGHIJ"), "release-code-wrong", 409)
    assert Installation.objects.get().is_live


def test_a_release_of_another_server_is_as_good_as_unknown(new_server, code):
    assert is_problem(new_server().release(code.serial.code, code.release_code), "unknown-serial", 404)


def test_a_release_of_a_blocked_serial_is_refused(server, code):
    operations.block_serial(serial=code.serial.code, reason="Invoice disputed.", by="supervisor")

    assert is_problem(server.release(code.serial.code, code.release_code), "serial-blocked", 403)


def test_a_release_code_of_the_wrong_length_is_an_invalid_request(server, code):
    refused = server.release(code.serial.code, "ABCDE")

    assert is_problem(refused, "invalid-request", 422)
    assert list(refused.json()["errors"]) == ["release_code"]


# --- Upgrade check ---------------------------------------------------------------------------------


@each_row(
    ("assured", "to", "allowed", "reason"),
    [
        (factories.COVERED_UNTIL, "2.7", True, "version-assured"),
        (None, "2.4.9", True, "version-free"),
        (None, "2.5", False, "software-assurance-required"),
        (None, "v2.10", False, "software-assurance-required"),
    ],
)
def test_it_says_whether_a_version_may_run_and_why(assured, to, allowed, reason, new_server):
    code = factories.registered(factories.bought(software_assurance_until=assured), versions=factories.versions("2.4"))

    answer = new_server(code.installation.site_id).upgrade_check(code.serial.code, to)

    assert answer.status_code == 200
    assert (answer.json()["allowed"], answer.json()["reason"]) == (allowed, reason)
    assert len(answer.json()["detail"]) > 20


def test_asking_changes_nothing(server, code):
    before = (Event.objects.count(), code.serial.highest_version)

    server.upgrade_check(code.serial.code, "3.0")

    code.serial.refresh_from_db()
    assert (Event.objects.count(), code.serial.highest_version) == before
    assert Installation.objects.get().server_version == "2.6"


def test_it_is_refused_for_what_does_not_belong_together(new_server, server, code):
    assert is_problem(new_server().upgrade_check(code.serial.code, "2.7"), "unknown-serial", 404)
    assert is_problem(server.upgrade_check("AB1C-O9XZ", "2.7"), "unknown-serial", 404)


def test_it_is_refused_for_a_released_installation_and_a_blocked_serial(server, code):
    server.release(code.serial.code, code.release_code)
    assert is_problem(server.upgrade_check(code.serial.code, "2.7"), "relicensing-required", 409)

    operations.block_serial(serial=code.serial.code, reason="Invoice disputed.", by="supervisor")
    assert is_problem(server.upgrade_check(code.serial.code, "2.7"), "serial-blocked", 403)


@each_row("query", [{}, {"serial": "AB1CO9XZ"}, {"serial": "?", "site_id": new_site_id(), "to": "x"}])
def test_an_incomplete_question_is_an_invalid_request(query, server, db):
    refused = server.client.get("/api/v1/upgrade-check", query)

    assert is_problem(refused, "invalid-request", 422)
    assert "to" in refused.json()["errors"]
