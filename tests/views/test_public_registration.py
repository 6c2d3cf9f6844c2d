"""``/register/``: first registration by the customer, on another PC, without a login and without scripts."""

import re

import pytest
from django.test import Client

from licences import operations
from licences.domain.codes import grouped, new_site_id
from licences.models import Event, FormToken, Installation, RefusedClaim, Registration, UnlockCode
from licences.operations.codes import licence_file_text
from tests import factories

pytestmark = pytest.mark.usefixtures("catalogue")

SITE_ID = "4K7MPO2WQZ8R"
FIELDS = {
    "site_id": "4K7M-PO2W-QZ8R",
    "server_version": "2.6",
    "client_version": "2.6",
    "name": "Müller Backwaren",
    "address_line1": "Hauptstraße 12a",
    "contact_name": "Sabine Vogel",
    "contact_phone": "07071/555 0163",
}


@pytest.fixture
def register(client):
    """What a browser gets that posts the form."""

    def post(serial, **values):
        return client.post("/register/", {"serial": getattr(serial, "code", serial), **FIELDS, **values})

    return post


def words(response):
    return " ".join(re.sub(r"<[^>]*>", " ", response.content.decode()).split())


def test_anybody_may_open_it(client, db):
    answer = client.get("/register/")

    assert answer.status_code == 200
    assert b'name="contact_phone"' in answer.content
    assert b'action="/lookup/"' not in answer.content


def test_it_shows_the_unlock_code_and_what_it_unlocks(register):
    serial = factories.bought(quantity=3)

    answer = register(serial)

    code = UnlockCode.objects.get()
    assert answer.status_code == 200
    assert all(
        f'<span class="group">{group}</span>' in answer.content.decode() for group in grouped(code.code).split("-")
    )
    assert "3 × Xchange Server" in words(answer)
    assert Registration.objects.get().name == "Müller Backwaren"
    assert Event.objects.first().actor == "Registration page"


def test_the_licence_file_is_downloaded_by_posting_the_same_again(register):
    serial = factories.bought()
    shown = register(serial).content.decode()
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', shown))
    assert {"serial", "site_id", "contact_phone"} <= set(fields)

    answer = register(serial, download="1", unlock_code=fields["unlock_code"])

    assert answer.content.decode() == licence_file_text(UnlockCode.objects.get())
    assert "attachment" in answer.headers["Content-Disposition"]


def test_the_same_again_shows_the_same_code_and_changes_nothing(register):
    serial = factories.bought()
    register(serial)
    events = Event.objects.count()
    shown = grouped(UnlockCode.objects.get().code)

    again = register(serial, name="Somebody else", unlock_code=shown)

    assert "already registered" in words(again)
    assert Registration.objects.get().name == "Müller Backwaren"
    assert Event.objects.count() == events
    assert UnlockCode.objects.count() == 1


def token_on(page):
    return re.search(r'name="form_token" value="([\w-]{20,})"', page).group(1)


def test_a_double_press_registers_once_and_shows_the_same(register, client):
    serial, token = factories.bought(), token_on(client.get("/register/").text)
    first = register(serial, form_token=token)
    counts = Registration.objects.count(), Event.objects.count(), UnlockCode.objects.count()

    second = register(serial, form_token=token)

    assert (first.status_code, second.status_code) == (200, 200)
    assert "The server is registered" in words(first)
    assert words(first) == words(second)
    assert (Registration.objects.count(), Event.objects.count(), UnlockCode.objects.count()) == counts
    assert not RefusedClaim.objects.exists()


def test_back_and_another_contact_shows_the_code_and_says_that_it_is_not_saved(register, client):
    serial, token = factories.bought(), token_on(client.get("/register/").text)
    register(serial, form_token=token)

    page = words(register(serial, contact_name="Somebody Else", form_token=token))

    assert "What you changed since is not saved." in page
    assert grouped(UnlockCode.objects.get().code).split("-")[0] in page
    assert Registration.objects.get().contact_name == "Sabine Vogel"


def test_back_and_another_server_is_another_registration(register, client):
    token = token_on(client.get("/register/").text)
    register(factories.bought(), form_token=token)

    page = words(register(factories.bought(), site_id=new_site_id(), form_token=token))

    assert "The server is registered" in page
    assert "not saved" not in page
    assert Registration.objects.count() == UnlockCode.objects.count() == 2


@pytest.mark.parametrize("token", ["", "of-nobody", "x" * 5000])
def test_a_form_without_the_token_of_the_first_gets_no_code_of_a_server_that_has_one(register, token):
    serial = factories.bought()
    register(serial, form_token="the-token-of-the-customer")

    answer = register(serial, form_token=token)

    assert answer.status_code == 422
    assert grouped(UnlockCode.objects.get().code) not in words(answer)
    assert RefusedClaim.objects.get().kind == "installation-not-proved"


