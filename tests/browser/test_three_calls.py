"""Three calls at once: an ordinary one, a dead PC, and one full of slips; a clerk with three tabs, and a supervisor.

What is pressed is found by what it does and not by its words, so that the same calls are played in both languages.
"""

import pytest
from django.utils import translation
from django.utils.translation import gettext
from playwright.sync_api import Page, expect

from licences.domain import codes
from licences.management import demo
from licences.models import Emergency, Installation, Relicensing, UnlockCode
from tests.browser.checklist import FIELDS, code_on_the_sheet
from tests.browser.test_dead_pc import WHY, server
from tests.browser.test_every_page import LANGUAGES

WRONG_NAME = "Kranbau Hinterhuber"
PATIENCE = 20_000  # milliseconds; how fast pages follow is tested in test_two_people.py


class Caller:
    """A customer on the telephone, and their new server."""

    def __init__(self, live: Installation, folder) -> None:
        registered, site_id = live.registrations.latest("pk"), codes.new_site_id()
        self.serial, self.state = live.serial, folder / f"{live.serial.code}.json"
        server(self.state, "new", "--site-id", site_id)
        self.says = {
            "serial": codes.grouped(live.serial.code),
            "site_id": codes.grouped(site_id),
            "release_code": codes.grouped(live.unlock_codes.latest("sequence").release_code),
            "server_version": live.server_version,
            "client_version": live.client_version,
            "customer_name": registered.name,
            "address_line1": registered.address_line1,
        }

    def types_into_the_server(self, code: str) -> str:
        return server(self.state, "apply", self.says["serial"], *code.split())


@pytest.fixture
def callers(demo_loaded, tmp_path):
    """The customers of the three calls, each with a serial number that runs on their old PC."""
    lives = [each for each in demo._callers() if each.unlock_codes.latest("sequence").release_code]
    return [Caller(live, tmp_path) for live in lives[:3]]


# --- What is pressed ---------------------------------------------------------------------------------


def begin(page: Page, said: dict[str, str], *, fields: tuple[str, ...] = FIELDS) -> None:
    page.goto("/relicensing/new/")
    go_on(page, said, fields=fields)


def go_on(page: Page, said: dict[str, str], *, fields: tuple[str, ...]) -> None:
    for name in fields:
        page.locator(f"[name={name}]").fill(said[name])


def check(page: Page) -> None:
    page.locator("[name=purpose]").first.check()
    page.locator("form.questions .form-actions button.primary").click()
    expect(page.locator("table.checklist")).to_be_visible()


def check_again(page: Page) -> None:
    with page.expect_navigation():
        page.locator(".sticky-actions button[form=answers]").click()


def hand_over(page: Page) -> None:
    with page.expect_navigation():
        page.locator("form[action$='/hand-over/'] button").click()


def press_issue(page: Page) -> None:
    page.locator("form[action$='/issue/'] button").click()


def open_waiting(supervisor: Page, caller: Caller) -> None:
    """Open the request of a caller from the desk, which follows by itself."""
    supervisor.goto("/")
    request = Relicensing.objects.get(serial=caller.serial, closed_at=None)
    supervisor.locator(f"a[href='{request.get_absolute_url()}']").first.click()
    supervisor.locator("#id_reason").fill(WHY)


def headline(page: Page) -> str:
    return page.locator(".band h2").first.inner_text()


# --- The calls ---------------------------------------------------------------------------------------


@LANGUAGES
def test_three_calls_at_once_lose_nothing_and_each_gets_its_own_code(as_someone, callers, language):
    easy, dead, slips = callers
    supervisor = as_someone("supervisor", locale=language)
    dead_tab = as_someone("clerk", locale=language)
    slips_tab, easy_tab = dead_tab.context.new_page(), dead_tab.context.new_page()

    # The dead PC waits for a supervisor while the second caller, whose codes get swapped, is half taken down.
    begin(dead_tab, dead.says, fields=tuple(name for name in FIELDS if name != "release_code"))
    dead_tab.locator("[name=release_code_unavailable]").check()
    check(dead_tab)
    hand_over(dead_tab)
    mixed_up = {
        **slips.says,
        "serial": slips.says["site_id"],
        "site_id": slips.says["serial"],
        "address_line1": f"{slips.says['address_line1']}9",
        "customer_name": WRONG_NAME,
    }
    begin(slips_tab, mixed_up, fields=FIELDS[:3])

    # The third caller; meanwhile the supervisor opens the dead PC, and the clerk looks something up in the second tab.
    begin(easy_tab, easy.says, fields=FIELDS[:4])
    open_waiting(supervisor, dead)
    slips_tab.goto("/lookup/?q=Hotel")
    slips_tab.go_back()
    for name in FIELDS[:3]:
        expect(slips_tab.locator(f"[name={name}]")).to_have_value(mixed_up[name])
    supervisor.locator("button[formaction$='/emergency/']").click()
    go_on(slips_tab, mixed_up, fields=FIELDS[3:])
    go_on(easy_tab, easy.says, fields=FIELDS[4:])

    # The clerk's page of the dead PC opens the sheet by itself; the other two go on.
    dead_tab.wait_for_url("**/unlock-codes/*/", timeout=PATIENCE)
    emergency_code = code_on_the_sheet(dead_tab)
    check(slips_tab)
    with translation.override(language[:2]):
        swapped = gettext("Swapped: %(field)s and %(other)s")
        assert headline(slips_tab) == swapped % {"field": gettext("serial number"), "other": gettext("site ID")}
    with slips_tab.expect_navigation():
        slips_tab.keyboard.press("F8")
    check(easy_tab)
    press_issue(easy_tab)
    easy_code = code_on_the_sheet(easy_tab)

    # The house number is put right; the name stays another one, also when it is asked for again: a supervisor decides.
    slips_tab.locator("[name=address_line1]").fill(slips.says["address_line1"])
    check_again(slips_tab)
    check_again(slips_tab)
    hand_over(slips_tab)
    open_waiting(supervisor, slips)
    supervisor.locator("button[formaction$='/decide/']:not([name])").click()
    expect(slips_tab.locator(".band.ok h2")).to_be_visible(timeout=PATIENCE)
    expect(slips_tab.locator("[name=customer_name]")).to_have_value(WRONG_NAME)
    press_issue(slips_tab)
    slips_code = code_on_the_sheet(slips_tab)

    # The old PC starts once more, and shows its release code: the emergency code becomes permanent.
    dead_tab.goto(Emergency.objects.get(serial=dead.serial).get_absolute_url())
    dead_tab.locator("[name$=release_code]").fill(dead.says["release_code"])
    dead_tab.keyboard.press("Enter")
    permanent_code = code_on_the_sheet(dead_tab)

    for tab in (supervisor, dead_tab, slips_tab, easy_tab):
        expect(tab.locator("html")).to_have_attribute("lang", language[:2])
    assert "expires on" in dead.types_into_the_server(emergency_code)
    for caller, code in ((easy, easy_code), (slips, slips_code), (dead, permanent_code)):
        answer = caller.types_into_the_server(code)
        assert "unlock code accepted" in answer
        assert "expires on" not in answer
        stored = UnlockCode.objects.filter(serial=caller.serial).latest("sequence")
        assert (codes.grouped(stored.code), codes.grouped(stored.installation.site_id)) == (
            code.replace(" ", "-"),
            caller.says["site_id"],
        )
    taken = Relicensing.objects.filter(serial__in=[each.serial for each in callers]).order_by("pk")
    assert [each.outcome for each in taken] == ["emergency", "issued", "issued"]
