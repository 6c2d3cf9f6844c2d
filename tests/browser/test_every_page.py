"""Every page, wide and narrow, light and dark, in both languages: nothing scrolls sideways, and axe finds nothing."""

from datetime import timedelta
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.conf import settings
from django.contrib import admin
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from licences import imports, operations
from licences.domain.checklist import Answers
from licences.models import Emergency, Installation, Relicensing, Serial
from licences.proof.log_check_runs import run_log_check
from licences.views.form_pages import today
from licensing_portal.accounts.models import FailedMessage
from tests.browser.checklist import FIELDS

SIZES = ((1280, 3000), (390, 6000))  # so high that the bar of buttons, which sticks to the end, covers no field
STANDARDS = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]
LANGUAGES = pytest.mark.parametrize("language", ["en-GB", "de-DE"])


# --- Looking at a page -------------------------------------------------------------------------------


def faults(page, path: str) -> list[str]:
    """What is wrong with the page at this address, one line each."""
    page.goto(path)
    return faults_shown(page, path)


def faults_shown(page, name: str) -> list[str]:
    """What is wrong with the page as it stands. Colours apart, dark is the same page as light.

    axe looks at what the portal's templates make of data, which is the same on PostgreSQL: once is enough. Of a
    translation it looks at the wide, light page: colours and elements are those of the English one, of which it sees
    all four looks.
    """
    if connection.vendor == "sqlite":
        page.evaluate(AXE_SCRIPT)  # evaluated, not a script element: the policy of the page stays in force
    translated = not page.evaluate("document.documentElement.lang").startswith("en")
    found = []
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        settle(page)
        wrong = [*too_wide(page), *cut_off(page)]
        for scheme, rules in (("light", tagged(STANDARDS)), ("dark", {"type": "rule", "values": ["color-contrast"]})):
            if translated and (width, scheme) != (SIZES[0][0], "light"):
                continue
            page.emulate_media(color_scheme=scheme)
            settle(page)
            wrong += [f"{scheme}: {violation}" for violation in violations(page, rules)]
        found += [f"{name} {width}: {fault}" for fault in wrong]
    return found


def settle(page) -> None:
    page.evaluate("document.getAnimations().forEach((animation) => animation.finish())")


def tagged(tags: list[str]) -> dict[str, Any]:
    return {"type": "tag", "values": tags}


def too_wide(page) -> list[str]:
    beyond = page.evaluate("document.scrollingElement.scrollWidth - innerWidth")
    return [f"scrolls sideways by {beyond} px"] if beyond > 0 else []


CUT_OFF = """
    [...document.querySelectorAll(".card *")].filter((each) => {
        const box = each.getBoundingClientRect();
        const hidden = getComputedStyle(each).position === "absolute" || each.closest(".visually-hidden");
        return box.width && !hidden && box.right > each.closest(".card").getBoundingClientRect().right + 1;
    }).slice(0, 3).map((each) => `${each.tagName} ${each.className}: ${each.textContent.trim().slice(0, 40)}`)
"""


def cut_off(page) -> list[str]:
    """What a card hides, which clips what is wider than itself."""
    return [f"cut off: {each}" for each in page.evaluate(CUT_OFF)]


def violations(page, rules: dict[str, Any]) -> list[str]:
    if connection.vendor != "sqlite":
        return []
    options = {"runOnly": rules, "resultTypes": ["violations"], "preload": False}
    answer = page.evaluate("options => axe.run(options)", options)
    return [
        f"{violation['id']}: {node['target']} {node['failureSummary']}"
        for violation in answer["violations"]
        for node in violation["nodes"]
    ]


# --- The pages ---------------------------------------------------------------------------------------


@pytest.fixture
def checklist(call):
    """``checklist(address_line1="…")`` is an open request with what the caller said, but for that."""

    def ask(**otherwise: Any) -> Relicensing:
        said = {name: call.answers[name] for name in FIELDS} | otherwise
        return operations.open_relicensing(answers=Answers(**said), purpose="migrate", by="clerk", today=today())

    return ask


