"""``python -m tests.benchmarks migrations``: how long migrations take, and how long others wait for them.

It takes the newest migrations of ``licences`` back on a database with synthetic serial numbers and events, and applies
them again, one by one (docs/operations.md#upgrade-and-going-back). PostgreSQL only.
"""

import json
import subprocess
import time
from argparse import SUPPRESS, ArgumentParser
from typing import Any

from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from tests.benchmarks import loading, synthetic
from tests.benchmarks._lock_watch import Watch
from tests.benchmarks._temporary_database import database_url
from tests.benchmarks.databases import BENCHMARKS, environment, temporary_database

HELP = "migrations with many rows: seconds that each takes, and for which it keeps out who reads or writes (PostgreSQL)"
NAME = "benchmark_migrations"
BUSY = ("licences_serial", "licences_installation", "licences_licencegrant", "licences_event", "licences_eventchain")
FEW = 1_000  # serial numbers that are loaded as for other measurements; all others are copies of the first
_KEY = f"{FEW} + number"
_HEX = "lpad(upper(to_hex(number)), %s, '0')"
# The columns in which the rows of a table differ.
_OWN = {
    "customers_site": {"id": _KEY, "name": _HEX % 12, "name_key": _HEX % 12},
    "licences_serial": {"id": _KEY, "site_id": _KEY, "code": _HEX % 8},
    "licences_installation": {"id": _KEY, "serial_id": _KEY, "site_id": _HEX % 12},
    "licences_licencegrant": {"id": _KEY, "serial_id": _KEY, "purchase_reference": _HEX % 12},
}
_EVENTS = f"""
INSERT INTO licences_event
    (at, kind, actor, serial, details, personal, personal_salt, personal_digest, previous_hash, hash)
SELECT now() - number * interval '1 second', 'registered', 'clerk' || number %% 50, {_HEX % 8},
    '{{}}', '{{}}', '', '', lpad(to_hex(number - 1), 64, '0'), lpad(to_hex(number), 64, '0')
FROM generate_series(1, %s) AS number
"""


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--serials", type=int, default=100_000, help="how many serial numbers there are")
    parser.add_argument(
        "--events", type=int, default=0, help="how many events there are, as many as serials unless set"
    )
    parser.add_argument("--back-to", default="0041", metavar="NUMBER", help="the migration of licences to begin after")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--step", choices=("measure",), help=SUPPRESS)


def run(options: dict[str, Any], stdout: Any) -> None:
    if connection.vendor != "postgresql":
        raise CommandError("SQLite has one writer at a time, whatever a migration does; use PostgreSQL.")
    if options["step"]:
        stdout.write(json.dumps(_measure(options["back_to"], options["serials"])))
    else:
        report = _run_step(options)
        stdout.write(json.dumps(report, indent=2) if options["json"] else _shown(report))


def _run_step(options: dict[str, Any]) -> list[dict[str, Any]]:
    step = [*BENCHMARKS, "migrations", "--serials", str(options["serials"]), "--back-to", options["back_to"]]
    load = [*BENCHMARKS, "lookups", "--serials", str(FEW), "--step", "load"]
    with temporary_database(NAME) as url:
        subprocess.run(load, env=environment(url), check=True)
        done = subprocess.run([*step, "--step", "measure"], env=environment(url), check=True, stdout=subprocess.PIPE)
    report: list[dict[str, Any]] = json.loads(done.stdout)
    return report


def _measure(back_to: str, serials: int) -> list[dict[str, Any]]:
    graph = MigrationExecutor(connection).loader.graph
    [newest] = graph.leaf_nodes("licences")
    names = [name for app, name in graph.forwards_plan(newest) if app == "licences"]
    [first] = [name for name in names if name.startswith(back_to)]
    call_command("migrate", "licences", first, verbosity=0, skip_checks=True)
    _fill(serials)
    return [_measure_one(name) for name in names[names.index(first) + 1 :]]


def _fill(serials: int) -> None:
    """As many serial numbers, each with an installation, a purchase line and an event, which is on no chain."""
    tables = [*_OWN, "licences_event"]
    with loading.without_indexes_of_postgresql(tables), connection.cursor() as cursor:
        for table, own in _OWN.items():
            columns = synthetic.TABLES[table]
            values = [own.get(name, f"one.{name}") for name in columns]
            cursor.execute(
                f"INSERT INTO {table} ({', '.join(columns)}) SELECT {', '.join(values)} "
                f"FROM (SELECT * FROM {table} ORDER BY id LIMIT 1) AS one, generate_series(1, %s) AS number",
                [serials - FEW],
            )
        cursor.execute(_EVENTS, [serials])
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"VACUUM ANALYZE {table}")


def _measure_one(name: str) -> dict[str, Any]:
    with Watch(database_url(), BUSY) as watch:
        began = time.perf_counter()
        call_command("migrate", "licences", name, verbosity=0, skip_checks=True)
        seconds = time.perf_counter() - began
    return {
        "migration": name,
        "seconds": round(seconds, 2),
        "blocked_readers": vars(watch.blocked_readers),
        "blocked_writers": vars(watch.blocked_writers),
        "reader_waited": round(watch.reader_waited, 3),
        "writer_waited": round(watch.writer_waited, 3),
    }


def _shown(report: list[dict[str, Any]]) -> str:
    lines = [f"{'migration':<50} {'takes':>8}  {'longest lock against readers, writers; longest wait of each'}"]
    for each in report:
        held = [each[who] for who in ("blocked_readers", "blocked_writers")]
        locks = ", ".join(f"{lock['seconds']:.2f} s {lock['table']}".rstrip() for lock in held)
        waits = f"{each['reader_waited']:.3f} s, {each['writer_waited']:.3f} s"
        lines.append(f"{each['migration']:<50} {each['seconds']:>6.2f} s  {locks}; {waits}")
    return "\n".join(lines)
