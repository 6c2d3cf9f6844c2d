"""The documents name no test, file or command that does not exist, and promise nothing that no test shows."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import load_command_class

ROOT = Path(settings.BASE_DIR)
PAGES = {path.name: path.read_text(encoding="utf-8") for path in sorted((ROOT / "docs").glob("*.md"))}
# The table of promises of a page, and how many there are at least.
TABLES = {"security.md": ("## What is promised", 41), "proof.md": ("## What shows it", 21),
          "personal-data.md": ("## What shows it", 21)}  # fmt: skip


@cache
def functions(path: str) -> set[str]:
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def test_every_test_that_a_page_names_exists():
    named = {found for page in PAGES.values() for found in re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", page)}

    assert len(named) > 200
    assert sorted((path, name) for path, name in named if name not in functions(path)) == []


@pytest.mark.parametrize("document", TABLES)
def test_every_promise_names_its_test(document):
    heading, least = TABLES[document]
    table = PAGES[document].partition(heading)[2].partition("\n## ")[0]
    rows = [row for row in table.splitlines() if row.startswith("|") and not re.match(r"\| (---|.+ \| test \|$)", row)]

    assert len(rows) >= least
    assert [row for row in rows if not re.fullmatch(r"\| .*\| `tests/[\w/]+\.py::\w+` \|", row)] == []


def test_every_file_and_command_that_the_page_about_security_names_exists():
    files = set(re.findall(r"`((?:\.ci|licences|docs)/[\w./-]+)`", PAGES["security.md"]))

    assert files
    assert [each for each in files if not (ROOT / each).exists()] == []


@pytest.mark.parametrize("document", ["proof.md", "personal-data.md"])
def test_every_command_and_option_that_a_page_names_exists(document):
    for name, options in re.findall(r"manage\.py (\w+)((?: +\[?--[\w-]+\]?(?: +[A-Z/]\S*)?)*)", PAGES[document]):
        known = load_command_class("licences", name).create_parser("manage.py", name)._option_string_actions
        assert set(re.findall(r"--[\w-]+", options)) <= set(known), name


def test_the_days_of_the_page_are_those_of_the_settings():
    named = dict(re.findall(r"\| `(KEEP_\w+)` \| (\d+) \|", PAGES["personal-data.md"]))

    assert named == {name: str(getattr(settings, name)) for name in dir(settings) if name.startswith("KEEP_")}
