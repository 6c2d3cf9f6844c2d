"""``python -m tests.screenshots``: take the pictures of docs/images again, from a demo of its own.

Sets up the demo in a temporary folder, serves it on a free port of this machine, plays the sample call and previews a
small purchase file, in English and light colours. Nothing of the checkout changes but ``docs/images``. Needs Chromium
and the extra ``test``.
"""

import base64
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

WIDTH = 1280
TALLEST = 1100  # pixels; what is below is cut off
HEIGHT = 800
LARGEST = 120_000  # bytes of one picture
QUALITIES = (80, 70, 60, 50)
PATIENCE = 120_000  # milliseconds for a page, on a machine that does other work
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
FILE_TO_IMPORT = """\
purchase_reference,line,product,quantity,software_assurance_until,customer_number,customer_name,serial
PO-2026-00711,1,XCH-SRV,1,2028-11-30,K-90001,Käserei Überlingen GmbH,
PO-2026-00711,2,XCH-USR,12,2028-11-30,K-90001,Käserei Überlingen GmbH,
PO-2026-00718,1,XCH-USR,5,2028-11-30,K-10001,Fränkische Prüfmitteltechnik Zöbelein GmbH,K7QN3WXB
PO-2026-00720,1,XCH-TAP,-2,,K-10001,Fränkische Prüfmitteltechnik Zöbelein GmbH,K7QN3WXB
PO-2026-00733,1,XCH-USR,1.000,,K-90002,Groß & Klein oHG,
"""
FILE_OF_A_SENDER = """\
Commande;Position;Article;Qté;Raison sociale;CP;Ville
C-7001;1;XCH-SRV;1;Fromagerie du Léman SA;1201;Genève
C-7001;2;XCH-USR;12;Fromagerie du Léman SA;1201;Genève
C-7002;1;XCH-USR;5;Hôtel des Alpes Sàrl;1003;Lausanne
"""


def take_all(folder: Path) -> dict[str, int]:
    """Take every picture into ``folder``. Returns name → size in bytes."""
    with tempfile.TemporaryDirectory(prefix="licensing-portal-screenshots-") as scratch:
        call, file_imports, session = _set_up(Path(scratch))
        with _served() as url, _page(url, session) as page:
            for name in _visit(page, call, file_imports):
                _capture(page, folder / f"{name}.webp")
    return {path.name: path.stat().st_size for path in sorted(folder.glob("*.webp"))}


def _set_up(folder: Path) -> tuple[Any, list[int], str]:
    """The demo with a call that can be played. Returns the call, the imports that wait, and a clerk's session."""
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "DATABASE_URL": f"sqlite:///{folder / 'portal.sqlite3'}",
    }
    import django

    django.setup()
    from django.conf import settings
    from django.contrib.auth import get_user_model
    from django.core.files.base import ContentFile
    from django.core.management import call_command
    from django.test import Client

    from licences import imports
    from licences.management import demo
    from licences.models import FileImport

    settings.VAR_DIR = folder
    call_command("migrate", verbosity=0, interactive=False, skip_checks=True)
    demo.create_users()
    demo.load_samples()
    waiting = []
    for name, content in (("purchases-november.csv", FILE_TO_IMPORT), ("commandes-novembre.csv", FILE_OF_A_SENDER)):
        file = ContentFile(content.encode(), name=name)
        received = imports.receive_import(upload=file, kind=FileImport.Kind.PURCHASES, by="importer")
        imports.advance_import(received.pk)
        waiting.append(received.pk)
    client = Client()
    client.force_login(get_user_model().objects.get(username="clerk"))
    return demo.prepare_call(), waiting, client.cookies[settings.SESSION_COOKIE_NAME].value


@contextmanager
def _served() -> Iterator[str]:
    """The portal in a thread of this process, as Django's own browser tests serve it."""
    from django.contrib.staticfiles.handlers import StaticFilesHandler
    from django.test.testcases import LiveServerThread

    server = LiveServerThread("127.0.0.1", StaticFilesHandler)
    server.daemon = True
    server.start()
    server.is_ready.wait()
    if server.error:
        raise server.error
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.terminate()


@contextmanager
def _page(url: str, session: str) -> Iterator[Any]:
    """A page in which the clerk is logged in."""
    from playwright.sync_api import expect, sync_playwright

    from tests.browser.conftest import QUIET

    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        raise SystemExit(f"No Chromium here: looked for {', '.join(BROWSERS)}.")
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=found, args=QUIET, timeout=PATIENCE)
        context = browser.new_context(
            base_url=url,
            locale="en-GB",
            color_scheme="light",
            reduced_motion="reduce",
            viewport={"width": WIDTH, "height": HEIGHT},
        )
        context.set_default_timeout(PATIENCE)
        context.add_cookies([{"name": "sessionid", "value": session, "url": url}])
        yield context.new_page()
        browser.close()


def _visit(page: Any, call: Any, file_imports: list[int]) -> Iterator[str]:
    """Go from page to page, and name each picture when its page is shown."""
    from playwright.sync_api import expect

    from tests.browser.checklist import issue_button, take_down

    page.goto("/")
    yield "desk"
    page.goto("/lookup/?q=Prüfmiteltechnik")
    yield "look-up"
    previewed, asking = file_imports
    page.goto(f"/purchases/imports/{previewed}/")
    yield "import-preview"
    page.goto(f"/purchases/imports/{asking}/columns/")
    page.get_by_label("Sender", exact=True).fill("Fromages Réunis")
    for title, ours in (("Commande", "Purchase reference"), ("Qté", "Quantity"), ("Raison sociale", "Customer name")):
        page.get_by_label(title, exact=True).select_option(label=ours)
    yield "import-columns"
    take_down(page, call.answers)
    yield "checklist"
    page.get_by_label("I asked again").click()
    expect(issue_button(page)).to_be_enabled()
    issue_button(page).click()
    expect(page.locator(".code-large")).to_be_visible()
    yield "sheet"


def _capture(page: Any, path: Path) -> None:
    """Take the page down to its end, or to ``TALLEST``, as WebP: Chromium makes it, and it is smaller than PNG.

    The window grows with the page, so that what sticks to its lower edge covers nothing.
    """
    page.wait_for_load_state("load")
    page.evaluate("document.activeElement?.blur(); scrollTo(0, 0)")
    height = min(page.evaluate("document.documentElement.scrollHeight"), TALLEST)
    page.set_viewport_size({"width": WIDTH, "height": height})
    content = next((each for each in _pictures(page) if len(each) <= LARGEST), None)
    page.set_viewport_size({"width": WIDTH, "height": HEIGHT})
    if content is None:
        raise SystemExit(f"{path.name} has more than {LARGEST} bytes.")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    path.chmod(0o644)  # the portal's umask is for records


def _pictures(page: Any) -> Iterator[bytes]:
    """The window as WebP, the best first."""
    session = page.context.new_cdp_session(page)
    for quality in QUALITIES:
        answer = session.send("Page.captureScreenshot", {"format": "webp", "quality": quality})
        yield base64.b64decode(answer["data"])


if __name__ == "__main__":
    for name, size in take_all(Path(__file__).resolve().parent.parent / "docs" / "images").items():
        sys.stdout.write(f"docs/images/{name}: {size} bytes\n")
