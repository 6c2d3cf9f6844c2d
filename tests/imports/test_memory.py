"""The worker's memory stays below 100 MB for a file of any size, so it loads no library that only pages need."""

import subprocess
import sys

from django.conf import settings

from tests.imports.processes import environment

LOADED = """
import sys, django
django.setup()
from django.core.management import call_command, load_command_class
load_command_class("licences", "{command}")
print(*sorted({{name.partition(".")[0] for name in sys.modules}}))
from django.contrib import admin
print(len(admin.site._registry))
"""
FOR_PAGES = {"PIL", "fido2", "fontTools", "fpdf", "openpyxl", "qrcode", "tablib"}


def test_the_worker_loads_nothing_that_only_pages_and_workbooks_need():
    assert _loaded_with("worker") == (set(), 0)


def test_nor_does_an_import_by_command():
    assert _loaded_with("import_purchases") == (set(), 0)


def _loaded_with(command):
    """Libraries that only pages need, and how many tables are registered in the admin."""
    done = subprocess.run(
        [sys.executable, "-c", LOADED.format(command=command)],
        cwd=settings.BASE_DIR, env=environment(), capture_output=True, text=True, check=True,
    )  # fmt: skip
    libraries, registered = done.stdout.splitlines()
    return FOR_PAGES & set(libraries.split()), int(registered)
