"""Fixtures of the tests of operations."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from licences import operations
from tests import factories
from tests.operations import reminder_clock
from tests.operations.emergency_calls import begin_emergency
from tests.operations.stored_figures import BERLIN


@pytest.fixture
def old(first_code):
    """The unlock code of the server that is to be replaced, or is dead."""
    return first_code


@pytest.fixture
def emergency(old):
    """An open emergency of the serial of ``old``."""
    return begin_emergency(old)


@pytest.fixture
def at(monkeypatch):
    """Set the clock to a moment, or to a time in Berlin or UTC, and return it."""

    def set_clock(to: str | datetime, zone=BERLIN) -> datetime:
        now = datetime.fromisoformat(to).replace(tzinfo=zone) if isinstance(to, str) else to
        monkeypatch.setattr(timezone, "now", lambda: now)
        return now

    return set_clock


@pytest.fixture
def by_mail(clerk, supervisor, importer):
    """Three people of three roles who want the daily e-mail."""
    for user in (clerk, supervisor, importer):
        user.email = f"{user.username}@example.com"
        user.save()
        operations.choose_reminder_digest(user=user, by_email=True, language="de")


@pytest.fixture
def due(catalogue):
    """A reminder that is open on 1 September."""
    factories.bought(
        software_assurance_until=reminder_clock.START + timedelta(days=40), purchased_on=reminder_clock.START
    )
    reminder_clock.refresh(reminder_clock.START)
    return reminder_clock.reminder("assurance-first")
