"""``python -m tests.benchmarks lookups``: the look-up and the administration's lists, for any number of serial numbers.

It works in a temporary database, which ``--keep`` keeps. Pages are requested by Django's test client, as a logged-in
clerk, and compared with the raw SQL for the same result (docs/look-up.md#how-fast).
"""

import json
import os
import statistics
import subprocess
import sys
import time
from argparse import SUPPRESS, ArgumentParser
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from django.apps import apps
from django.contrib.auth.models import Group, User
from django.core.management.base import CommandError
from django.core.management.color import no_style
from django.db import connection
from django.db.models import QuerySet
from django.db.models.functions import Length
from django.test import Client
from django.utils import timezone

from licences import operations, roles
from licences.lookup import look_up
from licences.lookup.statements import CANDIDATES
from licences.models import Serial
from licences.queries import data_quality
from tests.benchmarks import _any_text, labelled_scraps, loading, lookup_queries, serving, synthetic
from tests.benchmarks.databases import BENCHMARKS, MANAGE, environment, temporary_database, url_of

HELP = "the look-up and the lists of the administration: milliseconds beside raw SQL, and what is found first"
NAME = "benchmark_lookups"
SERIALS = "/admin/licences/serial/"


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--serials", type=int, default=10_000, help="how many serial numbers there are")
    parser.add_argument("--repeat", type=int, default=200, help="queries of each kind")
    parser.add_argument("--mistaken", type=int, default=2_000, help="names with a mistake, to be found first")
    parser.add_argument(
        "--any-text", type=int, default=0, metavar="N",
        help="instead of all else: N texts made up by Hypothesis, and known words repeated 1 to 60 times",
    )  # fmt: skip
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
        stdout.write(json.dumps(_measure(serials, options["repeat"], options["mistaken"], options["any_text"])))
    else:
        _check(serials)
        report = _run_steps(serials, options)
        stdout.write(json.dumps(report, indent=2) if options["json"] else _shown(report))


def _check(serials: int) -> None:
    if serials > synthetic.PARTIES and (connection.vendor == "sqlite" or serials % synthetic.PARTIES):
        raise CommandError("Beyond a million serial numbers, give whole millions, and use PostgreSQL.")


def _run_steps(serials: int, options: dict[str, Any]) -> dict[str, Any]:
    name = f"{NAME}_{serials}"
    with (_kept_database if options["keep"] else temporary_database)(name) as url:
        arguments = [
            "--serials",
            str(serials),
            "--repeat",
            str(options["repeat"]),
            "--mistaken",
            str(options["mistaken"]),
            "--any-text",
            str(options["any_text"]),
        ]
        command = [*BENCHMARKS, "lookups", *arguments]
        began = time.perf_counter()
        if not options["keep"] or not _is_loaded(command, url):
            subprocess.run([*command, "--step", "load"], env=environment(url), check=True)
        loaded = time.perf_counter() - began
        step = [*command, "--step", "measure"]
        done = subprocess.run(step, env=environment(url), check=True, stdout=subprocess.PIPE)
    return {"load_seconds": round(loaded, 1), **json.loads(done.stdout)}


def _is_loaded(command: list[str], url: str) -> bool:
    program = "from licences.models import Serial; raise SystemExit(not Serial.objects.exists())"
    done = subprocess.run([*MANAGE, "shell", "--command", program], env=environment(url), capture_output=True)
    return done.returncode == 0


