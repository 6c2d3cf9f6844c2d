"""How many keys are pressed and how many pages are loaded in a call (docs/telephone-call.md#what-a-call-costs)."""

import pytest
from playwright.sync_api import Page, expect

from licences.management import demo
from licences.models import Installation, UnlockCode
from tests.browser.checklist import FIELDS, code_on_the_sheet
from tests.browser.test_a_call_with_trouble import misheard
from tests.browser.test_the_ready_call import apply, focused

MOST_KEYS, MOST_LOADS, MOST_LOADS_WITH_SLIPS = 100, 4, 6
MEDIAN = 51  # characters of name and address line of the customers in docs/samples/purchases.csv


class CountedCall:
    """A call that is played by keyboard alone, from the sheet of the call before; counts keys and loaded pages."""

    def __init__(self, page: Page) -> None:
        self.page, self.keys, self.loads = page, 0, 0
        page.goto(UnlockCode.objects.earliest("pk").get_absolute_url())
        page.on("domcontentloaded", self._on_load)

    def _on_load(self, _page: Page) -> None:
        self.loads += 1

    def press(self, key: str) -> None:
        self.keys += 1
        self.page.keyboard.press(key)

    def load(self, key: str) -> None:
        with self.page.expect_navigation():
            self.press(key)

    def type(self, text: str) -> None:
        for character in text:
            self.keys += 1
            self.page.keyboard.type(character)

    def tab_to(self, name: str) -> None:
        while focused(self.page) != name:
            assert self.keys < 10 * MOST_KEYS
            self.press("Tab")

    def take_down(self, said: dict[str, str]) -> None:
        """Type the answers: codes without their hyphens, the version of the client as the same as the server's."""
        self.load("n")
        for name in FIELDS:
            self.tab_to(name)
            same = name == "client_version" and said[name] == said["server_version"]
            self.type("=" if same else said[name].replace("-", "") if name in FIELDS[:3] else said[name])
        self.tab_to("purpose")
        self.press("Space")
        self.load("Enter")

    def ask_again_and_issue(self) -> None:
        assert focused(self.page) == "asked_again"
        self.load("Space")
        assert focused(self.page) == "Issue unlock code"
        self.load("Enter")


@pytest.fixture
def call(demo_loaded, monkeypatch):
    """The call of a customer whose name and address together are longer than those of half the customers."""

    def length(live: Installation) -> int:
        registered = live.registrations.latest("pk")
        return len(registered.name) + len(registered.address_line1)

    callers = [live for live in demo._callers() if live.server_version == "2.6.1" and length(live) >= MEDIAN]
    monkeypatch.setattr(demo, "_next_caller", lambda: min(callers, key=length))
    return demo.prepare_call()


def test_an_easy_call_takes_few_keys_and_loads(as_someone, call):
    counted = CountedCall(as_someone("clerk"))

    counted.take_down(call.answers)
    counted.ask_again_and_issue()

    assert "unlock code accepted" in apply(call, code_on_the_sheet(counted.page))
    assert counted.keys <= MOST_KEYS
    assert counted.loads <= MOST_LOADS


def test_slips_in_the_serial_number_and_the_house_number_take_two_more_loads(as_someone, call):
    counted = CountedCall(as_someone("clerk"))
    right = call.answers

    counted.take_down({**right, "serial": misheard(right["serial"]), "address_line1": f"{right['address_line1']}9"})
    assert focused(counted.page) == "serial"
    counted.type(right["serial"].replace("-", ""))
    counted.load("Enter")
    assert focused(counted.page) == "address_line1"
    counted.type(right["address_line1"])
    counted.load("Enter")
    counted.ask_again_and_issue()

    assert "unlock code accepted" in apply(call, code_on_the_sheet(counted.page))
    assert counted.loads <= MOST_LOADS_WITH_SLIPS


def test_no_release_code_is_passed_over_only_where_one_is_typed(as_someone, call):
    page = as_someone("clerk")
    page.goto("/relicensing/new/")
    code, tick = page.locator("[name=release_code]"), page.locator("[name=release_code_unavailable]")
    code.press_sequentially("5TGHJ8U")
    page.keyboard.press("Tab")
    expect(tick).to_be_focused()

    code.fill("5TGHJ-8U0AA")
    code.press("Tab")
    expect(page.locator("[name=server_version]")).to_be_focused()
    code.fill("")
    code.press("Tab")
    expect(tick).to_be_focused()
