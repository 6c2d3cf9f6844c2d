"""What a clerk does on the checklist's pages, and what stands there."""

from django.conf import settings
from playwright.sync_api import Locator, Page, expect

FIELDS = (
    "serial",
    "site_id",
    "release_code",
    "server_version",
    "client_version",
    "customer_name",
    "address_line1",
)


def log_in(page: Page, username: str) -> None:
    page.goto("/")
    page.get_by_label("Username").fill(username)
    page.get_by_label("Password").fill(settings.DEMO_PASSWORD)
    page.get_by_role("button", name="Log in").click()


def take_down(page: Page, said: dict[str, str], *, without: tuple[str, ...] = ()) -> None:
    """Type what the caller says into a new checklist, and have it checked."""
    page.goto("/relicensing/new/")
    for name in FIELDS:
        if name not in without:
            page.locator(f"[name={name}]").fill(said[name])
    page.locator(f"[name=purpose][value={said['purpose']}]").check()
    if "release_code" in without:
        page.get_by_label("No release code available").check()
    page.get_by_role("button", name="Check").click()
    expect(page.locator("table.checklist")).to_be_visible()


def verdicts(page: Page) -> dict[str, str]:
    """The verdict of each item that is not a plain match."""
    rows = page.locator("table.checklist tr[class^=verdict-]").evaluate_all(
        "rows => rows.map((row) => row.className.replace('verdict-', ''))"
    )
    return {name: verdict for name, verdict in zip(FIELDS, rows, strict=True) if verdict != "match"}


def issue_button(page: Page) -> Locator:
    return page.get_by_role("button", name="Issue unlock code")


def code_on_the_sheet(page: Page) -> str:
    """The unlock code that is read out, in its groups."""
    expect(page.locator(".code-large")).to_be_visible()
    return " ".join(page.locator(".code-large .group").all_text_contents())
