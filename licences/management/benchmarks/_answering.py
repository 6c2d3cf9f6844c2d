"""Do pages still answer while a large file is applied? Somebody works in one process, the import in another."""

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
from licences.domain.details import Details
from licences.management.benchmarks.databases import MANAGE
from licences.models import Serial, UnlockCode

CALLS = 200
_PAUSE = 0.02  # seconds between two pages: somebody works, nobody attacks


def answer_during_import(path: Path) -> dict[str, Any]:
    """``pages``: p50 and p99 in milliseconds of those that were opened while the file was imported.

    ``applying``: seconds of the import's last transaction.
    """
    callers = [_register(serial) for serial in Serial.objects.order_by("pk")[:CALLS]]
    client = _clerk()
    command = [*MANAGE, "benchmark", "imports", "--step", "import", "--file", str(path)]
    took: dict[str, list[float]] = {"look-up": [], "re-licensing": []}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as importing:  # noqa: S603
        while importing.poll() is None:
            code = callers.pop() if callers else None
            took["look-up"].append(_timed(lambda: client.get("/lookup/", {"q": "Müller"})))
            if code is not None:
                took["re-licensing"].append(_timed(partial(_relicense, client, code)))
            time.sleep(_PAUSE)
        said = importing.stdout.read() if importing.stdout else ""
    if importing.returncode:
        raise CommandError("The import failed while pages were opened.")
    pages = {name: _summary(times) for name, times in took.items() if times}
    return {"pages": pages, "applying": json.loads(said.splitlines()[-1])["applying"]}


def _clerk() -> Client:
    roles.synchronise()
    user = User.objects.create_user("benchmark")
    user.groups.set([Group.objects.get(name="Licensing staff")])
    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "testserver"]
    client = Client()
    client.force_login(user)
    return client


def _register(serial: Serial) -> UnlockCode:
    details = Details(name=serial.customer_name, address_line1="Hauptstraße 1", contact_name="X", contact_phone="1")
    return operations.register(
        serial=serial.code,
        site_id=new_site_id(),
        versions=operations.Versions.parse(server="2.4", client="2.4"),
        details=details,
        by="benchmark",
        today=timezone.localdate(),
    ).unlock_code


def _relicense(client: Client, code: UnlockCode) -> None:
    """A whole call: the checklist, its result, the code."""
    said = {
        "serial": grouped(code.serial.code),
        "site_id": new_site_id(),
        "release_code": code.release_code,
        "server_version": "2.4",
        "client_version": "2.4",
        "customer_name": code.serial.customer_name,
        "address_line1": "Hauptstraße 1",
        "purpose": "migrate",
    }
    request = client.post("/relicensing/new/", said)
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
