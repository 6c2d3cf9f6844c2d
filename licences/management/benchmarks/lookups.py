"""``manage.py benchmark lookups``: the look-up and the lists of the administration, at any number of serial numbers.

On a database of its own, which is dropped at the end unless ``--keep``. Pages are asked for by Django's test client, as
a logged-in clerk; beside each stands the raw SQL for the same answer.
"""

import json
import os
import statistics
import subprocess
import time
from argparse import SUPPRESS, ArgumentParser
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.contrib.auth.models import Group, User
from django.core.management.base import CommandError
from django.db import connection
from django.db.models import QuerySet
from django.db.models.functions import Length
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from licences import quality, roles
from licences.lookup import look_up
from licences.lookup.statements import CANDIDATES
from licences.management.benchmarks import loading, lookup_queries, serving, synthetic
from licences.management.benchmarks.databases import MANAGE, environment, scratch_database, url_of
from licences.models import Serial

HELP = "the look-up and the lists of the administration: milliseconds beside raw SQL, and what is found first"
NAME = "benchmark_lookups"
SERIALS = "/admin/licences/serial/"


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--serials", type=int, default=10_000, help="how many serial numbers there are")
    parser.add_argument("--repeat", type=int, default=200, help="queries of each kind")
    parser.add_argument("--mistaken", type=int, default=2_000, help="names with a mistake, to be found first")
    parser.add_argument(
        "--keep", action="store_true", help="keep the database for the next run, and use it if it is there"
    )
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--step", choices=("load", "measure"), help=SUPPRESS)


def run(options: dict[str, Any], stdout: Any) -> None:
    serials: int = options["serials"]
    if options["step"] == "load":
        loading.load(serials)
    elif options["step"] == "measure":
        stdout.write(json.dumps(_measure(serials, options["repeat"], options["mistaken"])))
    else:
        _check(serials)
        report = _run_steps(serials, options)
        stdout.write(json.dumps(report, indent=2) if options["json"] else _shown(report))


def _check(serials: int) -> None:
    if serials > synthetic.PARTIES and (connection.vendor == "sqlite" or serials % synthetic.PARTIES):
        raise CommandError("Beyond a million serial numbers, give whole millions, and use PostgreSQL.")


def _run_steps(serials: int, options: dict[str, Any]) -> dict[str, Any]:
    name = f"{NAME}_{serials}"
    with (_kept_database if options["keep"] else scratch_database)(name) as url:
        arguments = [
            "--serials",
            str(serials),
            "--repeat",
            str(options["repeat"]),
            "--mistaken",
            str(options["mistaken"]),
        ]
        command = [*MANAGE, "benchmark", "lookups", *arguments]
        began = time.perf_counter()
        if not options["keep"] or not _is_loaded(command, url):
            subprocess.run([*command, "--step", "load"], env=environment(url), check=True)  # noqa: S603
        loaded = time.perf_counter() - began
        step = [*command, "--step", "measure"]
        answer = subprocess.run(step, env=environment(url), check=True, stdout=subprocess.PIPE)  # noqa: S603
    return {"load_seconds": round(loaded, 1), **json.loads(answer.stdout)}


def _is_loaded(command: list[str], url: str) -> bool:
    program = "from licences.models import Serial; raise SystemExit(not Serial.objects.exists())"
    answer = subprocess.run([*MANAGE, "shell", "--command", program], env=environment(url), capture_output=True)  # noqa: S603
    return answer.returncode == 0


