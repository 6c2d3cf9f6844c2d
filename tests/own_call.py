"""Tests that run only where they are asked for: folders of their own call, and what ``.ci/drills`` runs."""

from pathlib import Path

import pytest

TESTS = Path(__file__).parent

# Few tests that take much of the suite's time: upgrades from older releases, and walks over all pages and forms beside
# that of roles/test_matrix.py. Single tests of other files have the marker themselves.
LONG = (
    "tests/accounts/test_accounts_migration.py",
    "tests/database/test_*_migration.py",
    "tests/database/test_*_migrations.py",
    "tests/roles/test_codes.py",
    "tests/roles/test_forms_sent_twice.py",
    "tests/web/test_formulas.py",
    "tests/web/test_ugly_requests.py",
)


def leave_out(items: list[pytest.Item], folder: Path, *, reason: str) -> None:
    """Skip the tests of a folder, and say why."""
    for item in items:
        if item.path.is_relative_to(folder):
            item.add_marker(pytest.mark.skip(reason=reason))


def asked_for(config: pytest.Config, folder: Path) -> list[bool]:
    """For each path of the command line, whether it lies in this folder."""
    return [path.is_relative_to(folder) for path in _paths(config)]


def leave_long_ones(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark the tests of ``LONG`` as ``long``. A run of the whole suite leaves these out, unless it names a marker."""
    for item in items:
        if any(map(item.path.match, LONG)):
            item.add_marker(pytest.mark.long)
    if not config.option.markexpr and any(map(TESTS.is_relative_to, _paths(config))):
        long = [item for item in items if item.get_closest_marker("long")]
        config.hook.pytest_deselected(items=long)
        items[:] = [item for item in items if not item.get_closest_marker("long")]


def _paths(config: pytest.Config) -> list[Path]:
    """The paths of the command line; without any, the folder of the tests."""
    here = config.invocation_params.dir
    return [(here / argument.partition("::")[0]).resolve() for argument in config.args]