@contextmanager
def _kept_database(name: str) -> Iterator[str]:
    """The URL of a migrated database that stays for the next run."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
            if cursor.fetchone() is None:
                cursor.execute(f'CREATE DATABASE "{name}"')
    migrate = [*MANAGE, "migrate", "--verbosity", "0", "--skip-checks"]
    subprocess.run(migrate, env=environment(url_of(name)), check=True)
    yield url_of(name)


# --- Measuring -------------------------------------------------------------------------------------------


def _measure(serials: int, repeat: int, mistaken: int, any_text: int) -> dict[str, Any]:
    if any_text:
        return {"database": connection.vendor, "serials": serials, "any_text": _any_text.measure(any_text)}
    browser = _browser()
    report: dict[str, Any] = {"database": connection.vendor, "serials": serials, "lookups": {}}
    for kind in lookup_queries.KINDS:
        report["lookups"][kind] = _told(kind, _measure_kind(browser, kind, serials, repeat))
    return report | {
        "admin": _told("administration", _measure_admin(browser, serials, min(repeat, 50))),
        "quality": _told("data quality", _measure_quality(browser)),
        "found_first": _told("found first", _measure_found_first(serials, mistaken)),
        "scraps": _told("scraps", _measure_scraps()),
        "requests_per_second": _told("requests per second", _measure_serving(browser, serials)),
    }


def _told(what: str, measured: Any) -> Any:
    """Show at once what was measured, since all of it takes long and may be ended before; returns it."""
    print(f"{what}: {json.dumps(measured)}", file=sys.stderr, flush=True)  # noqa: T201  # stdout has the report
    return measured


def _browser() -> Client:
    roles.write_groups()
    user, _new = User.objects.get_or_create(username="benchmark", defaults={"is_staff": True})
    user.groups.set([Group.objects.get(name="Licensing staff")])
    browser = Client(SERVER_NAME="localhost")
    browser.force_login(user)
    browser.get("/lookup/")
    return browser


def _measure_kind(browser: Client, kind: str, serials: int, repeat: int) -> dict[str, Any]:
    texts = lookup_queries.queries(kind, serials, repeat)
    _warm_up(browser, texts)
    result: dict[str, Any] = {
        "page": _times(lambda text: browser.get("/lookup/", {"q": text}), texts),
        "json": _times(lambda text: browser.get("/lookup/", {"q": text, "format": "json"}), texts),
        "raw": _raw_times(texts),
    }
    if kind == "exact code":
        result["prepared"] = _prepared_times(texts)
    if kind == "name part, 5 letters":
        result["icontains"] = _times(_icontains, texts[:10])
        result["icontains_best_first"] = _times(_icontains_best_first, texts[:10])
    return result


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
    """Times of the look-ups' own statements, run again without what Django does around them."""
    looked_up = [_statements_of(partial(look_up, text, with_codes=True)) for text in texts]
    with connection.cursor() as cursor:
        return _times(partial(_execute, cursor), looked_up)


def _statements_of(act: Callable[[], Any]) -> list[tuple[str, Any]]:
    """The statements that an act executes, each with its parameters."""
    statements: list[tuple[str, Any]] = []
    with connection.execute_wrapper(partial(_note, statements)):
        act()
    return statements


def _note(statements: list[tuple[str, Any]], execute: Any, sql: str, parameters: Any, *rest: Any) -> Any:
    statements.append((sql, parameters))
    return execute(sql, parameters, *rest)


def _execute(cursor: Any, statements: list[tuple[str, Any]]) -> None:
    for sql, parameters in statements:
        cursor.cursor.execute(sql, *([] if parameters is None else [parameters]))
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

    def look_up_prepared(text: str) -> None:
        cursor.execute(statements[0], (text.replace("-", ""),), **more)
        (row,) = cursor.fetchall()
        cursor.execute(statements[1], (row[0],), **more)
        cursor.fetchall()

    for text in texts[:10]:
        look_up_prepared(text)
    return _times(look_up_prepared, texts)


def _plain_cursor(driver: Any) -> Any:
    from psycopg import Cursor

    driver.prepare_threshold = 1
    return Cursor(driver)


def _icontains(text: str) -> None:
    """Any rows whose name contains the text: for a common text the database stops after a few rows."""
    list(_having(text)[:CANDIDATES])


