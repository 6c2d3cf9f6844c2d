"""The record that the tests of constraints start from."""

import pytest


@pytest.fixture
def code(first_code):
    """The unlock code of a registered serial."""
    return first_code