def test_a_used_token_gives_no_code_once_the_serial_is_blocked_or_released(register):
    token, site_id = {"form_token": "the-token-of-the-customer"}, new_site_id()
    blocked, released = factories.bought(), factories.bought()
    register(blocked, **token)
    register(released, site_id=site_id, **token)
    operations.block_serial(serial=blocked.code, reason="Invoice not paid.", by="supervisor")
    code = UnlockCode.objects.get(serial=released)
    operations.release_installation(serial=released.code, site_id=site_id, release_code=code.release_code, by="tests")

    assert register(blocked, **token).status_code == 422
    assert register(released, site_id=site_id, **token).status_code == 422


def test_a_form_that_was_refused_uses_no_token(register):
    token = {"form_token": "the-token-of-the-customer"}
    serial = factories.bought()

    operations.block_serial(serial=serial.code, reason="Invoice not paid.", by="supervisor")
    assert register(serial, **token).status_code == 422
    operations.unblock_serial(serial=serial.code, reason="Invoice was paid.", by="supervisor")
    assert register(serial.code[:-1] + "?", **token).status_code == 422
    assert not FormToken.objects.exists()
    assert register(serial, **token).status_code == 200

    assert Registration.objects.count() == 1


def test_it_tells_nothing_about_the_serial_but_what_registration_says(register):
    serial = factories.bought(customer_name="Geheime Kundschaft AG", city="Verschwiegen")

    answers = [register(serial), register(serial, site_id=new_site_id()), register(serial, site_id="ABC")]
    answers.append(register(serial, unlock_code=UnlockCode.objects.get().code))

    for answer in answers:
        assert "Geheime" not in answer.content.decode()
        assert "Verschwiegen" not in answer.content.decode()
    code = UnlockCode.objects.get().code
    assert "Geheime" not in register(serial, download="1", unlock_code=code).content.decode()


def test_what_is_refused_is_said_where_it_belongs(register):
    live = factories.registered().serial
    blocked = factories.bought()
    operations.block_serial(serial=blocked.code, reason="Invoice disputed.", by="supervisor")

    for serial, said in ((live, "in use on another installation"), (blocked, "blocked"), ("AB1C-O9XZ", "unknown")):
        answer = register(serial)
        assert answer.status_code == 422
        assert said in words(answer)
        assert "disputed" not in answer.content.decode()
    assert not Installation.objects.filter(site_id=SITE_ID).exists()
    assert RefusedClaim.objects.get().serial == live


def test_what_is_missing_is_named_and_what_was_typed_stays(register):
    answer = register("AB1C", contact_phone="")

    assert answer.status_code == 422
    assert "4 characters; the code has 8. Check it group by group." in words(answer)
    assert "This must not be empty." in words(answer)
    assert 'value="Müller Backwaren"' in answer.content.decode()


def test_it_is_limited_and_says_when_to_come_back(register, settings):
    settings.RATE_LIMIT_ADDRESS = 2
    serial = factories.bought()

    answers = [register(serial), register(serial, contact_phone=""), register(serial)]

    assert [answer.status_code for answer in answers] == [200, 422, 429]
    assert int(answers[-1].headers["Retry-After"]) > 20
    assert "Too many requests" in words(answers[-1])


def test_the_same_without_the_unlock_code_shows_none(register):
    serial = factories.bought()
    register(serial)

    again = register(serial)

    assert again.status_code == 422
    assert "could not be verified" in words(again)
    assert grouped(UnlockCode.objects.get().code)[:11] not in again.content.decode()
    assert RefusedClaim.objects.get().kind == "installation-not-proved"


def test_after_staff_began_the_installation_it_shows_the_code_once(register):
    code = factories.registered(site_id=SITE_ID)

    assert register(code.serial).status_code == 200
    assert register(code.serial).status_code == 422
    assert register(code.serial, unlock_code=code.code).status_code == 200


def test_what_is_no_unlock_code_is_named(register):
    answer = register(factories.bought(), unlock_code="ABCDE")

    assert answer.status_code == 422
    assert "5 characters; the code has" in words(answer)


def test_it_is_safe_from_other_sites(db):
    assert Client(enforce_csrf_checks=True).post("/register/", FIELDS).status_code == 403


def test_a_login_changes_nothing(clerk, as_user):
    browser = as_user(clerk)

    browser.post("/register/", {"serial": factories.bought().code, **FIELDS})

    assert Registration.objects.get().entered_by == "Registration page"


def test_it_runs_under_the_strict_policy(register, client):
    for answer in (client.get("/register/"), register(factories.bought())):
        text = answer.content.decode()
        assert "unsafe" not in answer.headers["Content-Security-Policy"]
        assert " style=" not in text
        assert not re.search(r"<script(?![^>]*src=)", text)
        assert answer.headers["Cache-Control"] == "no-store"


def test_other_methods_are_not_allowed(client, db):
    assert client.put("/register/").status_code == 405
