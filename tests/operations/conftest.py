"""Fixtures of the tests of operations."""

import pytest

from tests.operations.emergency_calls import begin_emergency


@pytest.fixture
def old(first_code):
    """The unlock code of the server that is to be replaced, or is dead."""
    return first_code


@pytest.fixture
def emergency(old):
    """An open emergency of the serial of ``old``."""
    return begin_emergency(old)
