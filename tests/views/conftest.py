"""The server that the pages are about."""

import pytest

from tests import factories


@pytest.fixture
def old(catalogue):
    """The unlock code of the server that is to be replaced, or is dead."""
    return factories.registered()
