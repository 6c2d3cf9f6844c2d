"""The direction of house.md: imports run one way, only operations write, and no file hides a second idea."""

import ast
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib import admin
from django.test import RequestFactory

from licences.models import CrmApplication, Product, Release, SupportContact

ROOT = Path(settings.BASE_DIR)
PACKAGES = ("licensing_portal", "licences", "customers")
FILES = [path for package in (*PACKAGES, "tests") for path in sorted((ROOT / package).rglob("*.py"))]
CODE = [path for path in FILES if path.relative_to(ROOT).parts[0] in PACKAGES and "migrations" not in path.parts]

# From the ground up. A module may import its own floor and those below; what is not named here is on the next but last.
FLOORS = [
    ["customers"],
    ["licences.domain"],
    [
        "licences.wording",
        "licences.spreadsheets",
        "licences.purchase_files",
        "licences.licence_files",
        "licences.compiled",
        "licences.prepared",
    ],
    ["licences.server_wording"],
    ["licences.models", "licences.search_index", "licences.append_only"],
    ["licences.queries", "licences.claims", "licences.decisions", "licences.lookup", "licences.personal"],
    ["licences.operations"],
    ["licences"],
    ["licensing_portal"],
]
DOMAIN_MAY_USE = {*sys.stdlib_module_names, "rapidfuzz", "cleanco"} - {"time", "sqlite3"}
DROPPED_INTO_BY_EVERYBODY = {"utils", "helpers", "services", "common"}

each_module = pytest.mark.parametrize("path", CODE, ids=lambda path: str(path.relative_to(ROOT)))


def name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {name(path) for path in CODE}


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imports(path: Path) -> set[str]:
    """Full names of the modules that a module imports, wherever in it that stands."""
    found: set[str] = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            origin = absolute(path, node)
            names = {f"{origin}.{alias.name}" for alias in node.names}
            found |= {each if each in MODULES else origin for each in names}
    return found


def absolute(path: Path, node: ast.ImportFrom) -> str:
    if not node.level:
        return node.module or ""
    parts = path.relative_to(ROOT).parts[: -node.level]
    return ".".join([*parts, *filter(None, [node.module])])


def is_in(module: str, package: str) -> bool:
    return module == package or module.startswith(f"{package}.")


def floor(module: str) -> int:
    named = [(prefix, level) for level, prefixes in enumerate(FLOORS) for prefix in prefixes if is_in(module, prefix)]
    return max(named, key=lambda each: len(each[0]))[1]


def is_ours(module: str) -> bool:
    return any(is_in(module, package) for package in PACKAGES)


# --- Imports ---------------------------------------------------------------------------------------


@each_module
def test_imports_run_one_way(path):
    own = floor(name(path))

    backwards = {module for module in imports(path) if is_ours(module) and floor(module) > own}

    assert not backwards


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("licensing_portal.urls", "licences.views.desk"),
        ("licences.views.desk", "licences.operations"),
        ("licences.management.commands.quickstart", "licences.queries"),
        ("licences.operations.relicensing", "licences.queries"),
        ("licences.queries", "licences.models.serials"),
        ("licences.models.serials", "licences.domain.codes"),
        ("licences.models.serials", "customers.models"),
    ],
)
def test_the_floors_are_in_the_order_of_the_house(one, other):
    assert floor(one) > floor(other)


@pytest.mark.parametrize("path", [path for path in CODE if is_in(name(path), "licences.domain")], ids=name)
def test_the_domain_imports_no_framework_no_database_no_clock(path):
    foreign = {
        module
        for module in imports(path)
        if not is_in(module, "licences.domain") and module.split(".")[0] not in DOMAIN_MAY_USE
    }

    assert not foreign
    clocks = {node.attr for node in ast.walk(tree(path)) if isinstance(node, ast.Attribute)} & {
        "now",
        "today",
        "utcnow",
    }
    assert not clocks


