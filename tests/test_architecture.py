"""The rooms of docs/architecture.md: imports run one way, few packages write, and no file hides a second idea."""

import ast
import subprocess
import sys
import tomllib
from functools import cache
from pathlib import Path

from django.conf import settings
from django.contrib import admin
from django.test import RequestFactory

from licences.models import CrmApplication, Product, ProgramKey, Release, SenderProfile, SupportContact, Webhook

ROOT = Path(settings.BASE_DIR)
PACKAGES = ("licensing_portal", "licences", "customers")
FILES = [path for package in (*PACKAGES, "tests") for path in sorted((ROOT / package).rglob("*.py"))]
CODE = [path for path in FILES if path.relative_to(ROOT).parts[0] in PACKAGES and "migrations" not in path.parts]

DROPPED_INTO_BY_EVERYBODY = {"utils", "helpers", "services", "common"}

LINT = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"


def name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def knows_no_clock(path: Path) -> bool:
    return name(path).startswith(("licences.domain.", "licences.imports.rows."))


MODULES = {name(path) for path in CODE}


@cache
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


def is_ours(module: str) -> bool:
    return any(is_in(module, package) for package in PACKAGES)


# --- Imports ---------------------------------------------------------------------------------------


def test_imports_run_one_way():
    """The contracts stand in pyproject.toml, under ``tool.importlinter``."""
    checked = subprocess.run([sys.executable, "-c", LINT], cwd=ROOT, capture_output=True, text=True, check=False)

    assert checked.returncode == 0, checked.stdout[-3000:]


def test_the_contracts_are_the_ones_that_count():
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]

    assert {contract["type"] for contract in contracts} == {"layers", "forbidden", "independence", "protected"}


def test_pure_rules_ask_no_clock():
    clocks = {"now", "today", "utcnow"}
    pure = [path for path in CODE if knows_no_clock(path)]

    assert pure
    assert [name(path) for path in pure if clocks & attributes(path)] == []


def attributes(path: Path) -> set[str]:
    return {node.attr for node in ast.walk(tree(path)) if isinstance(node, ast.Attribute)}


def test_no_business_rule_hides_in_a_signal():
    signals = {"pre_save", "post_save", "pre_delete", "post_delete", "m2m_changed", "receiver"}

    assert [name(path) for path in CODE if signals & imported_names(path)] == []


def imported_names(path: Path) -> set[str]:
    imported = [node for node in ast.walk(tree(path)) if isinstance(node, ast.ImportFrom)]
    return {alias.name for node in imported for alias in node.names}


# --- Who writes ------------------------------------------------------------------------------------

WRITERS = ("licences.operations", "licences.imports", "licensing_portal.accounts.operations")


def is_a_writer(module: str) -> bool:
    return any(is_in(module, package) for package in WRITERS)


WRITING = {"save", "create", "delete", "bulk_create", "bulk_update", "get_or_create", "update_or_create"}
OTHER_WRITERS = {
    "licences.roles": "Django's own groups, after every migrate",
    "licences.management.demo": "Django's own users, one per role",
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


def test_only_operations_and_imports_write():
    found = {name(path): writes(path) for path in READERS if imports_models(path)}

    assert {module: calls for module, calls in found.items() if calls} == {}


def test_there_are_writers_to_be_found():
    """So that a slip in the search does not pass for good manners."""
    for writer in ("licences/operations/installations.py", "licences/management/demo.py"):
        assert writes(ROOT / writer)


def test_only_operations_write_past_the_models_own_save():
    writing = {name(path) for path in CODE if {"insert_row", "update_fields"} & imported_names(path)}

    assert writing
    assert all(is_a_writer(module) or module in OTHER_WRITERS for module in writing)


def test_the_admin_is_a_reading_desk_but_for_catalogue_facts_profiles_of_senders_keys_and_webhooks(admin_user):
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

    assert writable == {Product, Release, CrmApplication, SupportContact, SenderProfile, ProgramKey, Webhook}


# --- Files -----------------------------------------------------------------------------------------


def test_no_file_passes_400_lines():
    lines = {str(path): len(path.read_text(encoding="utf-8").splitlines()) for path in FILES}

    assert {path: count for path, count in lines.items() if count > 400 and "migrations" not in path} == {}


def test_few_modules_lie_directly_in_the_package():
    lying = [path for path in (ROOT / "licences").glob("*.py") if path.name != "__init__.py"]

    assert len(lying) <= 10


def test_no_module_is_a_drawer_for_everything():
    parts = {part for path in FILES for part in path.relative_to(ROOT).with_suffix("").parts}

    assert not parts & DROPPED_INTO_BY_EVERYBODY


def test_every_module_of_ours_that_holds_something_says_what_it_is():
    assert [name(path) for path in CODE if len(public_functions(path)) > 1 and not ast.get_docstring(tree(path))] == []


def public_functions(path: Path) -> list[str]:
    functions = [node.name for node in tree(path).body if isinstance(node, ast.FunctionDef)]
    return [function for function in functions if not function.startswith("_")]
