"""The record that the tests of constraints start from."""

import pytest

from tests import factories


@pytest.fixture
def code(catalogue):
    """The unlock code of a registered serial."""
    return factories.registered()
