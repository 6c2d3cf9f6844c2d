"""Fixtures of imports that run at the same time."""

import itertools

import pytest

from tests import event_chain
from tests.imports.entry_points import at_once, balances

_numbers = itertools.count(1)


@pytest.fixture
def consistent_records(catalogue):
    """Asserts after the test that the event log is intact and that balances equal the sums of grants."""
    yield
    assert event_chain.flaws() == []
    balances()


@pytest.fixture
def importing(tmp_path):
    """``importing(content)`` returns a function that imports the content by command, for a thread of its own."""

    def command(content, **options):
        path = tmp_path / f"{next(_numbers)}.csv"
        return lambda: at_once(path, content, **options)

    return command
