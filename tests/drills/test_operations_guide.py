"""docs/operations.md followed to the letter, on a machine of its own (``tests/drills/empty_machine.py``)."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from tests import servers
from tests.drills.empty_machine import CERTIFICATE, ROOT, Machine
from tests.imports.files import csv_bytes, row

PAGE = (Path(settings.BASE_DIR) / "docs" / "operations.md").read_text(encoding="utf-8")
PLAYED = [
    "One server",
    "First hour",
    "Backup and restore",
    "Upgrade and going back",
    "Keys",
    "When the only administrator lost everything",
]
PASSWORD = "a long password of the drill"


def blocks(heading):
    """The indented blocks of a section of the page, without their indentation."""
    section = PAGE.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    indented = re.findall(r"(?:^    .*\n)+", section, flags=re.MULTILINE)
    return [re.sub(r"^    ", "", block, flags=re.MULTILINE) for block in indented]


@pytest.fixture
def machine(folder):
    machine = Machine(folder)
    yield machine
    machine.close()


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


def test_every_section_with_commands_is_played():
    headings = re.findall(r"^## (.+)$", PAGE, flags=re.MULTILINE)

    assert [heading for heading in headings if blocks(heading)] == PLAYED
    assert f"#{PLAYED[-1].lower().replace(' ', '-')}" in PAGE


def test_followed_to_the_letter_it_ends_with_a_restored_portal(machine):
    install, hour, keep = blocks("One server"), blocks("First hour"), blocks("Backup and restore")
    for block in install:
        machine.run(block)

    link = re.search(r"https://\S+/password/reset/\S+", machine.run(hour[0]))[0]
    machine.run(hour[1])
    ready(machine)
    for block in hour[2:]:
        machine.run(block)
    secret = re.search(r"secret: (\w+)", visit(machine, "first_login", link, "anna", PASSWORD))[1]

    bring(machine, "first.csv", row("PO-1"))
    bring(machine, "second.csv", row("PO-2", customer_number="K-2", customer_name="Schmidt KG"))
    assert "new serial numbers: 1" in machine.run("portal import_purchases first.csv")
    assert "database.dump" in machine.run(keep[0])
    machine.run("portal import_purchases second.csv")
    restored = machine.run(keep[1])
    ready(machine)

    assert "lost: second.csv" in restored
    assert "sequences raised by 100" in restored
    visit(machine, "login", "anna", PASSWORD, secret)
    assert "row" in machine.run("portal import_purchases first.csv --json")
    assert "unchanged" in machine.run("portal import_purchases first.csv")

    upgrade, back = blocks("Upgrade and going back")
    machine.run(upgrade)
    assert machine.run("readlink /opt/licensing-portal").strip() == "/opt/licensing-portal-0.2.0"
    ready(machine)
    machine.run(back)
    assert machine.run("readlink /opt/licensing-portal").strip() == "/opt/licensing-portal-0.1.0"
    ready(machine)

    assert "UNLOCK_KEYS=2:" in machine.run(blocks("Keys")[0])
    ready(machine)
    [lost] = blocks("When the only administrator lost everything")
    link = re.search(r"https://\S+/password/reset/\S+", machine.run(lost))[0]
    visit(machine, "first_login", link, "anna", PASSWORD + " again")