def _icontains_best_first(text: str) -> None:
    """The rows that the look-up gives, in its order, short names first: the fair comparison."""
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
    result: dict[str, Any] = {}
    for name, addresses in pages.items():
        asked = (addresses * repeat)[:repeat]
        browser.get(asked[0])
        result[name] = {"page": _times(browser.get, asked), "raw": _raw_page_times(browser, asked[0], repeat)}
    return result


def _raw_page_times(browser: Client, address: str, repeat: int) -> dict[str, float]:
    statements = _statements_of(partial(browser.get, address))
    of_records = [(sql, parameters) for sql, parameters in statements if "licences_" in sql]
    with connection.cursor() as cursor:
        return _times(partial(_execute, cursor), [of_records] * repeat)


# --- Data quality ----------------------------------------------------------------------------------


def _measure_quality(browser: Client) -> dict[str, dict[str, float]]:
    addresses = {"all lists": "/quality/", **{slug: f"/quality/{slug}/" for slug in data_quality.BY_SLUG}}
    counting = _times(lambda by: operations.count_quality_lists(now=timezone.now(), by_worker=by), [True])
    pages = {name: _times(browser.get, [address] * 5) for name, address in addresses.items()}
    return {"counting (worker)": counting, **pages}


# --- Found first ---------------------------------------------------------------------------------------------


def _measure_found_first(serials: int, count: int) -> dict[str, Any]:
    """The percentage of names with a mistake for which the right customer is the first hit, for each kind of mistake.

    A customer counts as right whose name has the same words as the one that is meant, and where a word is missing, also
    one that has all the typed words. ``strictly``: only the very same name counts.
    """
    first: Counter[str] = Counter()
    same = 0
    asked: Counter[str] = Counter()
    missed: list[list[str]] = []
    for kind, customer, text in lookup_queries.mistaken(serials, count):
        asked[kind] += 1
        result = look_up(text, with_codes=True)
        meant = loading.searched_name(customer)
        named = result.hits[0].serial.name_key if result.hits else ""
        same += named == meant
        if sorted(named.split()) == sorted(meant.split()):
            first[kind] += 1  # the same words: in what order they belong is what callers get wrong
        elif result.hits and not result.near and kind == "missing word":
            first[kind] += 1  # it has every word that was typed: so has the other, and nobody could tell
        elif len(missed) < 20:
            missed.append([text, meant, result.hits[0].serial.name_key if result.hits else ""])
    shares = {kind: round(100 * first[kind] / asked[kind], 1) for kind in asked}
    everything = {"all": sum(first.values()), "strictly": same}
    return {
        **{name: round(100 * each / max(count, 1), 2) for name, each in everything.items()},
        **shares,
        "missed": missed,
    }


def _measure_scraps() -> dict[str, Any]:
    """What is found of the labelled scraps, whose customers are added to the others."""
    with connection.cursor() as cursor:  # the others were copied with their keys
        for statement in connection.ops.sequence_reset_sql(no_style(), apps.get_models()):
            cursor.execute(statement)
    labelled_scraps.make_customers()
    return labelled_scraps.measure(labelled_scraps.scraps())


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
    if "any_text" in report:
        return _any_text.report_text(report)
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
    lines += _scraps_shown(report["scraps"])
    if rates := report["requests_per_second"]:
        lines.append(f"requests/s of the JSON: {rates['json']}, of a bare WSGI function: {rates['bare']}")
    return "\n".join(lines)


def _scraps_shown(found: dict[str, Any]) -> list[str]:
    wrong = [f"  wrongly sure: {kind}: {typed} → {name}" for kind, typed, name in found["wrongly_sure"]]
    return [
        f"{found['scraps']} labelled scraps, and {found['nobody']} that mean nobody: found first "
        f"{found['found_first']} %, in the first five {found['in_first_five']} %, wrongly sure {len(wrong)}",
        *wrong,
    ]


def _line(name: str, columns: list[dict[str, float]]) -> str:
    cells = [f"{times['p50']:.2f} / {times['p99']:.2f}" if times else "" for times in columns]
    return f"{name:<24}" + "".join(f"{cell:>18}" for cell in cells)
