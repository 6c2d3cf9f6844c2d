"""Everyone but support agents has to have a second factor, whatever page they ask for."""

import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.contrib.auth.models import Group, User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from licences.models import Event
from tests.accounts.people import PASSWORD, code_for, factors, log_in, shown_secret, with_app, wrong_code
from tests.tables import each_row

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("required")]

SET_UP = "/accounts/second-factor/"
PAGES = ["/", "/lookup/?q=x", "/lookup/?q=x&format=json", "/relicensing/", "/facts/", "/admin/", "/admin/auth/user/"]
PAGES += ["/purchases/imports/", "/accounts/", "/accounts/sessions/", "/accounts/password/"]
OBLIGED = ["clerk", "supervisor", "importer", "auditor", "administrator", "stranger"]


@pytest.fixture
def superuser(db):
    return User.objects.create_superuser("root", password=PASSWORD)


@pytest.mark.parametrize("person", [*OBLIGED, "superuser"])
def test_whoever_is_obliged_can_do_nothing_before_it_is_set_up(person, request, as_user):
    browser = as_user(request.getfixturevalue(person))

    answers = {page: browser.get(page) for page in PAGES}

    assert {answer.status_code for answer in answers.values()} == {302}
    assert [page for page, answer in answers.items() if not answer["Location"].startswith(SET_UP)] == []


@each_row("path", ["/registrations/new/", "/relicensing/new/", "/admin/licences/product/add/"])
def test_a_form_that_is_posted_does_nothing_either(path, supervisor, as_user):
    before = Event.objects.count()

    answer = as_user(supervisor).post(path, {"serial": "AB1CO9XZ", "site_id": "4K7MPO2WQZ8R"})

    assert answer["Location"] == f"{SET_UP}?next=%2F"
    assert Event.objects.count() == before


def test_support_agents_need_none(support_agent, as_user):
    browser = as_user(support_agent)

    assert browser.get("/").status_code == 200
    assert browser.get("/lookup/?q=x&format=json").json()["results"] == []


def test_a_support_agent_who_is_given_another_role_needs_one_at_the_next_page(support_agent, as_user):
    browser = as_user(support_agent)
    assert browser.get("/").status_code == 200

    support_agent.groups.add(Group.objects.get(name="Supervisor"))

    assert browser.get("/")["Location"].startswith(SET_UP)


def test_pages_for_everybody_go_on_without_one(clerk, as_user):
    browser = as_user(clerk)

    assert browser.get("/register/").status_code == 200
    assert browser.get("/.well-known/jwks.json").status_code == 200


def test_it_costs_no_query_more(clerk, support_agent, as_user, settings):
    for person in (clerk, support_agent):
        browser = as_user(person)
        prove(browser, clerk)
        counts = []
        for rule in ("optional", "required"):
            settings.SECOND_FACTOR = rule
            with CaptureQueriesContext(connection) as queries:
                assert browser.get("/facts/").status_code == 200
            counts.append(len(queries))
        assert counts[0] == counts[1]


def prove(browser, user) -> None:
    session = browser.session
    session["second_factor"] = user.pk
    session.save()


def test_the_proof_of_another_user_does_not_count(clerk, supervisor, as_user):
    browser = as_user(clerk)
    prove(browser, supervisor)

    assert browser.get("/")["Location"].startswith(SET_UP)


def test_setting_an_app_up_opens_the_portal(clerk, real_transactions):
    browser, answer = log_in("clerk")
    assert browser.get(answer["Location"])["Location"].startswith(SET_UP)
    assert "a password alone is not secure enough" in browser.get(SET_UP).content.decode()
    secret = shown_secret(browser.get("/accounts/second-factor/app/").content)

    refused = browser.post("/accounts/second-factor/app/", {"code": wrong_code(secret)})
    assert refused.status_code == 200
    assert browser.get("/")["Location"].startswith(SET_UP)
    accepted = browser.post("/accounts/second-factor/app/", {"code": code_for(secret)})

    assert accepted["Location"] == "/accounts/second-factor/codes/"
    assert factors(clerk) == {"totp", "recovery_codes"}
    assert browser.get("/").status_code == 200
    assert browser.get("/admin/").status_code == 200


def test_who_has_one_is_asked_for_it_at_login(clerk):
    secret = with_app(clerk)
    browser, answer = log_in("clerk")

    assert answer["Location"] == "/accounts/login/second-factor/"
    assert browser.get("/")["Location"].startswith("/accounts/login/")
    assert browser.post(answer["Location"], {"code": wrong_code(secret)}).status_code == 200
    assert browser.get("/")["Location"].startswith("/accounts/login/")
    assert browser.post(answer["Location"], {"code": code_for(secret)})["Location"] == "/"
    assert browser.get("/").status_code == 200


