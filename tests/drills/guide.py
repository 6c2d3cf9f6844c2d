"""docs/operations.md as the drills play it: its blocks of commands, and what its readers do in between."""

import re
from pathlib import Path

from django.conf import settings

from tests import servers
from tests.drills.empty_machine import CERTIFICATE, ROOT
from tests.imports.files import csv_bytes

PAGE = (Path(settings.BASE_DIR) / "docs" / "operations.md").read_text(encoding="utf-8")
PASSWORD = "a long password of the drill"


def blocks(heading):
    """The indented blocks of a section of the page, without their indentation."""
    section = PAGE.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    indented = re.findall(r"(?:^(?:    |       )\S.*\n(?:^ {4,}.*\n)*)", section, flags=re.MULTILINE)
    return [re.sub(r"^    ", "", block, flags=re.MULTILINE) for block in indented]


def visit(machine, act, *arguments):
    given = " ".join(f"'{each}'" for each in (CERTIFICATE, act, *arguments))
    return machine.run(f"python3 {ROOT}/tests/drills/visitor.py {given}")


def ready(machine):
    """Wait for the portal as a person would, who tries again."""
    machine.run(
        f"for try in $(seq {servers.PATIENCE}); do"
        " curl --silent --fail http://127.0.0.1:8000/readyz && break; sleep 1; done"
        " || (cat /var/log/by-hand/*; false)"
    )


def bring(machine, name, *rows):
    """A file that the portal's user can read, in the portal's folder."""
    source = machine.folder / name
    source.write_bytes(csv_bytes(*rows))
    machine.run(f"install -o licensing -m 0600 {source} /var/lib/licensing-portal")
