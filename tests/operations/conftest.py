"""Fixtures of the tests of operations."""

import pytest
from django.utils import timezone

from tests import factories
from tests.operations.emergency_calls import begin_emergency


@pytest.fixture
def old(catalogue):
    """The unlock code of the server that is to be replaced, or is dead."""
    return factories.registered()


@pytest.fixture
def emergency(old):
    """An open emergency of the serial of ``old``."""
    return begin_emergency(old)


@pytest.fixture
def at(monkeypatch):
    """Set the clock to a moment, and return it."""

    def set_clock(now):
        monkeypatch.setattr(timezone, "now", lambda: now)
        return now

    return set_clock
