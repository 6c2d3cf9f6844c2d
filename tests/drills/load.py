"""Requests at a steady rate to a portal behind nginx: registrations of servers and at the desk, look-ups and pages."""

import http.client
import json
import threading
import time
import uuid
from dataclasses import dataclass
from urllib.parse import urlencode

from licences.domain.codes import new_site_id
from tests import servers
from tests.drills import proxies
from tests.imports.files import csv_bytes, row
from tests.servers import environment, manage, registration

CALLERS = 16
CSRF_TOKEN = "a" * 32  # of a browser that is the load's own
STAGE = """
from django.contrib.auth.models import User
from django.test import Client
from tests import factories
factories.catalogue()
user = User.objects.create_superuser("viewer", password="a long test password")
browser = Client()
browser.force_login(user)
print(browser.cookies["sessionid"].value)
"""


def stage(cluster, serials, purchases, *, folder=None):
    """Tables, products, unregistered serial numbers, and the session of somebody who may do everything; by the code in
    another checkout if ``folder`` names one. ``purchases`` is where the file with purchases is written.
    """
    lists = {"ALLOCATED_SERIALS_DIR": str(purchases.parent / "allocated")}
    surroundings = environment(cluster.url(), PYTHONPATH="", **lists)
    names = (uuid.uuid4().hex for _each in range(serials))
    rows = [row(f"PO-{name}", customer_number=name, customer_name=f"{name} GmbH") for name in names]
    purchases.write_bytes(csv_bytes(*rows))
    session = ""
    for command in (
        ["migrate", "--verbosity", "0", "--skip-checks"],
        ["shell", "--verbosity", "0", "-c", STAGE],
        ["import_purchases", purchases],
    ):
        done = manage(surroundings, *command, folder=folder)
        assert done.returncode == 0, done.stderr
        session = done.stdout.strip().splitlines()[-1] if command[0] == "shell" else session
    codes = [code for (code,) in cluster.ask("SELECT code FROM licences_serial ORDER BY id", database="portal")]
    return {"session": session, "serials": codes, "site_ids": [new_site_id() for _each in codes]}


@dataclass(frozen=True)
class Told:
    """What a caller was told. ``at`` and ``took`` are seconds, ``at`` of the load; ``status`` 0 is no answer at all.

    ``number`` is that of the request, ``serial`` what it registers, and ``code`` the unlock code that it was given.
    """

    number: int
    at: float
    took: float
    status: int
    text: str
    retry_after: str
    serial: str = ""
    code: str = ""

    @property
    def is_answered(self):
        return self.status in (200, 201) or (self.status == 302 and bool(self.serial))

    @property
    def is_503_with_words(self):
        return self.status == 503 and bool(self.retry_after) and "ry again" in self.text


