"""The server that the pages are about."""

import pytest


@pytest.fixture
def old(first_code):
    """The unlock code of the server that is to be replaced, or is dead."""
    return first_code
