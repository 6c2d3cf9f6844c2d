"""The HTTP API under gunicorn, compared with bare Django views that run the same SQL.

Measures updates that change nothing, and first registrations, over several connections; then look-ups with a key, and
purchases of one line and of a thousand. Every response is then compared with the database. It works in a temporary
database.
"""

import itertools
import random
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from typing import Any, TextIO

from django.conf import settings
from django.core.management.base import CommandError
from django.db import connection
from django.utils import timezone

from licences import licence_files, operations
from licences.domain.codes import new_site_id
from licences.domain.details import RegistrationDetails
from licences.domain.installation_proof import InstallationProof
from licences.domain.versions import Versions
from licences.imports.stored_keys import fill_missing_keys
from licences.models import Event, EventChain, Installation, Registration, Serial, UnlockCode
from licences.operations.search import index_new_serials
from tests.benchmarks._gunicorn import gunicorn
from tests.benchmarks._load import Load, LoadResponse, post, put_load
from tests.benchmarks._program_lookups import measure_lookups
from tests.benchmarks._programs import measure_programs
from tests.benchmarks._seeds import bought_serials
from tests.benchmarks._temporary_database import database_url, temporary_database

HELP = "the HTTP API under gunicorn, beside bare views with the same SQL"
APPLICATION = "tests.benchmarks._bare_wsgi"
GOALS = {"updates": 0.60, "registrations": 0.50}  # of the bare view's requests/s
SLOWEST = 100.0  # milliseconds, for 99 of 100
TURNS = 6
PARTS = ["servers", "lookups", "programs"]
LOOKED_UP = 2000  # serial numbers of the configured database, with --here
RUNNING = 1000  # serials that are registered beforehand, for the updates
VERSIONS = {"server_version": "2.6", "client_version": "2.6"}
CUSTOMER = {
    "name": "Bäckerei Müller & Söhne GmbH",
    "address_line1": "Hauptstraße 12a",
    "contact_name": "Sabine Vogel",
    "contact_phone": "07071/555 0163",
}


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--seconds", type=float, default=30, help="how long each measurement takes")
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--workers", type=int, default=2, help="gunicorn's workers")
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS, help="whose calls to measure")
    parser.add_argument(
        "--here", action="store_true",
        help="measure only look-ups, in the configured database itself, such as one that lookups --keep kept; a key is "
        "made in it and revoked",
    )  # fmt: skip
    parser.add_argument("--pool", type=int, default=15_000, help="serials that wait to be registered, for each side")


def run(options: dict[str, Any], stdout: TextIO) -> None:
    """Measure, check and print. Raises ``CommandError`` where a response differs from the database."""
    if options["here"]:
        _run_here(options, stdout)
        return
    key = licence_files.new_key()
    settings.LICENCE_KEYS = licence_files.parse_keys(key)  # this process registers the first serials
    with temporary_database() as url:
        stdout.write(f"{connection.vendor}, {options['workers']} workers, {options['connections']} connections")
        running = [_registered(serial) for serial in bought_serials(RUNNING)]
        pools = [bought_serials(options["pool"]) for _ in range(2)]
        index_new_serials()  # else the first purchase does it for all
        fill_missing_keys(connection)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        # One key makes all calls of programs.
        limit = {"RATE_LIMIT_KEY": "100000000"}
        server = gunicorn(APPLICATION, database_url=url, workers=options["workers"], signing_key=key, **limit)
        with server as (port, process):
            if "servers" in options["parts"]:
                _measure_updates(port, running, options, stdout)
                _measure_registrations(port, pools, options, stdout)
            if "lookups" in options["parts"]:
                # Numbers of customers who differ are in the databases of --here.
                measure_lookups(port, [(code.serial.code, "") for code in running], options, stdout)
            if "programs" in options["parts"]:
                measure_programs(port, process, options, stdout)


def _run_here(options: dict[str, Any], stdout: TextIO) -> None:
    last = Serial.objects.order_by("-pk").values_list("pk", flat=True).first()
    if last is None:
        raise CommandError("This database has no serial numbers.")
    drawn = random.sample(range(1, last + 1), min(last, LOOKED_UP))
    found = Serial.objects.filter(pk__in=drawn).values_list("code", "site__customer__contact_phone")
    stdout.write(f"{connection.vendor}, {options['workers']} workers, {options['connections']} connections")
    served = {"workers": options["workers"], "signing_key": licence_files.new_key(), "RATE_LIMIT_KEY": "100000000"}
    with gunicorn(APPLICATION, database_url=database_url(), **served) as (port, _process):
        measure_lookups(port, list(found), options, stdout)


def _registered(serial: str) -> UnlockCode:
    site_id = new_site_id()
    return operations.register_installation(
        serial=serial,
        site_id=site_id,
        versions=Versions.parse(server="2.6", client="2.6"),
        details=RegistrationDetails(**CUSTOMER),
        by="benchmark",
        today=timezone.localdate(),
        proof=InstallationProof(token=_token(site_id)),
    ).unlock_code


