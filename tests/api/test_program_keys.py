"""Calls with a key: who is let in, and what everybody else is answered (docs/integration.md#for-other-systems)."""

import logging
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from licences import operations
from licences.models import ProgramKey, SerialGuess
from tests import factories
from tests.api.conftest import is_problem
from tests.tables import each_row

pytestmark = pytest.mark.django_db
CALLS = ["/api/v1/sites?q=Vogel", "/api/v1/sites/AB1CO9XZ", "/api/v1/callers?number=070715550163"]


def get(address, key="", **headers):
    if key:
        headers["Authorization"] = f"Bearer {key}"
    return Client(raise_request_exception=False, headers=headers).get(address)


@pytest.fixture
def key(catalogue):
    return factories.program_key().text


@each_row("address", CALLS)
def test_every_call_needs_a_key_with_its_scope(catalogue, address):
    factories.bought(serial="AB1CO9XZ")

    assert is_problem(get(address), "key-missing", 401)
    assert is_problem(get(address, factories.program_key("sites:personal", "codes:read").text), "scope-missing", 403)
    assert get(address, factories.program_key().text).status_code == 200


def test_what_is_wrong_with_a_key_is_said_in_a_header_too(catalogue):
    missing = get(CALLS[0])
    wrong = get(CALLS[0], "xlp_abcdefghij_" + "A" * 43)
    scope = get(CALLS[0], factories.program_key("codes:read").text)

    assert missing.headers["WWW-Authenticate"] == "Bearer"
    assert is_problem(wrong, "key-wrong", 401)
    assert wrong.headers["WWW-Authenticate"] == 'Bearer error="invalid_token"'
    assert scope.headers["WWW-Authenticate"] == 'Bearer error="insufficient_scope", scope="sites:read"'


def test_another_scheme_is_no_key(catalogue, settings):
    settings.RATE_LIMIT_ADDRESS = 10_000
    for header in ["Basic dTpw", "Bearer", "Bearer ", "xlp_abcdefghij", ""]:
        assert is_problem(get(CALLS[0], Authorization=header), "key-missing", 401)


def test_a_login_gives_no_rights(catalogue, administrator, as_user):
    assert is_problem(as_user(administrator).get(CALLS[0]), "key-missing", 401)


def test_a_key_ends_and_may_be_bound_to_addresses(catalogue):
    bound, ended = factories.program_key(networks=["192.0.2.0/24"]), factories.program_key()
    revoked = factories.program_key()
    operations.revoke_program_key(key_id=revoked.record.pk, reason="Leaked in a log.", by="administrator")
    ProgramKey.objects.filter(pk=ended.record.pk).update(expires_at=timezone.now() - timedelta(seconds=1))

    assert is_problem(get(CALLS[0], bound.text), "address-not-allowed", 403)
    assert is_problem(get(CALLS[0], ended.text), "key-expired", 401)
    assert is_problem(get(CALLS[0], revoked.text), "key-revoked", 401)


def test_an_allowed_address_is_that_of_the_client_and_not_what_it_says(catalogue, settings):
    bound = factories.program_key(networks=["192.0.2.0/24"]).text
    forged = {"X-Forwarded-For": "192.0.2.7, 198.51.100.9"}

    settings.TRUSTED_PROXY_COUNT = 1
    assert is_problem(get(CALLS[0], bound, **forged), "address-not-allowed", 403)
    assert get(CALLS[0], bound, **{"X-Forwarded-For": "198.51.100.9, 192.0.2.7"}).status_code == 200


def test_wrong_keys_use_up_the_limit_of_their_address_and_are_counted(catalogue, settings):
    settings.RATE_LIMIT_ADDRESS = 100

    answers = [get(CALLS[0], "xlp_abcdefghij_" + "A" * 43) for _ in range(8)]

    assert [each.status_code for each in answers][:4] == [401] * 4
    assert is_problem(answers[-1], "too-many-requests", 429)
    assert int(answers[-1].headers["Retry-After"]) > 0
    assert SerialGuess.objects.get().times >= 4


def test_a_good_key_is_answered_however_often_others_guess_from_its_address(key, settings):
    settings.RATE_LIMIT_ADDRESS = 20
    for _ in range(3):
        get(CALLS[0])

    assert get(CALLS[0], key).status_code == 200


def test_each_key_has_a_limit_of_its_own(key, settings):
    settings.RATE_LIMIT_KEY = 2

    answers = [get(CALLS[0], key) for _ in range(3)]

    assert [each.status_code for each in answers] == [200, 200, 429]
    assert get(CALLS[0], factories.program_key().text).status_code == 200


def test_no_key_is_logged(key, caplog, monkeypatch):
    monkeypatch.setattr("licences.api.programs.routes.look_up", lambda *args, **values: 1 / 0)
    with caplog.at_level(logging.DEBUG):
        failed = get(CALLS[0], key)

    assert is_problem(failed, "internal-error", 500)
    assert "ZeroDivisionError" in caplog.text
    assert key.rpartition("_")[2] not in caplog.text
    assert "xlp_" not in failed.text


def test_what_cannot_be_read_is_named(key):
    wrong = {
        "sites": "q",
        "sites?q=%20": "q",
        "sites?q=a&limit=0": "limit",
        "sites?q=a&limit=x": "limit",
        "sites?q=a&cursor=x": "cursor",
        "sites?q=a&fields=serial,token": "fields",
        "sites/AB1C": "serial",
        "callers": "number",
    }
    for call, field in wrong.items():
        answer = get(f"/api/v1/{call}", key)
        assert is_problem(answer, "invalid-request", 422)
        assert set(answer.json()["errors"]) == {field}
        assert "%(" not in answer.text
