"""Fixtures of imports that run beside each other."""

import itertools

import pytest

from tests import event_chain
from tests.licences.imports.doors import at_once, held

_numbers = itertools.count(1)


@pytest.fixture
def one_record_of_it_all(catalogue):
    """Whatever was done at once: afterwards the log is whole, and balances are what grants add up to."""
    yield
    assert event_chain.flaws() == []
    held()


@pytest.fixture
def importing(tmp_path):
    """``importing(content)`` is a command that imports it, to be run in a thread of its own."""

    def command(content, **options):
        path = tmp_path / f"{next(_numbers)}.csv"
        return lambda: at_once(path, content, **options)

    return command
