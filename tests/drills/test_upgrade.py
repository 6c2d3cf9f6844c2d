"""The door stays open during an upgrade: the code before answers while the new migrations run, beside the new code, and
when they are taken back.

``code_before.py`` says which code that is.
"""

import threading
import time

import pytest

from tests import servers
from tests.drills import code_before
from tests.drills.code_before import names_now
from tests.servers import Cluster, Portal, environment, manage, registration, stage

PAGES = (
    "/",
    "/lookup/?q=Xchange",
    "/relicensing/",
    "/purchases/imports/",
    "/admin/licences/event/",
    "/admin/customers/customer/",
)
EVERY = 0.1  # seconds, between two requests while migrations run


@pytest.fixture(scope="module")
def before(tmp_path_factory):
    """The folder of the code before, and its migrations."""
    return code_before.unpacked(tmp_path_factory.mktemp("before"))


@pytest.fixture(scope="module")
def cluster(folder):
    primary = Cluster(folder, "upgraded")
    primary.start()
    servers.database_of(primary)
    yield primary
    primary.stop()


class Callers:
    """Somebody who opens pages and registers servers all the time, and what came of it."""

    def __init__(self, portal, cast):
        self.portal, self.told, self.registered = portal, [], {}
        self._waiting = list(zip(cast["serials"], cast["site_ids"], strict=True))
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._call)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *error):
        self._ended.set()
        self._thread.join(servers.PATIENCE)

    def register(self, portal):
        """Register the next server with a portal."""
        serial, site_id = self._waiting.pop()
        answer = portal.call("registrations", registration(serial, site_id))
        self.told.append((answer.status_code, serial))
        self.registered[serial] = (site_id, answer.json().get("unlock_code"))

    def _call(self):
        number = 0
        while not self._ended.is_set():
            page = PAGES[number % len(PAGES)]
            self.told.append((self.portal.get(page).status_code, page))
            if number % 20 == 0 and len(self._waiting) > 4:
                self.register(self.portal)
            number += 1
            time.sleep(EVERY)


def test_the_code_before_answers_during_and_after_an_upgrade_and_when_it_is_taken_back(before, cluster, folder):
    old_code, old_names = before
    surroundings = environment(cluster.url(), PYTHONPATH="")
    cast = stage(surroundings, folder=old_code)
    old = Portal(surroundings, folder / "before.log", folder=old_code)
    old.cookies["sessionid"] = cast["session"]
    new = None
    try:
        with Callers(old, cast) as callers:
            migrated = manage(surroundings, "migrate", "--verbosity", "1", "--skip-checks")
        assert migrated.returncode == 0, migrated.stderr
        assert (migrated.stdout.count("Applying ") > 0) == (old_names != names_now())
        during = list(callers.told)

        new = Portal(surroundings, folder / "after.log")
        new.cookies["sessionid"] = cast["session"]
        both = [(portal.get(page).status_code, page) for page in PAGES for portal in (old, new)]
        for portal in (old, new):
            callers.register(portal)
        seen = [
            portal.get(f"/lookup/?format=json&q={serial}").json()
            for serial in callers.registered
            for portal in (old, new)
        ]
        checked = manage(surroundings, "verify_log", folder=old_code)
        new.end()

        back = take_back(surroundings, old_names)
        callers.register(old)
        afterwards = [(old.get(page).status_code, page) for page in PAGES]
        again = manage(surroundings, "migrate", "--verbosity", "0", "--skip-checks")
    finally:
        for portal in (old, new):
            if portal is not None and portal.process.poll() is None:
                portal.end()

    print(f"{len(during)} requests while migrations ran; taken back: {back}")  # noqa: T201
    assert [told for told in [*callers.told, *both, *afterwards] if told[0] not in (200, 201)] == []
    assert len(during) >= 5
    assert [each["results"][0]["registered"] for each in seen] == [True] * len(seen)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert again.returncode == 0, again.stderr
    for log in ("before.log", "after.log"):
        assert "Internal Server Error" not in (folder / log).read_text()


def take_back(surroundings, old_names):
    """Take back the new migrations of each app, by the new code, and return what that came to.

    A migration that cannot be taken back leaves its app as it is: the code before runs with it.
    """
    done = {}
    for app, names in names_now().items():
        if names == old_names[app]:
            continue
        target = max(old_names[app], default="zero")
        reversed_ = manage(surroundings, "migrate", app, target, "--verbosity", "0", "--skip-checks")
        is_final = "IrreversibleError" in reversed_.stderr
        assert reversed_.returncode == 0 or is_final, reversed_.stderr
        done[app] = "cannot be taken back" if is_final else target
    return done
