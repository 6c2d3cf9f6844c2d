"""How fast pages respond while a large file is imported: a user works in one process, the import in another."""

import json
import statistics
import subprocess
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.models import Group, User
from django.core.management.base import CommandError
from django.test import Client
from django.utils import timezone

from licences import operations, roles
from licences.domain.codes import grouped, new_site_id
from licences.domain.details import RegistrationDetails
from licences.domain.versions import Versions
from licences.models import Serial, UnlockCode
from tests.benchmarks.databases import BENCHMARKS

CALLS = 200
_PAUSE = 0.02  # seconds between two pages, as for a user at work


def measure_pages(path: Path) -> dict[str, Any]:
    """Open pages while the file is imported.

    Returns ``pages``, with p50 and p99 in milliseconds, and ``applying``, the seconds of the import's last transaction.
    """
    callers = [_register(serial) for serial in Serial.objects.order_by("pk")[:CALLS]]
    client = _clerk()
    command = [*BENCHMARKS, "imports", "--step", "import", "--file", str(path)]
    took: dict[str, list[float]] = {"look-up": [], "re-licensing": []}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as importing:
        while importing.poll() is None:
            code = callers.pop() if callers else None
            took["look-up"].append(_timed(lambda: client.get("/lookup/", {"q": "Müller"})))
            if code is not None:
                took["re-licensing"].append(_timed(partial(_relicense, client, code)))
            time.sleep(_PAUSE)
        output = importing.stdout.read() if importing.stdout else ""
    if importing.returncode:
        raise CommandError("The import failed while pages were opened.")
    pages = {name: _summary(times) for name, times in took.items() if times}
    return {"pages": pages, "applying": json.loads(output.splitlines()[-1])["applying"]}


def _clerk() -> Client:
    roles.write_groups()
    user = User.objects.create_user("benchmark")
    user.groups.set([Group.objects.get(name="Licensing staff")])
    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "testserver"]
    client = Client()
    client.force_login(user)
    return client


def _register(serial: Serial) -> UnlockCode:
    details = RegistrationDetails(
        name=serial.customer_name, address_line1="Hauptstraße 1", contact_name="X", contact_phone="1"
    )
    return operations.register_installation(
        serial=serial.code,
        site_id=new_site_id(),
        versions=Versions.parse(server="2.4", client="2.4"),
        details=details,
        by="benchmark",
        today=timezone.localdate(),
    ).unlock_code


def _relicense(client: Client, code: UnlockCode) -> None:
    """A whole re-licensing by the pages: checklist, result, code."""
    answers = {
        "serial": grouped(code.serial.code),
        "site_id": new_site_id(),
        "release_code": code.release_code,
        "server_version": "2.4",
        "client_version": "2.4",
        "customer_name": code.serial.customer_name,
        "address_line1": "Hauptstraße 1",
        "purpose": "migrate",
    }
    request = client.post("/relicensing/new/", answers)
    issued = client.post(f"{request['Location']}issue/")
    if not issued["Location"].startswith("/unlock-codes/"):
        raise CommandError(f"A re-licensing was refused while the import ran: {issued['Location']}")


def _timed(work: Callable[[], Any]) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


def _summary(times: list[float]) -> dict[str, float]:
    hundredths = statistics.quantiles(times, n=100, method="inclusive") if len(times) > 1 else times * 99
    return {"times": len(times), "p50": statistics.median(times), "p99": hundredths[98], "slowest": max(times)}