@contextmanager
def _kept_database(name: str) -> Iterator[str]:
    """The URL of a migrated database that stays for the next run."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
            if cursor.fetchone() is None:
                cursor.execute(f'CREATE DATABASE "{name}"')
    migrate = [*MANAGE, "migrate", "--verbosity", "0", "--skip-checks"]
    subprocess.run(migrate, env=environment(url_of(name)), check=True)  # noqa: S603
    yield url_of(name)


# --- Measuring -------------------------------------------------------------------------------------------


def _measure(serials: int, repeat: int, mistaken: int) -> dict[str, Any]:
    browser = _browser()
    lookups = {kind: _measure_kind(browser, kind, serials, repeat) for kind in lookup_queries.KINDS}
    return {
        "database": connection.vendor,
        "serials": serials,
        "lookups": lookups,
        "admin": _measure_admin(browser, serials, min(repeat, 50)),
        "quality": _measure_quality(browser),
        "found_first": _measure_found_first(serials, mistaken),
        "requests_per_second": _measure_serving(browser, serials),
    }


def _browser() -> Client:
    roles.synchronise()
    user, _new = User.objects.get_or_create(username="benchmark", defaults={"is_staff": True})
    user.groups.set([Group.objects.get(name="Licensing staff")])
    browser = Client(SERVER_NAME="localhost")
    browser.force_login(user)
    browser.get("/lookup/")
    return browser


def _measure_kind(browser: Client, kind: str, serials: int, repeat: int) -> dict[str, Any]:
    texts = lookup_queries.queries(kind, serials, repeat)
    _warm_up(browser, texts)
    found: dict[str, Any] = {
        "page": _times(lambda text: browser.get("/lookup/", {"q": text}), texts),
        "json": _times(lambda text: browser.get("/lookup/", {"q": text, "format": "json"}), texts),
        "raw": _raw_times(texts),
    }
    if kind == "exact code":
        found["prepared"] = _prepared_times(texts)
    if kind == "name part, 5 letters":
        found["icontains"] = _times(_icontains, texts[:10])
        found["icontains_best_first"] = _times(_icontains_best_first, texts[:10])
    return found


def _warm_up(browser: Client, texts: list[str]) -> None:
    for text in texts[:5]:
        browser.get("/lookup/", {"q": text})


def _times(work: Callable[[Any], Any], inputs: Iterable[Any]) -> dict[str, float]:
    """Milliseconds of each call: median and 99th percentile."""
    times = []
    for each in inputs:
        began = time.perf_counter()
        work(each)
        times.append((time.perf_counter() - began) * 1000)
    times.sort()
    last = times[min(int(len(times) * 0.99), len(times) - 1)]
    return {"p50": round(statistics.median(times), 2), "p99": round(last, 2)}


def _raw_times(texts: list[str]) -> dict[str, float]:
    """The statements of each look-up once more, without anything around them."""
    statements = []
    for text in texts:
        with CaptureQueriesContext(connection) as queries:
            look_up(text, codes_too=True, today=timezone.localdate())
        statements.append([query["sql"] for query in queries])
    with connection.cursor() as cursor:
        return _times(lambda found: _execute(cursor, found), statements)


def _execute(cursor: Any, statements: list[str]) -> None:
    for statement in statements:
        cursor.cursor.execute(statement)  # past Django, which would take a percent sign for a parameter
        cursor.cursor.fetchall()


_BY_CODE = """
SELECT s.id, s.code, s.blocked_at, t.name, c.name, c.city FROM licences_serial s
JOIN customers_site t ON t.id = s.site_id
JOIN customers_customer c ON c.id = t.customer_id WHERE s.code = {place}
"""
_STATE = """
SELECT r.entered_at, r.entered_by, i.site_id, i.ended_at FROM licences_registration r
JOIN licences_installation i ON i.serial_id = r.serial_id
WHERE r.serial_id = {place} ORDER BY r.id DESC, i.id DESC LIMIT 1
"""


def _prepared_times(texts: list[str]) -> dict[str, float]:
    """Two prepared statements that answer “is it registered?” for a code, straight through the driver."""
    place = "?" if connection.vendor == "sqlite" else "%s"
    statements = [statement.format(place=place) for statement in (_BY_CODE, _STATE)]
    driver: Any = connection.connection
    more = {} if connection.vendor == "sqlite" else {"prepare": True}
    cursor = driver.cursor() if connection.vendor == "sqlite" else _plain_cursor(driver)

    def answer(text: str) -> None:
        cursor.execute(statements[0], (text.replace("-", ""),), **more)
        (row,) = cursor.fetchall()
        cursor.execute(statements[1], (row[0],), **more)
        cursor.fetchall()

    for text in texts[:10]:
        answer(text)
    return _times(answer, texts)


def _plain_cursor(driver: Any) -> Any:
    from psycopg import Cursor

    driver.prepare_threshold = 1
    return Cursor(driver)


def _icontains(text: str) -> None:
    """Any rows that have the text in their names: a common one is found after a few rows, and the rest never read."""
    list(_having(text)[:CANDIDATES])


def _icontains_best_first(text: str) -> None:
    """The rows that the look-up gives, in its order: short names first. This is what to compare with."""
    name = "site__customer__name"
    list(_having(text).order_by(Length(name), name, "pk")[:CANDIDATES])


def _having(text: str) -> QuerySet[Serial]:
    return Serial.objects.filter(site__customer__name__icontains=text).select_related("site__customer")


# --- The administration ------------------------------------------------------------------------------------


def _measure_admin(browser: Client, serials: int, repeat: int) -> dict[str, Any]:
    codes = lookup_queries.queries("exact code", serials, repeat)
    pages = {
        "first page": [SERIALS],
        "page 1000": [f"{SERIALS}?after=[{max(serials - 1000 * 50, 1)}]"],
        "page 5000": [f"{SERIALS}?after=[{max(serials - 5000 * 50, 1)}]"],
        "filtered": [f"{SERIALS}?blocked_at__isempty=0"],
        "filtered, common": [f"{SERIALS}?origin__exact=allocated"],
        "search for a code": [f"{SERIALS}?q={code}" for code in codes],
    }
    found: dict[str, Any] = {}
    for name, addresses in pages.items():
        asked = (addresses * repeat)[:repeat]
        browser.get(asked[0])
        found[name] = {"page": _times(browser.get, asked), "raw": _raw_page_times(browser, asked[0], repeat)}
    return found


def _raw_page_times(browser: Client, address: str, repeat: int) -> dict[str, float]:
    with CaptureQueriesContext(connection) as queries:
        browser.get(address)
    statements = [
        query["sql"] for query in queries if '"licences_' in query["sql"] or "licences_serial" in query["sql"]
    ]
    with connection.cursor() as cursor:
        return _times(lambda found: _execute(cursor, found), [statements] * repeat)


# --- Registration quality ----------------------------------------------------------------------------------


def _measure_quality(browser: Client) -> dict[str, dict[str, float]]:
    addresses = {"all lists": "/quality/", **{slug: f"/quality/{slug}/" for slug in quality.BY_SLUG}}
    return {name: _times(browser.get, [address] * 5) for name, address in addresses.items()}


# --- Found first ---------------------------------------------------------------------------------------------


def _measure_found_first(serials: int, count: int) -> dict[str, Any]:
    """A customer counts as found whose name has the same words as the one that is meant; where a word is missing, also
    one who has all that was typed. ``strictly``: the very same name.
    """
    first: Counter[str] = Counter()
    same = 0
    asked: Counter[str] = Counter()
    missed: list[list[str]] = []
    for kind, customer, text in lookup_queries.mistaken(serials, count):
        asked[kind] += 1
        found = look_up(text, codes_too=True, today=timezone.localdate())
        meant = loading.searched_name(customer)
        named = found.hits[0].serial.name_key if found.hits else ""
        same += named == meant
        if sorted(named.split()) == sorted(meant.split()):
            first[kind] += 1  # the same words: in what order they belong is what callers get wrong
        elif found.hits and not found.near and kind == "missing word":
            first[kind] += 1  # it has every word that was typed: so has the other, and nobody could tell
        elif len(missed) < 20:
            missed.append([text, meant, found.hits[0].serial.name_key if found.hits else ""])
    shares = {kind: round(100 * first[kind] / asked[kind], 1) for kind in asked}
    everything = {"all": sum(first.values()), "strictly": same}
    return {
        **{name: round(100 * each / max(count, 1), 2) for name, each in everything.items()},
        **shares,
        "missed": missed,
    }


# --- Serving ---------------------------------------------------------------------------------------------------


def _measure_serving(browser: Client, serials: int) -> dict[str, float]:
    if connection.vendor == "sqlite":
        return {}
    codes = lookup_queries.queries("exact code", serials, 500)
    return serving.measure(browser, codes, os.environ["DATABASE_URL"])


# --- The report ----------------------------------------------------------------------------------------------


_BESIDE = {
    "prepared": "  two prepared statements",
    "icontains": "  icontains, any rows",
    "icontains_best_first": "  icontains, best first",
}


def _shown(report: dict[str, Any]) -> str:
    lines = [f"{report['serials']:,} serial numbers on {report['database']} (loaded in {report['load_seconds']} s)", ""]
    lines.append(f"{'ms, p50 / p99':<24}{'page':>18}{'JSON':>18}{'raw SQL':>18}")
    for kind, times in report["lookups"].items():
        lines.append(_line(kind, [times["page"], times["json"], times["raw"]]))
        for name, words in _BESIDE.items():
            if name in times:
                lines.append(_line(words, [{}, {}, times[name]]))
    lines += ["", f"{'administration':<24}{'page':>18}{'':>18}{'raw SQL':>18}"]
    lines += [_line(name, [times["page"], {}, times["raw"]]) for name, times in report["admin"].items()]
    lines += ["", f"{'registration quality':<24}{'page':>18}"]
    lines += [_line(name, [times]) for name, times in report["quality"].items()]
    shares = {kind: share for kind, share in report["found_first"].items() if kind != "missed"}
    lines += ["", "found first: " + ", ".join(f"{kind} {share} %" for kind, share in shares.items())]
    if rates := report["requests_per_second"]:
        lines.append(f"requests/s of the JSON: {rates['json']}, of a bare WSGI function: {rates['bare']}")
    return "\n".join(lines)


def _line(name: str, columns: list[dict[str, float]]) -> str:
    cells = [f"{times['p50']:.2f} / {times['p99']:.2f}" if times else "" for times in columns]
    return f"{name:<24}" + "".join(f"{cell:>18}" for cell in cells)
