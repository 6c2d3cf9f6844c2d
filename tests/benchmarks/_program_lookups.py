"""Look-ups with a key, beside bare views with the same statements: a site by its serial number, and who calls."""

import itertools
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any, TextIO
from urllib.parse import quote

from django.core.management.base import CommandError
from django.utils import timezone

from licences import operations
from licences.operations.program_keys import IssuedKey
from tests.benchmarks._load import Load, LoadResponse, get, put_load

GOAL, SLOWEST = 0.25, 60.0  # of the bare view's requests/s; milliseconds for 99 of 100
TURNS = 6
WARM = 2  # seconds before the first turn, in which connections are made and statements compiled
PROGRAM = "Benchmark"
HEADERS = {"X_Forwarded_For": "192.0.2.7", "X_Forwarded_Proto": "https"}
# What the answer is about, the path of the call, and whether an answer is about that.
Asked = list[tuple[str, str]]
IsRight = Callable[[LoadResponse], bool]


def new_key() -> IssuedKey:
    """A new key that may look up and record."""
    return operations.create_program_key(
        name=PROGRAM,
        owner=PROGRAM,
        scopes=["sites:read", "purchases:write"],
        networks=[],
        expires_at=timezone.now() + timedelta(days=1),
        by="benchmark",
    )


def measure_lookups(port: int, places: list[tuple[str, str]], options: dict[str, Any], stdout: TextIO) -> None:
    """Measure, check and print. ``places``: serial numbers, each with the telephone number of its customer or none.

    The key is revoked at the end. Raises ``CommandError`` where an answer is not about what was asked.
    """
    key = new_key()
    headers = HEADERS | {"Authorization": f"Bearer {key.text}"}
    sites = [(code, f"sites/{code}") for code, _number in places]
    callers = [(code, f"callers?number={quote(number)}") for code, number in places if number]
    try:
        _measure("sites/{serial}", sites, _is_site, port, headers, options, stdout)
        if callers:
            _measure("callers?number=", callers, _names_callers, port, headers, options, stdout)
    finally:
        operations.revoke_program_key(key_id=key.record.pk, reason="The benchmark has ended.", by="benchmark")


def _is_site(response: LoadResponse) -> bool:
    return bool(response.json()["serial"] == response.subject)


def _names_callers(response: LoadResponse) -> bool:
    return bool(response.json()["callers"])


def _measure(
    call: str,
    asked: Asked,
    is_right: IsRight,
    port: int,
    headers: dict[str, str],
    options: dict[str, Any],
    stdout: TextIO,
) -> None:
    loads = Load(0.0), Load(0.0)
    sides = [_requests(root, asked, headers) for root in ("/api/v1", "/bare")]
    for requests in sides:
        put_load(port, requests, connections=options["connections"], seconds=WARM)
    for _turn in range(TURNS):
        for load, requests in zip(loads, sides, strict=True):
            seconds = options["seconds"] / TURNS
            more = put_load(port, requests, connections=options["connections"], seconds=seconds)
            load.seconds += more.seconds
            load.responses += more.responses
    for response in loads[0].responses:
        if response.status != 200 or not is_right(response):
            raise CommandError(f"A look-up has status {response.status}: {response.body.decode()[:500]}")
    report(call, *loads, stdout)


def _requests(root: str, asked: Asked, headers: dict[str, str]) -> Iterator[tuple[str, bytes]]:
    return ((about, get(f"{root}/{path}", **headers)) for about, path in itertools.cycle(asked))


def report(call: str, ours: Load, bare: Load, stdout: TextIO) -> None:
    """Print both rates and whether the goals are met."""
    share, p99 = ours.rate / bare.rate, ours.percentile(99)
    for title, load in ((f"{call}, API", ours), (f"{call}, bare view", bare)):
        stdout.write(f"{title:<28}{figures(load)}")
    stdout.write(f"{'':<28}{share:.0%} of the bare view; goal {GOAL:.0%}: {met(share >= GOAL)}")
    stdout.write(f"{'':<28}p99 goal below {SLOWEST:.0f} ms: {met(p99 < SLOWEST)}")


def figures(load: Load) -> str:
    """Rate and percentiles of a load, as a line."""
    shown = f"{load.rate:7.1f} requests/s   p50 {load.percentile(50):6.1f} ms   p99 {load.percentile(99):6.1f} ms"
    return f"{shown}   {len(load.responses)} answers in {load.seconds:.1f} s"


def met(is_met: bool) -> str:
    """Whether a goal is met, as a word."""
    return "met" if is_met else "MISSED"
