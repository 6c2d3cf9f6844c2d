"""A kept connection is checked before a request uses it, but not anew for each of many requests in a second."""

import pytest
from django.db import connection, connections

from licensing_portal.postgresql import base

pytestmark = pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite is no server")


@pytest.fixture
def checks(db, monkeypatch):
    """The checks that reached the server."""
    reached = []
    ask = base.base.DatabaseWrapper.is_usable
    monkeypatch.setattr(base.base.DatabaseWrapper, "is_usable", lambda self: reached.append(self) or ask(self))
    monkeypatch.setattr(connections["default"], "checked_at", None)
    return reached


def test_a_second_request_within_a_second_does_not_ask_the_server_again(checks):
    assert [connection.is_usable(), connection.is_usable()] == [True, True]
    assert len(checks) == 1


def test_a_check_is_repeated_after_a_second(checks, monkeypatch):
    connection.is_usable()
    monkeypatch.setattr(connections["default"], "checked_at", connection.checked_at - base.CHECKED_EVERY)

    connection.is_usable()

    assert len(checks) == 2


def test_after_an_error_the_server_is_always_asked(checks, monkeypatch):
    connection.is_usable()
    monkeypatch.setattr(connections["default"], "errors_occurred", True)

    connection.is_usable()

    assert len(checks) == 2


def test_a_connection_that_failed_is_not_taken_for_usable(checks, monkeypatch):
    monkeypatch.setattr(base.base.DatabaseWrapper, "is_usable", lambda self: False)

    assert [connection.is_usable(), connection.is_usable()] == [False, False]
