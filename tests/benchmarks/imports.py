"""``python -m tests.benchmarks imports``: the import compared with a stock import and with the physical limit.

Every figure comes from a process of its own, on a fresh copy of one database.
"""

import json
import statistics
import subprocess
import tempfile
import time
from argparse import SUPPRESS, ArgumentParser
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

from django.core.files import File
from django.core.management.base import CommandError
from django.db import connection
from rich.console import Console
from rich.table import Table

from licences import imports, operations
from licences.imports import lifecycle
from licences.models import FileImport, Product
from licences.operations import search
from tests.benchmarks import physical_limit, purchase_files
from tests.benchmarks.databases import BENCHMARKS, copy_of, environment, peak_memory, temporary_database

HELP = "purchase files: rows/s and memory, beside a stock import and the physical limit"
NAME = "benchmark_imports"
LAST_STEP = "_apply_unless_dry_run"  # of an import without a preview


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--rows", type=int, default=100_000, help="rows of the file")
    parser.add_argument("--repeat", type=int, default=3, help="runs of which the median counts")
    parser.add_argument("--stock-rows", type=int, default=2_000, help="rows for the stock import, extrapolated")
    parser.add_argument("--answering", action="store_true", help="also open pages while the file is imported")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--step", choices=STEPS, help=SUPPRESS)
    parser.add_argument("--file", type=Path, help=SUPPRESS)


def run(options: dict[str, Any], stdout: Any) -> None:
    if options["step"]:
        stdout.write(json.dumps(STEPS[options["step"]](options["file"])))
        return
    with tempfile.TemporaryDirectory() as folder:
        ways, answering = _measure_all(Path(folder), options)
    report = {**_report(ways, options), "pages_during_import": answering.get("pages", {})}
    if answering:
        report["seconds_of_last_transaction"] = answering["applying"]
    if options["json"]:
        stdout.write(json.dumps(report, indent=2))
    else:
        _print(report, ways)


# --- Steps: each in a process of its own -------------------------------------------------------------


def _timed(work: Callable[[], Any]) -> dict[str, float]:
    """Time the work. ``seconds`` are without the search texts, which follow after the commit (``searchable``).

    ``applying`` are the seconds of its last transaction, during which on SQLite nobody else can write.
    """
    began = time.perf_counter()
    with _calls_timed(search, "index_new_serials") as searchable, _calls_timed(lifecycle, LAST_STEP) as applying:
        work()
    seconds = time.perf_counter() - began - searchable[0]
    return {"seconds": seconds, "searchable": searchable[0], "applying": applying[0], "memory": peak_memory()}


@contextmanager
def _calls_timed(module: Any, name: str) -> Iterator[list[float]]:
    taken = [0.0]
    function = getattr(module, name)

    def timed(*arguments: Any) -> Any:
        began = time.perf_counter()
        try:
            return function(*arguments)
        finally:
            taken[0] += time.perf_counter() - began

    with patch.object(module, name, timed):
        yield taken


def _catalogue(path: Path) -> dict[str, float]:
    for slot, sku in enumerate(purchase_files.PRODUCTS, start=1):
        operations.save_product(Product(sku=sku, name=sku, slot=slot), by="benchmark")
    return _import(path)


def _import(path: Path) -> dict[str, float]:
    """The whole import without a preview: read, stage, judge and apply."""
    options = imports.ImportOptions(accept_similar=True)
    taken: dict[str, FileImport] = {}

    def work() -> None:
        taken["import"] = imports.import_file(path, kind=FileImport.Kind.PURCHASES, by="benchmark", options=options)

    before = physical_limit.last_ids()
    measured = _timed(work)
    if taken["import"].state != FileImport.State.APPLIED or taken["import"].counts["rejected"]:
        raise CommandError(f"The import rejected rows: {taken['import'].counts}")
    physical_limit.save_new_rows(before, path.with_suffix(".rows"))
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    return measured


def _again(path: Path) -> dict[str, float]:
    imports.import_file(path, kind=FileImport.Kind.PURCHASES, by="benchmark", options=_DEFAULT_OPTIONS)
    return _timed(
        lambda: imports.import_file(path, kind=FileImport.Kind.PURCHASES, by="benchmark", options=_DEFAULT_OPTIONS)
    )


def _preview_and_confirm(path: Path) -> dict[str, float]:
    """An import with preview and confirmation, as the worker does it, without the time that a user would take."""

    def work() -> None:
        with path.open("rb") as file:
            taken = imports.receive_import(upload=File(file, path.name), kind=FileImport.Kind.PURCHASES, by="benchmark")
        imports.advance_import(taken.pk)
        taken.refresh_from_db()
        imports.confirm_import(file_import_id=taken.pk, preview=taken.previews, accept_valid=False, by="benchmark")
        imports.advance_import(taken.pk)
        taken.refresh_from_db()
        Path(taken.upload.path).unlink()
        if taken.state != FileImport.State.APPLIED:
            raise CommandError(f"The import ended as {taken.state}: {taken.failure or taken.counts}")

    return _timed(work)


def _limit(path: Path) -> dict[str, float]:
    saved = physical_limit.prepare(path.with_suffix(".rows"))
    return _timed(lambda: physical_limit.load(saved))


