"""Fixtures of the tests of operations."""

import pytest

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
