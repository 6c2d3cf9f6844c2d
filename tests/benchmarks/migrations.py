"""``python -m tests.benchmarks migrations``: how long migrations take, and how long others wait for them.

It takes the newest migrations of ``licences`` back on a database with synthetic serial numbers and events, and applies
them again, one by one (docs/operations.md#upgrade-and-going-back). PostgreSQL only.
"""

import json
import subprocess
import time
from argparse import SUPPRESS, ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from tests.benchmarks._lock_watch import Watch
from tests.benchmarks._temporary_database import database_url
from tests.benchmarks.databases import BENCHMARKS, copy_of, environment, temporary_database

HELP = "migrations with many rows: seconds that each takes, and for which it keeps out who reads or writes (PostgreSQL)"
NAME = "benchmark_migrations"
BUSY = ("licences_serial", "licences_installation", "licences_licencegrant", "licences_event", "licences_eventchain")
_EVENTS = """
INSERT INTO licences_event
    (at, kind, actor, serial, details, personal, personal_salt, personal_digest, previous_hash, hash)
SELECT now() - number * interval '1 second', 'registered', 'clerk' || number %% 50, lpad(upper(to_hex(number)), 8, '0'),
    '{}', '{}', '', '', lpad(to_hex(number - 1), 64, '0'), lpad(to_hex(number), 64, '0')
FROM generate_series(1, %s) AS number
"""


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--serials", type=int, default=100_000, help="how many serial numbers there are")
    parser.add_argument(
        "--events", type=int, default=0, help="how many events there are, as many as serials unless set"
    )
    parser.add_argument("--back-to", default="0041", metavar="NUMBER", help="the migration of licences to begin after")
    parser.add_argument("--copy-of", metavar="DATABASE", help="copy this database, which nobody may use, and load none")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--step", choices=("measure",), help=SUPPRESS)


def run(options: dict[str, Any], stdout: Any) -> None:
    if connection.vendor != "postgresql":
        raise CommandError("SQLite has one writer at a time, whatever a migration does; use PostgreSQL.")
    if options["step"]:
        stdout.write(json.dumps(_measure(options["back_to"], options["events"])))
    else:
        report = _run_step(options)
        stdout.write(json.dumps(report, indent=2) if options["json"] else _shown(report))


def _run_step(options: dict[str, Any]) -> list[dict[str, Any]]:
    more = ["--events", str(options["events"] or options["serials"]), "--back-to", options["back_to"]]
    with _loaded(options["copy_of"], options["serials"]) as url:
        step = [*BENCHMARKS, "migrations", *more, "--step", "measure"]
        done = subprocess.run(step, env=environment(url), check=True, stdout=subprocess.PIPE)
    report: list[dict[str, Any]] = json.loads(done.stdout)
    return report


@contextmanager
def _loaded(original: str | None, serials: int) -> Iterator[str]:
    if original:
        with copy_of(original) as url:
            yield url
    else:
        with temporary_database(NAME) as url:
            load = [*BENCHMARKS, "lookups", "--serials", str(serials), "--step", "load"]
            subprocess.run(load, env=environment(url), check=True)
            yield url


def _measure(back_to: str, events: int) -> list[dict[str, Any]]:
    graph = MigrationExecutor(connection).loader.graph
    [newest] = graph.leaf_nodes("licences")
    names = [name for app, name in graph.forwards_plan(newest) if app == "licences"]
    [first] = [name for name in names if name.startswith(back_to)]
    call_command("migrate", "licences", first, verbosity=0, skip_checks=True)
    with connection.cursor() as cursor:
        cursor.execute(_EVENTS, [events])
        cursor.execute("VACUUM ANALYZE licences_event")
    return [_measure_one(name) for name in names[names.index(first) + 1 :]]


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