class Load:
    """``rate`` requests a second from several callers, from the beginning of the block to its end.

    Of twenty, five are registrations by servers, one is a registration at the desk, and the others are pages, look-ups
    and questions whether the portal is alive. ``told`` is what came of each.
    """

    def __init__(self, front, cast, *, rate):
        self.front, self.cast, self.rate, self.told = front, cast, rate, []
        self._guard, self._next, self._registered = threading.Lock(), 0, 0
        self._ended = threading.Event()
        self._forms = {}  # number of a request at the desk → what it sends

    def __enter__(self):
        self.began = time.monotonic()
        self._callers = [threading.Thread(target=self._call) for _ in range(CALLERS)]
        for caller in self._callers:
            caller.start()
        return self

    def __exit__(self, *error):
        self._ended.set()
        for caller in self._callers:
            caller.join(servers.PATIENCE)
        self.lasted = self.now
        assert [caller for caller in self._callers if caller.is_alive()] == []

    @property
    def now(self):
        """Seconds since it began."""
        return time.monotonic() - self.began

    @property
    def answered(self):
        """The registrations that were answered so far."""
        return [told for told in list(self.told) if told.serial and told.is_answered]

    @property
    def failed(self):
        return [told for told in list(self.told) if not told.is_answered]

    def pause(self, seconds):
        """Let it go on for so long, and longer where fewer requests than planned were answered."""
        enough = len(self.told) + seconds * self.rate
        time.sleep(seconds)
        servers.until(lambda: len(self.told) >= enough, "the load goes on")

    def ask_again(self, told):
        """Repeat a registration as its server or its browser would, and return what that was told."""
        return self._ask(told.number, told.serial)

    def _call(self):
        while not self._ended.is_set():
            with self._guard:
                number, self._next = self._next, self._next + 1
                serial = self._serial(number)
            time.sleep(max(number / self.rate - self.now, 0))
            told = self._ask(number, serial)
            with self._guard:
                self.told.append(told)

    def _serial(self, number):
        """The serial number that a request registers, if it does."""
        if (number % 4 and number % 20 != 10) or self._registered == len(self.cast["serials"]):
            return ""
        self._registered += 1
        return self.cast["serials"][self._registered - 1]

    def _ask(self, number, serial):
        began, code = self.now, ""
        try:
            answer = self._send(number, serial)
            said = (answer.status, answer.body, answer.header("Retry-After"))
            if serial and number % 4 == 0 and answer.status in (200, 201):
                code = json.loads(answer.body)["unlock_code"]
        except (OSError, http.client.HTTPException) as error:
            said = (0, repr(error), "")
        return Told(number, self.now, self.now - began, *said, serial=serial, code=code)

    def _send(self, number, serial):
        cookie = ("Cookie", f"sessionid={self.cast['session']}; csrftoken={CSRF_TOKEN}")
        if serial and number % 4 == 0:
            body = json.dumps(self._details(serial))
            return self.front.ask("POST", "/api/v1/registrations", ("Content-Type", "application/json"), body=body)
        if serial:
            form_type = ("Content-Type", "application/x-www-form-urlencoded")
            origin = ("Origin", f"https://{proxies.HOST}")
            body = self._forms.setdefault(number, self._form(serial))
            return self.front.ask("POST", "/registrations/new/", cookie, form_type, origin, body=body)
        known = self.cast["serials"][number % 100]
        path = ("/", "/healthz", f"/lookup/?format=json&q={known}")[number % 4 - 1]
        return self.front.ask("GET", path, cookie)

    def _details(self, serial):
        return registration(serial, self.cast["site_ids"][self.cast["serials"].index(serial)])

    def _form(self, serial):
        details = self._details(serial)
        details.pop("installation_token")
        customer = details.pop("customer")
        token = {"csrfmiddlewaretoken": CSRF_TOKEN, "form_token": uuid.uuid4().hex}
        return urlencode({**token, **customer, **details})


_STORED = """
SELECT s.code, count(DISTINCT i.id), count(DISTINCT r.id), array_agg(DISTINCT u.code)
FROM licences_serial s
JOIN licences_installation i ON i.serial_id = s.id
LEFT JOIN licences_registration r ON r.serial_id = s.id
LEFT JOIN licences_unlockcode u ON u.serial_id = s.id
GROUP BY s.code
"""


def faults_in_store(cluster, answers):
    """What is wrong with what the database holds, as sentences: each answered registration has to be there once, with
    the unlock code that was told, and nothing may be there twice.
    """
    stored = {code: rest for code, *rest in cluster.ask(_STORED, database="portal")}
    found = [f"{code} is stored {counts} times" for code, (*counts, _) in stored.items() if counts != [1, 1]]
    for told in answers:
        _, _, codes = stored.get(told.serial, (0, 0, []))
        if not codes:
            found.append(f"{told.serial} was answered at {told.at:.1f} s and is not stored")
        elif len(codes) != 1 or (told.code and told.code.replace("-", "") != codes[0].replace("-", "")):
            found.append(f"{told.serial} was told {told.code}, and {codes} are stored")
    return found