def _stock(path: Path) -> dict[str, float]:
    from tests.benchmarks._stock_import import run_stock  # a worker has not its libraries either

    return _timed(lambda: run_stock(path))


def _answering(path: Path) -> dict[str, Any]:
    from tests.benchmarks._pages_during_import import measure_pages  # as above

    return measure_pages(path)


_DEFAULT_OPTIONS = imports.ImportOptions()
STEPS: dict[str, Callable[[Path], dict[str, Any]]] = {
    "catalogue": _catalogue,
    "import": _import,
    "again": _again,
    "preview": _preview_and_confirm,
    "limit": _limit,
    "stock": _stock,
    "answering": _answering,
}


def _step(name: str, file: Path, url: str) -> dict[str, Any]:
    command = [*BENCHMARKS, "imports", "--step", name, "--file", str(file)]
    done = subprocess.run(command, env=environment(url), capture_output=True, text=True, check=False)
    if done.returncode:
        raise CommandError(f"The step {name} failed: {done.stderr.strip()[-2000:]}")
    measured: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return measured


# --- Measuring ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Way:
    """One way of importing: rows, median seconds and peak memory in MB. ``extrapolated``: from fewer rows."""

    name: str
    rows: int
    seconds: float
    searchable: float
    memory: float
    extrapolated: bool = False

    @property
    def rate(self) -> float:
        return self.rows / self.seconds


def _measure_all(folder: Path, options: dict[str, Any]) -> tuple[dict[str, Way], dict[str, Any]]:
    """The ways of importing, and how fast pages responded meanwhile, where that was asked for."""
    rows, repeat = options["rows"], options["repeat"]
    known, file, small = folder / "known.csv", folder / "purchases.csv", folder / "small.csv"
    purchase_files.write_known(known, rows)
    purchase_files.write_purchases(file, rows)
    purchase_files.write_purchases(small, min(rows, options["stock_rows"]))
    with temporary_database(NAME) as url:
        _step("catalogue", known, url)
        ways = {
            name: _measure(name, step, file, rows, repeat)
            for name, step in (("import", "import"), ("preview", "preview"), ("again", "again"), ("limit", "limit"))
        }
        ways["stock"] = _measure("stock", "stock", small, min(rows, options["stock_rows"]), 1)
        answering = {}
        if options["answering"]:
            with copy_of(NAME) as copy:
                answering = _step("answering", file, copy)
    return ways, answering


def _measure(name: str, step: str, file: Path, rows: int, repeat: int) -> Way:
    runs = []
    for _ in range(repeat):
        with copy_of(NAME) as url:
            runs.append(_step(step, file, url))
    seconds, searchable = (statistics.median(run[each] for run in runs) for each in ("seconds", "searchable"))
    memory = max(run["memory"] for run in runs)
    return Way(name, rows, seconds, searchable, memory, extrapolated=name == "stock")


def _report(ways: dict[str, Way], options: dict[str, Any]) -> dict[str, Any]:
    ours = ways["import"]
    return {
        "database": connection.vendor,
        "rows": options["rows"],
        "repeat": options["repeat"],
        "ways": {name: {**asdict(way), "rate": way.rate} for name, way in ways.items()},
        "of_limit": ours.rate / ways["limit"].rate,
        "times_stock": ours.rate / ways["stock"].rate,
        "again_to_first": ways["again"].seconds / ours.seconds,
        "preview_to_direct": ways["preview"].seconds / ours.seconds,
    }


_TITLES = {
    "import": "this import: read, stage, judge, apply",
    "preview": "the same with preview and confirmation",
    "again": "the same file again",
    "limit": "physical limit: final rows loaded straight",
    "stock": "stock import, row by row",
}


def _print(report: dict[str, Any], ways: dict[str, Way]) -> None:
    table = Table(title=f"{report['rows']:,} purchase rows on {report['database']}, medians of {report['repeat']}")
    table.add_column("way")
    for heading in ("rows", "s", "rows/s", "s until found", "peak MB"):
        table.add_column(heading, justify="right")
    for name, way in ways.items():
        title = _TITLES[name] + (" (small file; its rate is extrapolated)" if way.extrapolated else "")
        found = f"+ {way.searchable:.2f}" if way.searchable else ""
        table.add_row(title, f"{way.rows:,}", f"{way.seconds:.2f}", f"{way.rate:,.0f}", found, f"{way.memory:.0f}")
    console = Console()
    console.print(table)
    console.print(
        f"{report['of_limit']:.0%} of the limit; {report['times_stock']:.0f} × stock; "
        f"again {report['again_to_first']:.2f} × the first time; "
        f"preview and confirmation {report['preview_to_direct']:.2f} × direct"
    )
    for name, page in report["pages_during_import"].items():
        console.print(
            f"{name} while it ran: {page['times']} times, p50 {page['p50']:.0f} ms, p99 {page['p99']:.0f} ms, "
            f"slowest {page['slowest']:.0f} ms"
        )
    if "seconds_of_last_transaction" in report:
        milliseconds = report["seconds_of_last_transaction"] * 1000
        console.print(f"the import's last transaction, in which on SQLite nobody else writes: {milliseconds:.0f} ms")
