"""The cost of the hash chain: its share of a registration's time, and how long an import holds the end of the chain.

Registrations are done in turns with and without the chain. Without it the same row is written, but nothing is hashed
and the end of the chain is neither locked nor moved. It works in a temporary database (docs/proof.md#what-it-costs).
"""

import secrets
import statistics
import tempfile
import time
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

from django.conf import settings
from django.core.management.base import CommandError
from django.db import connection, transaction
from django.utils import timezone

from licences import imports, licence_files, operations
from licences.database.compiled import insert_row
from licences.domain.codes import new_site_id
from licences.domain.details import RegistrationDetails
from licences.domain.versions import Versions
from licences.imports import lifecycle
from licences.models import Event, FileImport, Product
from licences.operations import installations
from tests.benchmarks import purchase_files
from tests.benchmarks._seeds import bought_serials
from tests.benchmarks._temporary_database import temporary_database

HELP = "the hash chain of the event log: its part of a registration, and how long an import holds it"
GOAL = 0.10
TURN = 100
DETAILS = RegistrationDetails(
    name="Bäckerei Müller & Söhne GmbH",
    address_line1="Hauptstraße 12a",
    contact_name="Sabine Vogel",
    contact_phone="07071/555 0163",
)


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--registrations", type=int, default=2_000, help="with the chain, and as many without")
    parser.add_argument("--rows", type=int, default=20_000, help="rows of the file that is imported")


def run(options: dict[str, Any], stdout: TextIO) -> None:
    settings.LICENCE_KEYS = licence_files.parse_keys(licence_files.new_key())
    with temporary_database():
        _measure_registrations(options["registrations"], stdout)
        _measure_import(options["rows"], stdout)


# --- Registrations -----------------------------------------------------------------------------------


def _measure_registrations(count: int, stdout: TextIO) -> None:
    """The medians of many registrations, in turns, so that other work of the machine slows both."""
    serials = iter(bought_serials(2 * count + TURN))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    for _ in range(TURN):
        _register(next(serials))  # warm up
    took: dict[bool, list[float]] = {True: [], False: []}
    for turn in range(2 * count // TURN):
        chained = turn % 2 == 0
        with _chain(chained):
            took[chained] += [_register(next(serials)) for _ in range(TURN)]
    having, without = statistics.median(took[True]), statistics.median(took[False])
    share = (having - without) / having
    stdout.write(f"{connection.vendor}: registration {having:.2f} ms, without the chain {without:.2f} ms")
    stdout.write(f"the chain: {share:.1%} of it; goal below {GOAL:.0%}: {'met' if share < GOAL else 'MISSED'}")


def _register(serial: str) -> float:
    began = time.perf_counter()
    operations.register_installation(
        serial=serial,
        site_id=new_site_id(),
        versions=Versions.parse(server="2.6", client="2.6"),
        details=DETAILS,
        by="benchmark",
        today=timezone.localdate(),
    )
    return (time.perf_counter() - began) * 1000


@contextmanager
def _chain(chained: bool) -> Iterator[None]:
    real = installations.record_event
    if not chained:
        installations.record_event = _record_unchained
    try:
        yield
    finally:
        installations.record_event = real


def _record_unchained(kind: Event.Kind, *, by: str, details: Any = None, personal: Any = None, **about: Any) -> Event:
    """Write the same row as ``record_event``, but on no chain."""
    nonce = secrets.token_hex(32)
    columns = {
        "details": details or {},
        "personal": personal or {},
        "personal_salt": nonce[:32],
        "personal_digest": nonce,
    }
    return insert_row(
        Event(at=timezone.now(), kind=kind, actor=by, previous_hash=nonce, hash=nonce, **columns, **about)
    )


# --- An import ---------------------------------------------------------------------------------------


def _measure_import(rows: int, stdout: TextIO) -> None:
    """The time from locking the end of the chain to the commit, and that of the import's whole last transaction."""
    for slot, sku in enumerate(purchase_files.PRODUCTS[1:], start=2):  # the first is there already
        operations.save_product(Product(sku=sku, name=sku, slot=slot), by="benchmark")
    marks: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder, _marking(marks):
        path = Path(folder) / "purchases.csv"
        purchase_files.write_purchases(path, rows)
        options = imports.ImportOptions(accept_similar=True)
        done = imports.import_file(path, kind=FileImport.Kind.PURCHASES, by="benchmark", options=options)
    if done.state != FileImport.State.APPLIED:
        raise CommandError(f"The import ended as {done.state}: {done.counts}")
    whole, held = marks["committed"] - marks["began"], marks["committed"] - marks["held"]
    stdout.write(f"import of {done.rows_applied} rows: judged and applied in {whole * 1000:.0f} ms")
    stdout.write(f"of which it holds the end of the chain for {held * 1000:.1f} ms, commit and all")


@contextmanager
def _marking(marks: dict[str, float]) -> Iterator[None]:
    record, judge = lifecycle.record_event, lifecycle.lock_and_judge

    def recording(*args: Any, **options: Any) -> Event:
        marks["held"] = time.perf_counter()
        transaction.on_commit(_noting(marks, "committed"))
        return record(*args, **options)

    def judging(file_import: FileImport) -> dict[int, int]:
        marks["began"] = time.perf_counter()
        return judge(file_import)

    lifecycle.record_event, lifecycle.lock_and_judge = recording, judging
    try:
        yield
    finally:
        lifecycle.record_event, lifecycle.lock_and_judge = record, judge


def _noting(marks: dict[str, float], name: str) -> Callable[[], None]:
    return lambda: marks.__setitem__(name, time.perf_counter())
