"""docs/security.md promises nothing that no test shows."""

import ast
import re
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
PROMISES = PAGE.partition("## What is promised")[2].partition("\n## ")[0]
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", PAGE)))


@pytest.mark.parametrize(("path", "name"), NAMED)
def test_every_test_that_the_page_names_exists(path, name):
    functions = {
        node.name for node in ast.walk(ast.parse((ROOT / path).read_text())) if isinstance(node, ast.FunctionDef)
    }

    assert name in functions


def test_every_promise_names_its_test():
    rows = [
        line for line in PROMISES.splitlines() if line.startswith("|") and not line.startswith(("| ---", "| promise"))
    ]

    assert len(rows) > 40
    assert not [row for row in rows if not re.fullmatch(r"\| .*\| `tests/[\w/]+\.py::\w+` \|", row)]


def test_every_file_and_command_that_the_page_names_exists():
    files = set(re.findall(r"`((?:\.ci|licences|docs)/[\w./-]+)`", PAGE))

    assert files
    assert all((ROOT / each).exists() for each in files)