@pytest.fixture
def requests(checklist):
    """Requests in every state; the one that was issued comes last, since the others are of the same serial."""
    doubtful = checklist(address_line1="Somewhere else 9", site_id="nonsense")
    close = checklist()
    dead_pc = checklist(release_code="", release_code_unavailable=True)
    empty = checklist(**dict.fromkeys(FIELDS, ""), release_code_unavailable=True)
    issued = checklist()
    operations.confirm_asked_again(request_id=issued.pk, items=["customer_name"], by="clerk")
    operations.issue_relicensing(request_id=issued.pk, by="clerk", today=today())
    issued.refresh_from_db()
    return {"doubtful": doubtful, "close": close, "dead PC": dead_pc, "empty": empty, "issued": issued}


@LANGUAGES
def test_the_pages_of_a_call(as_someone, requests, language):
    page = as_someone("supervisor", locale=language)
    paths = [request.get_absolute_url() for request in requests.values()]
    paths += ["/relicensing/new/", "/relicensing/", "/relicensing/?show=all"]
    paths += [requests["issued"].unlock_code.get_absolute_url()]

    assert [fault for path in paths for fault in faults(page, path)] == []


@LANGUAGES
def test_the_desk_the_look_up_and_the_customer(as_someone, requests, language):
    page = as_someone("supervisor", locale=language)
    operations.count_quality_lists(now=timezone.now(), by_worker=False)
    customer = reverse("customer", args=[requests["issued"].serial.site.customer_id])
    paths = ["/", "/lookup/", "/lookup/?q=GmbH", "/lookup/?q=nobody", "/lookup/?q=2.6", "/lookup/?q=Hafenkannte"]
    paths += [
        customer,
        f"{customer}correct/",
        f"{customer}merge/",
        "/facts/",
        "/quality/",
        "/quality/never-registered/",
    ]

    assert [fault for path in paths for fault in faults(page, path)] == []


@LANGUAGES
def test_the_figures(as_someone, requests, language):
    page = as_someone("supervisor", locale=language)
    operations.compute_figures(first=today() - timedelta(days=40), last=today(), now=timezone.now())
    paths = [
        "/figures/",
        "/figures/?period=year",
        "/figures/?period=own&first=2020-01-01",
        "/figures/?first=2001-01-01",
    ]

    assert [fault for path in paths for fault in faults(page, path)] == []


def test_the_figures_of_a_year_are_printed_on_one_page(as_someone, requests):
    operations.compute_figures(first=today() - timedelta(days=40), last=today(), now=timezone.now())
    page = as_someone("supervisor", locale="de-DE")
    page.goto("/figures/?period=year")

    assert page.pdf(prefer_css_page_size=True).count(b"/Type /Page\n") == 1
    assert page.locator(".figures > .card").count() > 20


@LANGUAGES
def test_the_pages_of_a_serial(as_someone, requests, language):
    page = as_someone("supervisor", locale=language)
    relicensed = requests["issued"].serial.get_absolute_url()
    blocked = Serial.objects.exclude(blocked_at=None)[0].get_absolute_url()
    unregistered = Serial.objects.filter(installations=None)[0].get_absolute_url()
    released = Installation.objects.filter(end_reason=Installation.EndReason.RELEASED)[0].serial.get_absolute_url()
    paths = [relicensed, blocked, unregistered, released]
    paths += ["/registrations/new/", f"{relicensed}registrations/new/", f"{relicensed}block/", f"{blocked}block/"]

    assert [fault for path in paths for fault in faults(page, path)] == []


@LANGUAGES
def test_the_pages_of_proof_and_of_personal_data(as_someone, requests, language):
    page = as_someone("supervisor", locale=language)
    emergency = Emergency.objects.latest("pk").serial
    buyer = Serial.objects.exclude(site__customer=emergency.site.customer).first()
    card, customer = emergency.get_absolute_url(), reverse("customer", args=[emergency.site.customer_id])
    paths = [f"{card}case-file/", f"{requests['issued'].serial.get_absolute_url()}case-file/"]
    paths += [f"{card}transfer/", f"{card}transfer/?customer={buyer.code}", f"{card}transfer/?customer=nobody"]
    paths += [f"{customer}history/", f"{customer}data/", f"{customer}erase/"]

    assert [fault for path in paths for fault in faults(page, path)] == []


