"""docs/operations.md followed to the letter, on machines of its own (``tests/drills/empty_machine.py``)."""

import re

import pytest

from tests import servers
from tests.drills.empty_machine import Machine
from tests.drills.guide import PAGE, PASSWORD, blocks, bring, ready, visit
from tests.imports.files import row

PLAYED = [
    "One server",
    "First hour",
    "Backup and restore",
    "Upgrade and going back",
    "Keys",
    "When the only administrator lost everything",
    "Two servers and a replica",
    "Failover and promotion",
]
READY = "curl --silent http://127.0.0.1:8000/readyz || true"


@pytest.fixture(scope="module")
def installed(folder):
    """The machine after the first hour, and the secret of the administrator's app."""
    machine = Machine(folder, "db1")
    try:
        for block in blocks("One server"):
            machine.run(block)
        setup, start, *rest = blocks("First hour")
        link = re.search(r"https://\S+/password/reset/\S+", machine.run(setup))[0]
        machine.run(start)
        ready(machine)
        for block in rest:
            machine.run(block)
        yield machine, re.search(r"secret: (\w+)", visit(machine, "first_login", link, "anna", PASSWORD))[1]
    finally:
        machine.close()


@pytest.fixture
def machine(installed):
    return installed[0]


def imported(machine, reference, **values):
    """What the import of one purchase says."""
    bring(machine, f"{reference}.csv", row(reference, **values))
    return machine.run(f"portal import_purchases {reference}.csv")


def test_every_section_with_commands_is_played():
    headings = re.findall(r"^## (.+)$", PAGE, flags=re.MULTILINE)

    assert [heading for heading in headings if blocks(heading)] == PLAYED


def test_followed_to_the_letter_it_ends_with_a_restored_portal(installed):
    machine, secret = installed
    back_up, restore, begin_anchors, password = blocks("Backup and restore")
    assert "error: " not in machine.run("logrotate --debug /etc/logrotate.conf 2>&1")
    assert "new serial numbers: 1" in imported(machine, "PO-1")
    assert "database.dump" in machine.run(back_up)
    imported(machine, "PO-2", customer_number="K-2", customer_name="Schmidt KG")

    said = machine.run(restore)
    ready(machine)

    assert "lost: PO-2.csv" in said
    assert "sequences raised by 100" in said
    assert "unchanged: 1" in machine.run("portal import_purchases PO-1.csv")
    machine.run(f"{begin_anchors}\nsystemctl start licensing-portal-anchor")
    assert "The last anchor is from" in machine.run("portal doctor || true")
    machine.run(password + '\nPGPASSWORD=$password psql --host=127.0.0.1 --user=portal --command="SELECT 1" portal')
    visit(machine, "login", "anna", PASSWORD, secret)


def test_an_upgrade_goes_there_and_back(machine):
    upgrade, back = blocks("Upgrade and going back")

    machine.run(upgrade)
    ready(machine)
    there = machine.run("readlink /opt/licensing-portal").strip()
    machine.run(back)
    ready(machine)

    assert there == "/opt/licensing-portal-0.2.0"
    assert machine.run("readlink /opt/licensing-portal").strip() == "/opt/licensing-portal-0.1.0"


def test_keys_are_rotated_and_an_administrator_who_lost_everything_gets_back_in(machine):
    [rotate], [lost] = blocks("Keys"), blocks("When the only administrator lost everything")

    assert "UNLOCK_KEYS=2:" in machine.run(rotate)
    ready(machine)
    link = re.search(r"https://\S+/password/reset/\S+", machine.run(lost))[0]

    visit(machine, "first_login", link, "anna", PASSWORD + " again")


def test_the_second_server_takes_over(folder, machine):
    """Last: it leaves the first server without its database."""
    on_db1, on_db2, address, confirming = blocks("Two servers and a replica")
    [promote] = blocks("Failover and promotion")
    second = Machine(folder, "db2")
    try:
        machine.connect(second, own="10.9.0.1/24", theirs="10.9.0.2/24")
        for each in (machine, second):
            each.run("printf '10.9.0.1 db1\\n10.9.0.2 db2\\n' >> /etc/hosts")
        second.run(on_db2, typed=machine.run(on_db1).split()[-1])
        machine.run(address)
        servers.until(lambda: '"replica": "current"' in machine.run(READY), "the replica is current")
        machine.run(confirming)
        synchronous = 'runuser -u postgres -- psql -At -c "SELECT sync_state FROM pg_stat_replication"'
        servers.until(lambda: machine.run(synchronous).strip() == "sync", "the standby confirms changes")
        assert "new serial numbers: 1" in imported(machine, "PO-3", customer_number="K-3", customer_name="Vogel AG")
        process = machine.run("cat /run/by-hand/licensing-portal-web")

        machine.run("systemctl stop postgresql")
        away = machine.run(READY)
        second.run(promote)
        servers.until(lambda: '"database": "reachable"' in machine.run(READY), "the portal finds the new primary")

        assert '"database": "unreachable"' in away
        assert '"replica": "promoted"' in machine.run(READY)
        assert "unchanged: 1" in machine.run("portal import_purchases PO-3.csv")
        new = imported(machine, "PO-4", customer_number="K-4", customer_name="Weber OHG")
        assert "new serial numbers: 1" in new
        assert machine.run("cat /run/by-hand/licensing-portal-web") == process
    finally:
        second.close()
