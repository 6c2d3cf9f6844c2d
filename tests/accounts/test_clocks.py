"""A clock that was ahead and was set right: what it has written into sessions and the cache."""

import time

import pytest
from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from django.core.cache import cache

from licensing_portal.accounts.operations import sessions
from tests.accounts.people import aged, is_signed_in, log_in

A_DAY = 24 * 60 * 60
pytestmark = pytest.mark.django_db


def begun_ahead(client, seconds=A_DAY):
    """As if the session had begun while the clock was ahead."""
    aged(client, idle=-seconds, age=-seconds)
    session = client.session
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [
        {**record, "at": record["at"] + seconds} for record in session[AUTHENTICATION_METHODS_SESSION_KEY]
    ]
    session.save()


def test_a_session_that_began_in_the_future_began_now(clerk):
    client, _ = log_in("clerk")
    begun_ahead(client)

    assert is_signed_in(client)
    assert client.session[sessions.BEGAN] <= time.time() + 1
    assert client.session[sessions.SEEN] <= time.time() + 1


def test_it_ends_after_a_working_day_and_not_a_day_later(clerk, settings):
    client, _ = log_in("clerk")
    begun_ahead(client)
    assert is_signed_in(client)

    aged(client, age=settings.SESSION_HOURS * 3600 + 2)

    assert not is_signed_in(client)


def test_nobody_counts_as_just_logged_in_for_a_day(clerk):
    client, _ = log_in("clerk")
    begun_ahead(client)
    client.get("/")

    assert [record["at"] <= time.time() + 1 for record in client.session[AUTHENTICATION_METHODS_SESSION_KEY]] == [True]


def test_resets_that_were_asked_for_while_the_clock_was_ahead_shut_nobody_out(client, clerk, monkeypatch):
    now = time.time()
    monkeypatch.setattr("time.time", lambda: now + A_DAY)
    ahead = [client.post("/accounts/password/reset/", {"email": "clara@example.org"}) for _ in range(6)]
    monkeypatch.setattr("time.time", lambda: now)
    cache_keeps_its_entry = client.post("/accounts/password/reset/", {"email": "clara@example.org"})

    assert [answer.status_code for answer in ahead] == [302] * 5 + [429]
    assert cache_keeps_its_entry.status_code == 302


def test_the_cache_hands_out_everything_else_as_it_is():
    cache.set("list", [time.time() + A_DAY])
    cache.set("allauth:rl:x", "text")

    assert cache.get("list")[0] > time.time()
    assert cache.get("allauth:rl:x") == "text"
    assert cache.get("allauth:rl:y", []) == []
