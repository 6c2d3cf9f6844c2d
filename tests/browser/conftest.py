"""A real browser on a real server. Whatever a page complains about fails the test that opened it.

These tests run in a call of their own, ``pytest tests/browser``: the browser's driver keeps an event loop in the main
thread, in which Django refuses the database to every other test.
"""

import os
import shutil
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from licences.management import demo
from tests.made_once import MadeOnce
from tests.own_call import asked_for, leave_out

FOLDER = Path(__file__).parent
NEEDS_OWN_CALL = "browser tests run in a call of their own: pytest tests/browser"
# The first is the same browser without windows, menus and tabs; a page costs it less than half of the processor time.
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
NO_BROWSER = f"no Chromium here: looked for {', '.join(BROWSERS)}"
QUIET = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_collection_modifyitems(config, items):
    """Leave the tests of this folder out unless the command line names nothing else."""
    if not all(asked_for(config, FOLDER)):
        leave_out(items, FOLDER, reason=NEEDS_OWN_CALL)


@pytest.fixture(autouse=True, scope="session")
def database_beside_the_event_loop():
    """The driver's loop runs in the main thread, and only there; the database calls here do not wait for it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        yield


# --- The browser -----------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    """The Chromium of the system; without one a skip, or a failure where REQUIRE_BROWSER=1 says so."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None and os.environ.get("REQUIRE_BROWSER") == "1":
        pytest.fail(NO_BROWSER)
    if found is None:
        pytest.skip(NO_BROWSER)
    return {**browser_type_launch_args, "executable_path": found, "args": QUIET}


@pytest.fixture(scope="session")
def base_url(live_server):
    return live_server.url


class Complaints:
    """What the browser complains about: errors on the console, uncaught errors, violations of the policy."""

    ON_VIOLATION = """
        addEventListener("securitypolicyviolation", (event) => console.error(
            `security policy: ${event.effectiveDirective} blocked ${event.blockedURI} ${event.sample}`));
    """

    def __init__(self, server: str) -> None:
        self.server = urlsplit(server).netloc
        self.heard: list[tuple[str, str]] = []
        self.documents: set[str] = set()

    def listen(self, context) -> None:
        context.add_init_script(self.ON_VIOLATION)
        context.on("console", self._on_console)
        context.on("weberror", lambda error: self.heard.append(("uncaught", str(error.error))))
        context.on("request", self._on_request)

    def _on_console(self, message) -> None:
        if message.type in ("error", "warning"):
            self.heard.append((message.location["url"], message.text))

    def _on_request(self, request) -> None:
        if urlsplit(request.url).netloc != self.server:
            self.heard.append((request.url, "leaves the portal"))
        if request.resource_type == "document":
            self.documents.add(request.url)

    def all(self) -> list[str]:
        """Without the note that a page itself answered 404 or 422, which tests look at themselves."""
        return [
            f"{where}: {text}"
            for where, text in self.heard
            if not (text.startswith("Failed to load resource") and where in self.documents)
        ]


@pytest.fixture
def complaints(live_server):
    heard = Complaints(live_server.url)
    yield heard
    assert heard.all() == []


@pytest.fixture
def new_context(new_context, complaints):
    """A browser window of its own, listened to."""

    def listened_to(**options):
        context = new_context(**{"locale": "en-GB", **options})
        context.set_default_timeout(10_000)
        complaints.listen(context)
        return context

    return listened_to


# --- The demo and its people -------------------------------------------------------------------------


@pytest.fixture(scope="session")
def load_demo():
    """Users, the sample purchases, most sites registered: made for the first test, and copied for all others."""

    def load():
        demo.create_users()
        demo.load_samples()

    return MadeOnce(load)


@pytest.fixture
def demo_loaded(live_server, load_demo, settings, tmp_path):
    """What ``quickstart`` sets up."""
    settings.VAR_DIR = tmp_path
    load_demo()


@pytest.fixture
def call(demo_loaded):
    """The call that ``quickstart`` prints: what the caller will say, and the servers at the other end."""
    return demo.prepare_call()


@pytest.fixture
def as_someone(new_context, live_server):
    """``as_someone("clerk")`` is a page in a window of its own in which that user is logged in."""

    def log_in(username, **options):
        client = Client()
        client.force_login(get_user_model().objects.get(username=username))
        session = client.cookies["sessionid"].value
        context = new_context(**{"locale": "en-GB", **options})
        context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
        return context.new_page()

    return log_in
