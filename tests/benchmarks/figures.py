"""``python -m tests.benchmarks figures``: the page of figures, and the nightly run that computes them.

The page reads two years of stored numbers, as many as a portal has in which a million things happen a year, in thirty
countries, and as many for one product and for one reseller. The run counts the serial numbers of the database.
Everything that is written is rolled back (docs/figures.md#how-fast).
"""

import json
import subprocess
import time
from argparse import SUPPRESS, ArgumentParser
from datetime import date, timedelta
from typing import Any

from django.contrib.auth.models import Group, User
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from licences import roles
from licences.domain.figures import HOURS, Figure
from licences.models import DailyFigure, DividedFigure, FigureDay, FigureTotal, Product
from licences.operations import figures as computing
from licences.operations.figure_totals import add_up_days
from licences.queries import figure_counts, figure_snapshots
from tests.benchmarks import loading
from tests.benchmarks.databases import BENCHMARKS, environment, temporary_database
from tests.benchmarks.lookups import _times

HELP = "the page of figures with two years of numbers, and the nightly run over all serial numbers"
DAYS = 2 * 366
COUNTRIES = [
    *("AT", "AU", "BE", "BG", "BR", "CA", "CH", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GB", "GR", "HR", "HU", "IE"),
    *("IT", "JP", "LT", "LU", "NL", "NO", "PL", "PT", "RO", "SE", "US"),
]
RESELLER = "Northwind"
# Parts of each figure on a busy day, in each country.
PARTS: dict[Figure, list[str]] = {
    Figure.CALLS: [""],
    Figure.CALL_HOURS: HOURS[8:18],
    Figure.MINUTES_TO_CODE: [f"{minute:04d}" for minute in range(1, 31)],
    Figure.CALL_ENDINGS: [
        f"{purpose}/{end}" for purpose in ("migrate", "reinstall") for end in ("issued", "withdrawn")
    ],
    Figure.FIRST_CHECKS: ["passed", "not-passed"],
    Figure.FAILED_ITEMS: [f"{item}/mismatch" for item in ("serial", "release_code", "customer_name", "address_line1")],
    Figure.REGISTRATIONS: ["server", "web", "hand"],
    Figure.SERIALS: ["allocated", "released"],
    Figure.LICENCES: ["bought", "returned"],
    Figure.PRODUCT_LICENCES: ["1/bought", "1/returned"],
}


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--serials", type=int, default=10_000, help="how many serial numbers there are")
    parser.add_argument("--repeat", type=int, default=50, help="requests for each page")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--step", choices=("load", "measure"), help=SUPPRESS)


def run(options: dict[str, Any], stdout: Any) -> None:
    serials, repeat = options["serials"], options["repeat"]
    if options["step"] == "load":
        loading.load(serials)
    elif options["step"] == "measure":
        stdout.write(json.dumps({**measure_run(), **measure_pages(repeat)}))
    else:
        report = _run_steps(serials, repeat)
        stdout.write(json.dumps(report, indent=2) if options["json"] else _shown(serials, report))


def _run_steps(serials: int, repeat: int) -> dict[str, Any]:
    with temporary_database(f"benchmark_figures_{serials}") as url:
        command = [*BENCHMARKS, "figures", "--serials", str(serials), "--repeat", str(repeat), "--step"]
        subprocess.run([*command, "load"], env=environment(url), check=True)
        done = subprocess.run([*command, "measure"], env=environment(url), check=True, stdout=subprocess.PIPE)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def measure_run() -> dict[str, Any]:
    """Seconds of the nightly run: counting what is on record, counting the day before, and storing both."""
    today = timezone.localdate()
    seconds: dict[str, float] = {}
    with transaction.atomic():
        began = time.perf_counter()
        snapshot = figure_snapshots.count_snapshot(today)
        seconds["on record"] = time.perf_counter() - began
        began = time.perf_counter()
        yesterday = figure_counts.count_days(today - timedelta(days=1), today - timedelta(days=1))
        seconds["the day before"] = time.perf_counter() - began
        began = time.perf_counter()
        computing._store([today], snapshot, computing.SNAPSHOTS, now=timezone.now())
        seconds["storing"] = time.perf_counter() - began
        transaction.set_rollback(True)
    rounded = {name: round(each, 1) for name, each in seconds.items()}
    return {"run_seconds": rounded, "numbers": len(snapshot) + len(yesterday)}


def measure_pages(repeat: int) -> dict[str, Any]:
    """Milliseconds of the page with two years of numbers, by period and by what is chosen."""
    roles.write_groups()
    with transaction.atomic():
        today = timezone.localdate()
        stored = _store_years(today)
        user, _new = User.objects.get_or_create(username="benchmark-figures")
        user.groups.set([Group.objects.get(name="Auditor")])
        browser = Client(SERVER_NAME="localhost")
        browser.force_login(user)
        product = Product.objects.order_by("slot").values_list("pk", flat=True)[0]
        pages = {}
        own = f"own&first={today - timedelta(days=DAYS - 1)}&last={today}"
        for period in ("week", "month", "quarter", "year", own):
            for chosen in (
                "", "&country=AT", f"&product={product}", f"&reseller={RESELLER}", f"&product={product}&country=AT",
            ):  # fmt: skip
                address = f"/figures/?period={period}{chosen}"
                assert browser.get(address).status_code == 200
                pages[f"{period}{chosen}"] = _times(browser.get, [address] * repeat)
        transaction.set_rollback(True)
    return {"stored_numbers": stored, "pages": pages}


def _store_years(today: date) -> int:
    """Store the numbers of one day, and copy them to all days before it; returns how many there are."""
    product = Product.objects.order_by("slot").values_list("pk", flat=True)[0]
    whole = [
        {"day": today, "figure": figure, "part": part, "country": country, "value": 7}
        for figure, parts in PARTS.items()
        for part in parts
        for country in COUNTRIES
    ]
    divisions = [(product, ""), (0, RESELLER)]
    DailyFigure.objects.all().delete()
    DividedFigure.objects.all().delete()
    DailyFigure.objects.bulk_create([DailyFigure(**each) for each in whole], batch_size=500)
    DividedFigure.objects.bulk_create(
        [DividedFigure(**each, product=of, reseller=name) for each in whole for of, name in divisions], batch_size=500
    )
    FigureDay.objects.all().delete()
    FigureDay.objects.bulk_create(
        FigureDay(day=today - timedelta(days=number), computed_at=timezone.now()) for number in range(1, DAYS)
    )
    _copy(DailyFigure, "figure, part, country, value", today)
    _copy(DividedFigure, "product, reseller, figure, part, country, value", today)
    for number in range(0, DAYS, computing.CHUNK):
        last = today - timedelta(days=number)
        add_up_days(
            max(last - timedelta(days=computing.CHUNK - 1), today - timedelta(days=DAYS - 1)), last, today=today
        )
    now = timezone.now()
    FigureDay.objects.update_or_create(day=today, defaults={"computed_at": now, "snapshot_at": now})
    with connection.cursor() as cursor:
        for table in (DailyFigure, DividedFigure, FigureTotal, FigureDay):
            cursor.execute(f"ANALYZE {table._meta.db_table}")
    return DailyFigure.objects.count() + DividedFigure.objects.count()


def _copy(model: Any, columns: str, source: date) -> None:
    """Store the numbers of one day again for each of the days before it that are known."""
    table, days = model._meta.db_table, FigureDay._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} (day, {columns}) SELECT known.day, {columns} FROM {days} AS known"
            f" CROSS JOIN {table} AS numbers WHERE numbers.day = %s AND known.day < %s",
            [source, source],
        )


def _shown(serials: int, report: dict[str, Any]) -> str:
    seconds = ", ".join(f"{name} {each} s" for name, each in report["run_seconds"].items())
    lines = [
        f"{serials:,} serial numbers on {connection.vendor}; the run: {seconds}; {report['numbers']:,} numbers",
        f"the page, with {report['stored_numbers']:,} stored numbers, ms, p50 / p99",
    ]
    lines += [f"  {name:<36}{times['p50']:>10.1f} / {times['p99']:.1f}" for name, times in report["pages"].items()]
    return "\n".join(lines)