@each_module
def test_no_business_rule_hides_in_a_signal(path):
    assert not {"pre_save", "post_save", "pre_delete", "post_delete", "m2m_changed", "receiver"} & imported_names(path)


def imported_names(path: Path) -> set[str]:
    imported = [node for node in ast.walk(tree(path)) if isinstance(node, ast.ImportFrom)]
    return {alias.name for node in imported for alias in node.names}


# --- Who writes ------------------------------------------------------------------------------------

WRITERS = ("licences.operations", "licensing_portal.accounts.operations")


def is_a_writer(module: str) -> bool:
    return any(is_in(module, package) for package in WRITERS)


WRITING = {"save", "create", "delete", "bulk_create", "bulk_update", "get_or_create", "update_or_create"}
OTHER_WRITERS = {
    "licences.roles": "Django's own groups, after every migrate",
    "licences.management.demo": "Django's own users, one per role",
    "licences.management.benchmarks._seeds": "a database of its own, gone after the measurement",
    "licences.management.benchmarks.chain": "a database of its own, where an event is on no chain",
    "licences.management.benchmarks._stock_import": "the stock pattern that it shows, in a database of its own",
    "licences.management.benchmarks.loading": "a database of its own, made to be thrown away",
    "licences.management.benchmarks.lookups": "the same, and its user",
}
READERS = [path for path in CODE if not is_a_writer(name(path)) and name(path) not in OTHER_WRITERS]


def writes(path: Path) -> list[str]:
    """Calls that write through a model; asking an operation to do it is not one."""
    calls = [node for node in ast.walk(tree(path)) if isinstance(node, ast.Call)]
    return [
        f"line {call.lineno}: {ast.unparse(call.func)}()"
        for call in calls
        if isinstance(call.func, ast.Attribute) and is_a_write(call.func)
    ]


def is_a_write(called: ast.Attribute) -> bool:
    receiver = ast.unparse(called.value)
    if receiver == "operations" or receiver.startswith("super()"):
        return False
    return called.attr in WRITING or (called.attr == "update" and (".objects" in receiver or ".filter(" in receiver))


def imports_models(path: Path) -> bool:
    modules = imports(path)
    return any(".models" in module for module in modules) or "get_user_model" in imported_names(path)


@pytest.mark.parametrize(
    "path", [path for path in READERS if imports_models(path)], ids=lambda path: str(path.relative_to(ROOT))
)
def test_only_operations_write(path):
    assert writes(path) == []


def test_there_are_writers_to_be_found():
    """So that a slip in the search does not pass for good manners."""
    for writer in ("licences/operations/installations.py", "licences/management/demo.py"):
        assert writes(ROOT / writer)


def test_only_operations_write_past_the_models_own_save():
    writing = {name(path) for path in CODE if {"insert", "change"} & imported_names(path)}

    assert writing
    assert all(is_in(module, "licences.operations") or module in OTHER_WRITERS for module in writing)


def test_the_admin_is_a_reading_desk_but_for_the_catalogue_and_the_facts(admin_user):
    request = RequestFactory().get("/admin/")
    request.user = admin_user

    writable = {
        model
        for model, desk in admin.site._registry.items()
        if is_ours(model.__module__)
        and (
            desk.has_add_permission(request)
            or desk.has_change_permission(request)
            or desk.has_delete_permission(request)
        )
    }

    assert writable == {Product, Release, CrmApplication, SupportContact}


# --- Files -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [path for path in FILES if "migrations" not in path.parts], ids=str)
def test_no_file_passes_400_lines(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400


def test_no_module_is_a_drawer_for_everything():
    parts = {part for path in FILES for part in path.relative_to(ROOT).with_suffix("").parts}

    assert not parts & DROPPED_INTO_BY_EVERYBODY


@each_module
def test_every_module_of_ours_that_holds_something_says_what_it_is(path):
    module = tree(path)
    public = [node for node in module.body if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")]

    assert ast.get_docstring(module) or len(public) < 2