@LANGUAGES
def test_the_event_log_and_its_verification(as_someone, requests, language):
    page = as_someone("auditor", locale=language)
    done = operations.begin_log_check(by="auditor", now=timezone.now())
    run_log_check(done.pk)
    running = operations.begin_log_check(by="auditor", now=timezone.now())
    operations.start_log_check(check_id=running.pk, now=timezone.now())
    serial = requests["issued"].serial.code
    paths = [
        "/events/",
        "/events/?kind=personal-data",
        f"/events/?serial={serial}",
        "/events/?first=2026-12-02&last=2026-12-01",
    ]
    paths += [reverse("log-check", args=[each.pk]) for each in (done, running)]

    assert [fault for path in paths for fault in faults(page, path)] == []


@LANGUAGES
def test_the_page_of_email(as_someone, demo_loaded, language):
    now = timezone.now()
    for failure, until in (("SMTPRecipientsRefused", None), ("TimeoutError", now)):
        FailedMessage.objects.create(failure=failure, attempts=5, queued_at=now, failed_at=now, good_until=until)
    page = as_someone("admin", locale=language)

    assert faults(page, "/mail/") + faults(page, "/accounts/invitation/ended/") == []


@LANGUAGES
def test_the_pages_of_notes_and_of_records_by_hand(as_someone, requests, language):
    page = as_someone("supervisor", locale=language)
    serial = requests["issued"].serial
    card, customer = serial.get_absolute_url(), reverse("customer", args=[serial.site.customer_id])
    paths = [f"{card}notes/new/", f"{customer}notes/new/", f"{requests['close'].get_absolute_url()}caller/"]
    paths += ["/customers/new/", f"{card}transfer/new/", f"{customer}purchases/new/"]
    large = imports.HandPurchase({"XCH-USR": settings.HAND_PURCHASE_LICENCES + 1})
    entry = imports.enter_purchase(
        customer_id=serial.site.customer_id, purchase=large, site_name="Lüneburg", reason="Ordered by fax.", by="clerk"
    )
    paths += [f"{card}purchases/new/", f"{card}returns/new/", "/purchases/by-hand/"]
    paths += [reverse("hand-entry", args=[entry.number]), reverse("hand-entry-correct", args=[entry.number])]

    assert [path for path in paths if page.goto(path).status != 200] == []
    assert [fault for path in paths for fault in faults(page, path)] == []


@LANGUAGES
def test_forms_that_say_what_is_missing(as_someone, demo_loaded, language):
    page = as_someone("supervisor", locale=language)
    found = []
    for path in ("/registrations/new/", "/relicensing/new/", "/accounts/password/"):
        page.goto(path)
        page.locator("main form").evaluate("form => { form.noValidate = true; form.requestSubmit(); }")
        page.locator(".error-summary").wait_for()
        found += faults_shown(page, f"{path} (refused)")

    assert found == []


@LANGUAGES
def test_the_login_page(new_context, demo_loaded, language):
    page = new_context(locale=language).new_page()
    found = faults(page, "/accounts/login/")
    page.locator("[name=username]").fill("clerk")
    page.locator("[name=password]").fill("wrong")
    page.locator("main form button.primary").click()
    page.locator(".error-summary").wait_for()

    assert found + faults_shown(page, "/accounts/login/ (refused)") == []


@LANGUAGES
def test_the_pages_for_what_is_not_there_or_not_permitted(as_someone, demo_loaded, language):
    page = as_someone("support", locale=language)

    assert page.goto("/nowhere/").status == 404
    found = faults_shown(page, "404")
    assert page.goto("/relicensing/new/").status == 403

    assert found + faults_shown(page, "403") == []


@LANGUAGES
def test_the_administration(as_someone, requests, language):
    page = as_someone("auditor", locale=language)
    lists = [reverse(f"admin:{model._meta.label_lower.replace('.', '_')}_changelist") for model in admin.site._registry]

    assert [fault for path in [reverse("admin:index"), *lists] for fault in faults(page, path)] == []


@LANGUAGES
def test_the_forms_of_the_administrator(as_someone, demo_loaded, language):
    page = as_someone("admin", locale=language)
    paths = [reverse(f"admin:{name}_add") for name in ("auth_user", "licences_product")]

    assert [fault for path in paths for fault in faults(page, path)] == []
