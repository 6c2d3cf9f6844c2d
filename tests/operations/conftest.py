"""Fixtures of the tests of operations."""

from datetime import datetime

import pytest
from django.utils import timezone

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
