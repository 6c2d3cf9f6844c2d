"""Folders whose tests run only where the command line names them."""

from pathlib import Path

import pytest


def leave_out(items: list[pytest.Item], folder: Path, *, reason: str) -> None:
    """Skip the tests of a folder, and say why."""
    for item in items:
        if item.path.is_relative_to(folder):
            item.add_marker(pytest.mark.skip(reason=reason))


def asked_for(config: pytest.Config, folder: Path) -> list[bool]:
    """For each path of the command line, whether it lies in this folder."""
    here = config.invocation_params.dir
    paths = [(here / argument.partition("::")[0]).resolve() for argument in config.args]
    return [path.is_relative_to(folder) for path in paths]
