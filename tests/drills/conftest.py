"""Drills start real servers and programs, and take away their disk, database or network.

They take minutes, so they run only when named: ``pytest tests/drills``. Where a server is not installed they skip, or
fail with ``REQUIRE_SERVERS=1``.
"""

import shutil
from pathlib import Path

import pytest

from tests import servers
from tests.own_call import asked_for, leave_out

FOLDER = Path(__file__).parent
NEEDS_OWN_CALL = "drills take minutes and run in a call of their own: pytest tests/drills"


def pytest_collection_modifyitems(config, items):
    """Leave the drills out unless the command line names them."""
    if not any(asked_for(config, FOLDER)):
        leave_out(items, FOLDER, reason=NEEDS_OWN_CALL)


@pytest.fixture(scope="module")
def folder():
    """A folder for PostgreSQL's clusters and the portal's log."""
    servers.programs()
    folder = servers.folder()
    yield folder
    shutil.rmtree(folder, ignore_errors=True)