def _token(site_id: str) -> str:
    """The token of the server with this site ID; derived from it, so that it need not be kept."""
    return f"benchmark_{site_id}"


# --- Updates -----------------------------------------------------------------------------------------


def _measure_updates(port: int, running: list[UnlockCode], options: dict[str, Any], stdout: TextIO) -> None:
    before = Event.objects.count()
    bodies = [_installation_fields(code.serial.code, code.installation.site_id) for code in running]
    calls = itertools.cycle(zip(running, bodies, strict=True))
    ours, bare = _by_turns(port, "updates", calls, calls, options)
    for response in ours.responses:
        _require(response, 200, response.subject)
    if Event.objects.count() != before:
        raise CommandError("Updates with nothing changed have made events.")
    _report("updates", ours, bare, stdout)


# --- Registrations -----------------------------------------------------------------------------------


def _measure_registrations(port: int, pools: list[list[str]], options: dict[str, Any], stdout: TextIO) -> None:
    ours, bare = _by_turns(port, "registrations", _new_bodies(pools[0]), _new_bodies(pools[1]), options)
    _check_registrations(ours, pools[0])
    _report("registrations", ours, bare, stdout)


def _new_bodies(serials: list[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    for serial in serials:
        yield serial, {**_installation_fields(serial, new_site_id()), "customer": CUSTOMER}


def _installation_fields(serial: str, site_id: str) -> dict[str, Any]:
    return {"serial": serial, "site_id": site_id, "installation_token": _token(site_id), **VERSIONS}


def _check_registrations(load: Load, pool: list[str]) -> None:
    """Every response is in the database, word for word, and nothing else is."""
    codes = UnlockCode.objects.select_related("serial", "installation", "licence_file")
    codes_by_serial = {code.serial.code: code for code in codes.filter(serial__code__in=pool)}
    for response in load.responses:
        _require(response, 201, codes_by_serial[response.subject])
    counted = {
        "events": Event.objects.filter(kind=Event.Kind.REGISTERED, serial__in=pool).count(),
        "installations": Installation.objects.filter(serial__code__in=pool, ended_at=None).count(),
        "registrations": Registration.objects.filter(serial__code__in=pool).count(),
        "codes": len(codes_by_serial),
    }
    if set(counted.values()) != {len(load.responses)}:
        raise CommandError(f"{len(load.responses)} registrations were answered; the database has {counted}.")
    if EventChain.objects.get().length != Event.objects.count():
        raise CommandError("The chain of events has lost one.")


# --- Both --------------------------------------------------------------------------------------------

Asked = Iterator[tuple[Any, dict[str, Any]]]


def _by_turns(port: int, call: str, ours: Asked, bare: Asked, options: dict[str, Any]) -> tuple[Load, Load]:
    """The load of the API and of the bare view, in turns, so that other work of the machine slows both."""
    loads = Load(0.0), Load(0.0)
    sides = [_requests(f"/api/v1/{call}", ours), _requests(f"/bare/{call}", bare)]
    for _turn in range(TURNS):
        for load, requests in zip(loads, sides, strict=True):
            seconds = options["seconds"] / TURNS
            more = put_load(port, requests, connections=options["connections"], seconds=seconds)
            load.seconds += more.seconds
            load.responses += more.responses
    return loads


def _requests(path: str, bodies: Asked) -> Iterator[tuple[Any, bytes]]:
    """Requests as a proxy forwards them, from many addresses, because the rate limits are those of production."""
    for subject, body in bodies:
        address = f"10.{random.randrange(64)}.{random.randrange(256)}.{random.randrange(256)}"
        yield subject, post(path, body, X_Forwarded_For=address, X_Forwarded_Proto="https")


def _require(response: LoadResponse, status: int, code: UnlockCode) -> None:
    if response.status != status:
        raise CommandError(f"An answer has status {response.status}: {response.body.decode()[:500]}")
    content = response.json()
    stored = {
        "serial": code.serial.code,
        "site_id": code.installation.site_id,
        "sequence": code.sequence,
        "unlock_code": code.code,
        "licence_file": code.licence_file.text,
    }
    if {name: content[name] for name in stored} != stored:
        raise CommandError(f"The answer for {code.serial} is not what the database holds.")


def _report(name: str, ours: Load, bare: Load, stdout: TextIO) -> None:
    share, p99 = ours.rate / bare.rate, ours.percentile(99)
    for title, load in ((f"{name}, API", ours), (f"{name}, bare view", bare)):
        figures = f"{load.rate:7.1f} requests/s   p50 {load.percentile(50):6.1f} ms   p99 {load.percentile(99):6.1f} ms"
        stdout.write(f"{title:<26}{figures}   {len(load.responses)} answers in {load.seconds:.1f} s")
    met: Callable[[bool], str] = lambda is_met: "met" if is_met else "MISSED"  # noqa: E731
    stdout.write(f"{'':<26}{share:.0%} of the bare view; goal {GOALS[name]:.0%}: {met(share >= GOALS[name])}")
    stdout.write(f"{'':<26}p99 goal below {SLOWEST:.0f} ms: {met(p99 < SLOWEST)}; every answer is in the database")
