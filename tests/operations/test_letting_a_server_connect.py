"""*Let the server connect* on the site card, and what the card says about the server
(docs/decisions.md#installations-prove-themselves)."""

import re

import pytest

from licences import operations
from licences.domain.errors import Refusal
from licences.models import Event, Installation
from tests import factories
from tests.tables import each_row

pytestmark = pytest.mark.usefixtures("catalogue")
BUTTON = "Let the server connect"


def words(response):
    return " ".join(re.sub(r"<[^>]*>", " ", response.content.decode()).split())


@pytest.fixture
def desk(clerk, as_user):
    return as_user(clerk)


@pytest.fixture
def live(catalogue):
    return factories.taken_over()


def address(live):
    return f"/serials/{live.serial.code}/connect/"


def test_a_clerk_lets_it_connect_with_a_reason_and_that_is_an_event(desk, live):
    assert BUTTON in words(desk.get(live.serial.get_absolute_url()))
    assert "For 72 hours" in words(desk.get(address(live)))

    answer = desk.post(address(live), {"reason": "Taken over; the customer has no unlock code."}, follow=True)

    assert "The server may connect now" in words(answer)
    assert "The server may connect until" in words(answer)
    assert Installation.objects.get().connect_opened_at is not None
    event = Event.objects.get(kind=Event.Kind.CONNECTION_ALLOWED)
    assert (event.actor, event.serial) == ("clerk", live.serial.code)
    assert event.details == {"site_id": live.site_id, "reason": "Taken over; the customer has no unlock code."}


def test_without_a_reason_nothing_happens(desk, live):
    answer = desk.post(address(live), {"reason": " "})

    assert answer.status_code == 422
    assert Installation.objects.get().connect_opened_at is None
    assert not Event.objects.filter(kind=Event.Kind.CONNECTION_ALLOWED).exists()


def test_where_a_server_has_connected_there_is_no_button_and_the_form_says_what_to_do(desk):
    code = factories.connected()

    assert BUTTON not in words(desk.get(code.serial.get_absolute_url()))
    answer = desk.post(f"/serials/{code.serial.code}/connect/", {"reason": "They asked for it."})

    assert answer.status_code == 422
    assert "A server has connected to this installation already." in words(answer)


def test_a_supervisor_may_and_an_auditor_or_a_support_agent_may_not(live, supervisor, auditor, support_agent, as_user):
    for user, status in ((supervisor, 302), (auditor, 403), (support_agent, 403)):
        assert as_user(user).post(address(live), {"reason": "The customer has no code."}).status_code == status


def test_the_card_says_whether_the_server_has_proved_itself_and_when_it_last_connected(desk):
    proved, waiting = factories.connected().serial, factories.registered().serial

    said = words(desk.get(proved.get_absolute_url()))
    assert "Server verified since" in said
    assert "Last connected:" in said
    said = words(desk.get(waiting.get_absolute_url()))
    assert "The server may connect until" in said
    assert "Never connected." in said


def test_it_says_so_of_a_server_from_before_there_were_tokens(desk):
    code = factories.registered()
    Installation.objects.update(reached_at=code.installation.began_at)

    assert "it sent no token" in words(desk.get(code.serial.get_absolute_url()))


def test_it_says_nothing_of_a_serial_that_runs_nowhere(desk):
    assert "Never connected" not in words(desk.get(factories.bought().get_absolute_url()))


@each_row("state", ["connected", "released", "never registered", "blocked", "no reason"])
def test_letting_a_server_connect_is_refused_where_it_makes_no_sense(state):
    code = None if state == "never registered" else factories.connected()
    serial = factories.bought() if code is None else code.serial
    if state == "released":
        place = {"serial": serial.code, "site_id": code.installation.site_id}
        operations.release_installation(**place, release_code=code.release_code, by="Xchange Server")
    if state == "blocked":
        operations.block_serial(serial=serial.code, reason="Invoice disputed.", by="supervisor")

    reason = "" if state == "no reason" else "They asked for it."
    with pytest.raises(Refusal) as refusal:
        operations.let_server_connect(serial=serial.code, reason=reason, by="clerk")

    assert (
        refusal.value.code
        == {
            "connected": "server-has-connected",
            "released": "relicensing-required",
            "never registered": "serial-never-registered",
            "blocked": "serial-blocked",
            "no reason": "reason-missing",
        }[state]
    )
