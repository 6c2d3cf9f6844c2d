"""What pyproject.toml names is what the code imports, and constraints.txt pins all of it."""

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

from django.conf import settings
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(settings.BASE_DIR)
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
RUNTIME = [Requirement(line) for line in PROJECT["dependencies"]]
TEST = [Requirement(line) for line in PROJECT["optional-dependencies"]["test"]]
PINS = (ROOT / "constraints.txt").read_text().splitlines()

PACKAGES = ("licensing_portal", "licences", "customers")
OURS = {*PACKAGES, "tests"}


def imported(*folders: str) -> set[str]:
    """The distributions from which the modules of these folders import, wherever in them that stands."""
    names: set[str] = set()
    for path in (path for folder in folders for path in (ROOT / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
                names.add(node.module)
    foreign = {name.partition(".")[0] for name in names} - OURS - sys.stdlib_module_names
    distributions = packages_distributions()
    return {canonicalize_name(found) for name in foreign for found in distributions.get(name, [name])}


def named(requirements: list[Requirement]) -> set[str]:
    return {canonicalize_name(each.name) for each in requirements}


def test_what_the_portal_imports_is_a_dependency():
    assert imported(*PACKAGES) - named(RUNTIME) == set()


def test_what_the_tests_import_is_a_dependency_or_in_the_extra():
    assert imported("tests") - named(RUNTIME + TEST) == set()


def test_constraints_are_plain_pins():
    """Neither addresses nor paths: a pin holds for every index."""
    assert [line for line in PINS if not re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.!]+", line)] == []


def test_what_is_named_is_pinned_within_its_bounds():
    pins = {canonicalize_name(name): version for name, version in (line.split("==") for line in PINS)}

    loose = [
        str(each) for each in RUNTIME + TEST if not each.specifier.contains(pins.get(canonicalize_name(each.name), "0"))
    ]

    assert loose == []
