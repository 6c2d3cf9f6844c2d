"""The calls of programs that record purchases."""

import itertools
import os
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from subprocess import Popen
from typing import Any, TextIO

from django.core.management.base import CommandError

from licences.models import LicenceGrant, ProgramKey
from tests.benchmarks._load import Load, post, put_load
from tests.benchmarks._program_lookups import HEADERS, PROGRAM, figures, met, new_key

ONE_LINE_SLOWEST, MANY_LINES_SLOWEST = 100.0, 1000.0  # milliseconds: 99 of 100, and every call
MANY, CALLS = 1_000, 6
Process = Popen[bytes]
_TICKS = os.sysconf("SC_CLK_TCK")


def measure_programs(port: int, process: Process, options: dict[str, Any], stdout: TextIO) -> None:
    """Measure, check and print. Raises ``CommandError`` where an answer differs from the database."""
    headers = HEADERS | {"Authorization": f"Bearer {new_key().text}"}
    _measure_one_line(port, process, headers, options, stdout)
    _measure_many_lines(port, process, headers, stdout)
    if ProgramKey.objects.get(name=PROGRAM).last_used_at is None:
        raise CommandError("The use of the key was not noted.")


# --- Purchases ---------------------------------------------------------------------------------------


def _measure_one_line(
    port: int, process: Process, headers: dict[str, str], options: dict[str, Any], stdout: TextIO
) -> None:
    before = processor_seconds(process)
    load = put_load(port, _calls("one", 1, headers), connections=1, seconds=options["seconds"] / 3)
    used = processor_seconds(process) - before
    _check_recorded(load)
    p99 = load.percentile(99)
    stdout.write(f"{'purchases, 1 line':<26}{figures(load)}")
    stdout.write(f"{'':<26}{1000 * used / len(load.responses):.0f} ms of the workers' processor time each")
    stdout.write(f"{'':<26}p99 goal below {ONE_LINE_SLOWEST:.0f} ms: {met(p99 < ONE_LINE_SLOWEST)}")


def _measure_many_lines(port: int, process: Process, headers: dict[str, str], stdout: TextIO) -> None:
    before = processor_seconds(process)
    calls = itertools.islice(_calls("many", MANY, headers), CALLS)
    load = put_load(port, calls, connections=1, seconds=600)
    used = processor_seconds(process) - before
    _check_recorded(load)
    times = [1000 * response.seconds for response in load.responses]
    stdout.write(f"{f'purchases, {MANY} lines':<26}median {median(times):.0f} ms, slowest {max(times):.0f} ms")
    stdout.write(f"{'':<26}{1000 * used / CALLS:.0f} ms of the workers' processor time each")
    stdout.write(f"{'':<26}goal below {MANY_LINES_SLOWEST:.0f} ms: {met(median(times) < MANY_LINES_SLOWEST)}")


def _calls(name: str, count: int, headers: dict[str, str]) -> Iterator[tuple[list[str], bytes]]:
    """Calls with that many lines of customers who are not on record; the subject are the references."""
    for number in itertools.count():
        lines = [_line(f"{name}-{number}-{row}") for row in range(count)]
        body = {"lines": lines, "mode": "all"}
        yield (
            [line["purchase_reference"] for line in lines],
            post("/api/v1/purchases", body, **headers, Idempotency_Key=f"{name}-{number}"),
        )


def _line(reference: str) -> dict[str, Any]:
    return {
        "purchase_reference": reference,
        "line": 1,
        "product": "XCH-SRV",
        "quantity": 5,
        "purchased_on": "2026-11-24",
        "software_assurance_until": "2027-11-30",
        "customer_number": f"K-{reference}",
        "customer_name": f"Company {reference}",
        "address_line1": f"Street {reference}",
        "postcode": "72074",
        "city": "Tübingen",
        "country": "DE",
    }


def _check_recorded(load: Load) -> None:
    """Every line that was answered as recorded is on record, with the serial number of the answer."""
    for response in load.responses:
        if response.status != 201:
            raise CommandError(f"A purchase has status {response.status}: {response.body.decode()[:500]}")
        grants = LicenceGrant.objects.filter(purchase_reference__in=response.subject)
        stored = dict(grants.values_list("purchase_reference", "serial__code"))
        serials = [line["serial"] for line in response.json()["lines"]]
        told = dict(zip(response.subject, serials, strict=True))
        if stored != told:
            raise CommandError("The answer to a purchase is not what the database holds.")


# --- Both --------------------------------------------------------------------------------------------


def processor_seconds(process: Process) -> float:
    """The processor time that the workers of gunicorn have used; 0 where the system does not tell."""
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    if not children.exists():
        return 0.0
    ticks = 0
    for worker in children.read_text().split():
        fields = Path(f"/proc/{worker}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / _TICKS
