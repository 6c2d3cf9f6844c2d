"""Every environment variable that the portal reads, and every one that its scripts set, stands in docs/settings.md."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

ROOT = Path(settings.BASE_DIR)
PACKAGES = ("licensing_portal", "licences", "customers")
NAME = re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*")
# What nobody sets: read or set for other programs, a variable of WSGI, and a value that is no name.
NOT_SETTINGS = {"DJANGO_SETTINGS_MODULE", "PROMETHEUS_MULTIPROC_DIR", "PATH_INFO", "WARNING"}


def _read_by_code() -> Iterator[str]:
    """The names that Python reads: arguments of a call on the environment or with it, and its items."""
    for file in (path for package in PACKAGES for path in (ROOT / package).rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            for value in _keys(node):
                if isinstance(value, ast.Constant) and isinstance(value.value, str) and NAME.fullmatch(value.value):
                    yield value.value


def _keys(node: ast.AST) -> list[ast.expr]:
    if isinstance(node, ast.Subscript):
        return [node.slice] if "environ" in ast.unparse(node.value) else []
    if not isinstance(node, ast.Call):
        return []
    called = ast.unparse(node.func)
    is_environment = called.startswith("env.") or "environ" in called
    takes_it = any(isinstance(each, ast.Name) and each.id == "env" for each in node.args)
    return node.args if is_environment or takes_it else []


def _set_by_scripts() -> Iterator[str]:
    for file in (path for path in (ROOT / "docs" / "deploy").rglob("*") if path.is_file()):
        yield from re.findall(r"^(?:export |Environment=)([A-Z][A-Z0-9_]+)=", file.read_text(encoding="utf-8"), re.M)


def test_every_variable_that_is_read_or_set_is_documented():
    read, documented = set(_read_by_code()), (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")

    assert {"SECRET_KEY", "BIND", "OIDC_CLIENT_ID", "PORTAL_COMMAND"} <= read
    used = (read | set(_set_by_scripts())) - NOT_SETTINGS
    assert sorted(name for name in used if f"`{name.removesuffix('_FILE')}`" not in documented
                  and f"`{name}`" not in documented) == []  # fmt: skip