def test_a_session_from_before_it_was_set_up_elsewhere_has_to_prove_it(clerk, as_user):
    older = as_user(clerk)
    secret = with_app(clerk)

    asked = older.get("/relicensing/")
    assert asked["Location"] == "/accounts/confirm/code/?next=%2Frelicensing%2F"
    assert older.get("/accounts/second-factor/app/remove/")["Location"].startswith("/accounts/confirm/code/")
    proved = older.post(asked["Location"], {"code": code_for(secret), "next": "/relicensing/"})

    assert proved["Location"] == "/relicensing/"
    assert older.get("/relicensing/").status_code == 200


def test_who_removes_the_last_one_is_back_at_setting_one_up(clerk, real_transactions):
    secret = with_app(clerk)
    browser, _ = log_in("clerk")
    browser.post("/accounts/login/second-factor/", {"code": code_for(secret)})
    answer = browser.post("/accounts/second-factor/app/remove/")

    assert answer["Location"] == "/accounts/"
    assert factors(clerk) == set()
    assert browser.get("/")["Location"].startswith(SET_UP)


def test_a_recovery_code_lets_in_once(clerk, real_transactions):
    with_app(clerk)
    code = RecoveryCodes.activate(clerk).get_unused_codes()[0]
    for expected in (302, 200):
        browser, answer = log_in("clerk")
        assert browser.post(answer["Location"], {"code": code}).status_code == expected


def test_the_code_of_an_app_lets_in_once(clerk):
    secret = with_app(clerk)
    code = code_for(secret)
    for expected in (302, 200):
        browser, answer = log_in("clerk")
        assert browser.post(answer["Location"], {"code": code}).status_code == expected


@pytest.fixture
def at_the_beginning_of_a_step(monkeypatch):
    """The clock stands 3 seconds after the codes of all apps changed."""
    now = time.time() // 30 * 30 + 3
    monkeypatch.setattr("time.time", lambda: now)


@pytest.mark.parametrize("steps", [-1, 1])
def test_the_code_of_the_step_before_or_after_lets_in_once_as_well(steps, clerk, at_the_beginning_of_a_step):
    code = code_for(with_app(clerk), steps=steps)
    for expected in (302, 200):
        browser, answer = log_in("clerk")
        assert browser.post(answer["Location"], {"code": code}).status_code == expected


@pytest.mark.parametrize("steps", [-2, 2])
def test_a_code_that_is_further_away_does_not(steps, clerk, at_the_beginning_of_a_step):
    code = code_for(with_app(clerk), steps=steps)
    browser, answer = log_in("clerk")

    assert browser.post(answer["Location"], {"code": code}).status_code == 200


def test_an_app_whose_clock_is_slow_can_be_set_up(clerk, at_the_beginning_of_a_step, real_transactions):
    browser, _ = log_in("clerk")
    secret = shown_secret(browser.get(f"{SET_UP}app/").content)

    browser.post(f"{SET_UP}app/", {"code": code_for(secret, steps=-1)})

    assert "totp" in factors(clerk)


def test_without_the_rule_a_password_is_enough(clerk, settings):
    settings.SECOND_FACTOR = "optional"

    browser, _ = log_in("clerk")

    assert browser.get("/").status_code == 200


CHANGING = ["app/", "app/remove/", "passkeys/add/", "passkeys/1/", "passkeys/1/remove/", "codes/", "codes/new/"]


@each_row("rule", ["required", "optional"])
@each_row("path", CHANGING)
def test_a_password_is_not_enough_to_change_factors_where_there_is_one(path, rule, clerk, settings):
    """Somebody who knows the password has a session from before the passkey was added."""
    settings.SECOND_FACTOR = rule
    older, _ = log_in("clerk")
    Authenticator.objects.create(user=clerk, type="webauthn", data={"name": "Key", "credential": {}})
    older.post("/accounts/confirm/", {"password": PASSWORD})

    for method in (older.get, older.post):
        assert method(f"/accounts/second-factor/{path}")["Location"].startswith("/accounts/confirm/passkey/")
    assert factors(clerk) == {"webauthn"}


def test_a_password_and_an_older_session_set_up_no_app_beside_the_passkey(clerk, real_transactions):
    older, _ = log_in("clerk")
    secret = shown_secret(older.get("/accounts/second-factor/app/").content)
    Authenticator.objects.create(user=clerk, type="webauthn", data={"name": "Key", "credential": {}})

    older.post("/accounts/second-factor/app/", {"code": code_for(secret)})

    assert factors(clerk) == {"webauthn"}
    assert older.get("/").status_code == 302
