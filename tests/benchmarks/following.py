"""``python -m tests.benchmarks following``: what pages that follow by themselves cost, under gunicorn.

Every page asks every three seconds and is answered 304, as while nothing happens; one in ten is a supervisor's desk,
the others are clerks with a request that waits. Processor time is that of all worker processes, from ``/proc``.
"""

import http.client
import json
import os
import threading
import time
from argparse import ArgumentParser
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.models import Group, User
from django.core.management.base import CommandError
from django.test import Client

from licences import licence_files, operations, roles
from tests import factories
from tests.benchmarks._gunicorn import gunicorn
from tests.benchmarks._temporary_database import temporary_database

HELP = "pages that follow by themselves: requests per second and share of a processor core"
EVERY = 3.0  # seconds
SUPERVISORS = 10  # one page in ten
TICKS = os.sysconf("SC_CLK_TCK")
COOKIE = "__Host-sessionid"  # of production, in which the server runs


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--pages", type=int, default=40, help="pages that are open")
    parser.add_argument("--seconds", type=float, default=60.0, help="how long to measure")
    parser.add_argument("--workers", type=int, default=2, help="processes of gunicorn")


def run(options: dict[str, Any], stdout: Any) -> None:
    key = licence_files.new_key()
    settings.LICENCE_KEYS = licence_files.parse_keys(key)  # this process registers the serials
    with temporary_database() as url:
        pages = _open_pages(options["pages"])
        server = gunicorn(
            "licensing_portal.wsgi",
            database_url=url,
            workers=options["workers"],
            signing_key=key,
            SECRET_KEY=settings.SECRET_KEY,  # the sessions were begun in this process
            SECOND_FACTOR="optional",
        )
        with server as (port, process):
            _ask(pages, port, seconds=2 * EVERY)  # until all workers have loaded what they need
            before = _processor_seconds(process.pid)
            answered = _ask(pages, port, seconds=options["seconds"])
            used = _processor_seconds(process.pid) - before
    report = {
        "pages": len(pages),
        "requests per second": round(answered / options["seconds"], 1),
        "share of one core": f"{100 * used / options['seconds']:.1f} %",
        "processor milliseconds per request": round(1000 * used / max(answered, 1), 2),
    }
    stdout.write(json.dumps(report, indent=2) + "\n")


@dataclass(slots=True)
class Page:
    """An open page: what it asks, with which session, and the version it shows."""

    path: str
    cookie: str
    version: str


def _open_pages(count: int) -> list[Page]:
    roles.write_groups()
    factories.catalogue()
    pages = []
    for number in range(count):
        is_supervisor = number % SUPERVISORS == 0
        browser = _browser(f"user{number}", "Supervisor" if is_supervisor else "Licensing staff")
        old = factories.registered(factories.bought(purchase_reference=f"B-{number}"))
        request = factories.request(old, release_code="", release_code_unavailable=True)
        operations.hand_over_request(request_id=request.pk, by="clerk")
        path = "/desk/waiting/" if is_supervisor else f"{request.get_absolute_url()}state/"
        cookie = f"{COOKIE}={browser.cookies[settings.SESSION_COOKIE_NAME].value}"
        pages.append(Page(path, cookie, ""))
    return pages


def _browser(username: str, role: str) -> Client:
    user = User.objects.create_user(username, password=None)
    user.groups.add(Group.objects.get(name=role))
    browser = Client()
    browser.force_login(user)
    return browser


def _ask(pages: list[Page], port: int, *, seconds: float) -> int:
    """Let every page ask in its turn for that long; returns how many answers there were."""
    answered, refused = [0] * len(pages), set[int]()
    end = time.monotonic() + seconds

    def one_page(index: int) -> None:
        time.sleep(EVERY * index / len(pages))
        while time.monotonic() < end:
            began = time.monotonic()
            refused.update(_ask_once(pages[index], port) - {200, 304})
            answered[index] += 1
            time.sleep(max(0.0, EVERY - (time.monotonic() - began)))

    threads = [threading.Thread(target=one_page, args=(index,)) for index in range(len(pages))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if refused:
        raise CommandError(f"The server answers {sorted(refused)}.")
    return sum(answered)


def _ask_once(page: Page, port: int) -> set[int]:
    """Ask once, and return the status of the answer."""
    headers = {"Cookie": page.cookie, "Host": "localhost", "X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.1"}
    if page.version:
        headers["If-None-Match"] = page.version
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", page.path, headers=headers)
    response = connection.getresponse()
    response.read()
    connection.close()
    page.version = response.headers.get("ETag", "")
    return {response.status}


def _processor_seconds(pid: int) -> float:
    """Processor seconds of a process and its children so far."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return sum(_own_seconds(each) for each in [str(pid), *children])


def _own_seconds(pid: str) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS
