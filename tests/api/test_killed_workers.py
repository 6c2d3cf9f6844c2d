"""Workers are killed in the middle of registrations: what was answered is true, the rest may be tried again.

With real processes. ``KILL_TEST_REGISTRATIONS=10000`` plays it in full; the suite plays a short form.
"""

import os
import random
import signal
import threading
import time
from collections import Counter

import pytest
from django.db import connection

from licences import licence_files
from licences.domain.codes import new_site_id
from licences.models import Event, Installation, Registration, UnlockCode
from tests import event_chain
from tests.api.conftest import Server
from tests.benchmarks._gunicorn import gunicorn
from tests.benchmarks._load import post, put_load
from tests.benchmarks._seeds import bought_serials
from tests.benchmarks._temporary_database import database_url

pytestmark = pytest.mark.django_db(transaction=True)

REGISTRATIONS = int(os.environ.get("KILL_TEST_REGISTRATIONS", "60"))
KILLS = 2 if REGISTRATIONS < 100 else 3  # each costs the seconds in which another worker starts
CONNECTIONS = 8


def requests(bodies):
    for serial, body in bodies.items():
        address = f"10.{random.randrange(256)}.{random.randrange(256)}.{random.randrange(256)}"
        yield serial, post("/api/v1/registrations", body, X_Forwarded_For=address, X_Forwarded_Proto="https")


def workers(master):
    with open(f"/proc/{master.pid}/task/{master.pid}/children") as children:
        return [int(pid) for pid in children.read().split()]


class Killer(threading.Thread):
    """Kills a worker after every few things in the database; ``count`` counts them, and there will be ``goal``."""

    def __init__(self, master, *, count, goal):
        super().__init__(daemon=True)
        self.master, self.count, self.goal = master, count, goal
        self.killed = []

    def run(self):
        try:
            for kill in range(1, KILLS + 1):
                while self.count() < self.goal * kill / (KILLS + 1):
                    time.sleep(0.02)
                victim = random.choice(workers(self.master))
                os.kill(victim, signal.SIGKILL)
                self.killed.append(victim)
        finally:
            connection.close()


@pytest.mark.skipif(not os.path.isdir("/proc/self/task"), reason="the workers are found in /proc")
def test_every_answered_registration_is_kept_and_the_others_succeed_when_tried_again(settings):
    key = licence_files.new_key()
    settings.LICENCE_KEYS = licence_files.parse_keys(key)
    bodies = {serial: Server(new_site_id()).registration(serial) for serial in bought_serials(REGISTRATIONS)}

    served = gunicorn("licensing_portal.wsgi", database_url=database_url(), workers=2, signing_key=key)
    with served as (port, master):
        killer = Killer(master, count=Registration.objects.count, goal=REGISTRATIONS)
        killer.start()
        first = put_load(port, requests(bodies), connections=CONNECTIONS, seconds=3600)
        killer.join(timeout=60)
        answered = {answer.subject: answer.json() for answer in first.responses if answer.status}
        assert_kept(answered, bodies)

        unanswered = {serial: bodies[serial] for serial in bodies if serial not in answered}
        retried = put_load(port, requests(unanswered), connections=CONNECTIONS, seconds=3600)

    assert len(killer.killed) == KILLS
    assert {answer.status for answer in first.responses} <= {0, 201}
    assert {answer.status for answer in retried.responses} <= {200, 201}
    answered |= {answer.subject: answer.json() for answer in retried.responses}
    assert set(answered) == set(bodies)
    assert_kept(answered, bodies)
    assert Installation.objects.count() == Registration.objects.count() == UnlockCode.objects.count() == REGISTRATIONS
    assert Event.objects.filter(kind=Event.Kind.REGISTERED).count() == REGISTRATIONS
    assert event_chain.flaws() == []


def assert_kept(answered, bodies):
    """Assert that every answered registration is stored unchanged, and no serial is live twice."""
    live = Counter(Installation.objects.filter(ended_at=None).values_list("serial__code", flat=True))
    assert max(live.values()) == 1
    codes = UnlockCode.objects.select_related("serial", "installation", "licence_file")
    made = {code.serial.code: code for code in codes}
    for serial, said in answered.items():
        code = made[serial]
        assert (said["unlock_code"], said["sequence"]) == (code.code, 1)
        assert said["site_id"] == code.installation.site_id == bodies[serial]["site_id"]
        assert said["licence_file"] == code.licence_file.text
