"""docs/proof.md and docs/personal-data.md say nothing that no test shows, and name nothing that does not exist."""

import ast
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import load_command_class

ROOT = Path(settings.BASE_DIR)
PAGES = {name: (ROOT / "docs" / name).read_text(encoding="utf-8") for name in ("proof.md", "personal-data.md")}
NAMED = sorted({found for page in PAGES.values() for found in re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", page)})
each_page = pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)


@each_page
def test_every_promise_names_its_test(page):
    table = page.partition("## What shows it")[2]
    rows = [line for line in table.splitlines() if line.startswith("|")][2:]

    assert len(rows) > 20
    assert not [row for row in rows if not re.fullmatch(r"\| .*\| `tests/[\w/]+\.py::\w+` \|", row)]


@pytest.mark.parametrize(("path", "name"), NAMED)
def test_every_test_that_a_page_names_exists(path, name):
    functions = {
        node.name for node in ast.walk(ast.parse((ROOT / path).read_text())) if isinstance(node, ast.FunctionDef)
    }

    assert name in functions


@each_page
def test_every_command_and_option_that_a_page_names_exists(page):
    for name, options in re.findall(r"manage\.py (\w+)((?: +\[?--[\w-]+\]?(?: +[A-Z/]\S*)?)*)", page):
        app = "licences"
        known = load_command_class(app, name).create_parser("manage.py", name)._option_string_actions
        assert set(re.findall(r"--[\w-]+", options)) <= set(known), name


def test_the_days_of_the_page_are_those_of_the_settings():
    named = dict(re.findall(r"\| `(KEEP_\w+)` \| (\d+) \|", PAGES["personal-data.md"]))

    assert named == {name: str(getattr(settings, name)) for name in dir(settings) if name.startswith("KEEP_")}
