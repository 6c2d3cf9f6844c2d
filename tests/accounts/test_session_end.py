"""The end of a session: what pages ask, the button that stays, and the way back (docs/accounts.md#sessions)."""

import pytest
from django.contrib.sessions.models import Session

from licensing_portal.accounts.operations import sessions
from tests import factories
from tests.accounts.people import LOGIN, PASSWORD, aged, is_signed_in, log_in
from tests.tables import each_row

pytestmark = pytest.mark.django_db

TIME, STAY = "/accounts/session/", "/accounts/session/stay/"
HOUR = 3600


def test_pages_know_how_long_the_session_lasts(clerk):
    client, _ = log_in("clerk")
    aged(client, idle=30)

    seconds = client.get(TIME).json()["seconds"]

    assert 2 * HOUR - 35 <= seconds <= 2 * HOUR - 30
    assert f'data-seconds="{str(seconds)[:2]}' in client.get("/").content.decode()


def test_to_ask_is_no_activity_and_to_stay_is(clerk):
    client, _ = log_in("clerk")
    aged(client, idle=2 * HOUR - 200)
    seen = client.session[sessions.SEEN]

    assert client.get(TIME).json()["seconds"] <= 200
    assert client.session[sessions.SEEN] == seen

    answer = client.post(STAY, headers={"Accept": "application/json"})
    assert 2 * HOUR - 5 <= answer.json()["seconds"] <= 2 * HOUR
    assert client.session[sessions.SEEN] > seen


def test_without_a_script_the_button_leads_back_to_the_page(clerk):
    client, _ = log_in("clerk")

    assert client.post(STAY, headers={"Referer": "http://testserver/facts/?q=x"})["Location"] == "/facts/?q=x"


def test_a_working_day_cannot_be_made_longer(clerk):
    client, _ = log_in("clerk")
    aged(client, age=12 * HOUR - 100)

    left = client.post(STAY, headers={"Accept": "application/json"}).json()

    assert left["seconds"] <= 100
    assert left["extensible"] is False


def test_a_session_that_has_ended_is_not_kept_alive(clerk):
    client, _ = log_in("clerk")
    aged(client, idle=3 * HOUR)

    assert client.post(STAY, headers={"Accept": "application/json"}).status_code == 302
    assert not is_signed_in(client)


@each_row("ended", ["idle", "deleted"])
@each_row(
    ("referrer", "page"),
    [
        ("http://testserver/relicensing/new/?serial=K7QN3WXB", "/relicensing/new/?serial=K7QN3WXB"),
        ("http://testserver/relicensing/7/decide/", "/relicensing/7/"),
        ("http://testserver/accounts/login/?next=/", "/"),
        ("http://testserver/no-such-page/", "/"),
        ("https://elsewhere.example/relicensing/new/", "/"),
        ("http://testserver//elsewhere.example/", "/"),
        ("javascript:alert(1)", "/"),
        ("", "/"),
    ],
)
def test_after_a_form_that_came_too_late_the_login_leads_to_its_page(clerk, ended, referrer, page):
    client, _ = log_in("clerk")
    if ended == "idle":
        aged(client, idle=3 * HOUR)
    else:
        Session.objects.all().delete()

    answer = client.post("/relicensing/new/", {"serial": "K7QN3WXB"}, headers={"Referer": referrer} if referrer else {})
    login = answer["Location"]
    assert login.startswith(f"{LOGIN}?next=")

    assert client.post(login, {"username": "clerk", "password": PASSWORD})["Location"] == page


def test_a_failed_csrf_check_leads_back_to_the_form(catalogue, clerk, as_user):
    browser = as_user(clerk)
    browser.handler.enforce_csrf_checks = True
    serial = factories.registered().serial
    page = f"/serials/{serial.code}/registrations/new/"

    answer = browser.post(page, {"name": "x"}, headers={"Referer": f"http://testserver{page}"})

    assert answer.status_code == 403
    assert f'href="{page}"' in answer.content.decode()
