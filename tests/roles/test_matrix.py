"""Every page × every kind of person × opening and posting, as the table of expectations says."""

from collections.abc import Iterator

import pytest
from django.contrib import admin
from django.db import transaction
from django.test import Client

from licences.models import Event
from tests.roles.expectations import ANONYMOUS, BY_KEY, DESKS, EVERY_KIND, NOBODY, PAGES, SUPERUSER, Who, expected
from tests.roles.pages import Route, routes
from tests.roles.stage import Browser, Stage, person

HERE = "tests/roles/expectations.py"
ROUTES = routes()


# --- The table is complete ---------------------------------------------------------------------------


def test_every_page_has_a_line_in_the_table():
    missing = [route for route in ROUTES if expected(route.name, route.model) is None]

    assert not missing, "\n".join(_what_to_add(route) for route in missing)


def _what_to_add(route: Route) -> str:
    if route.model and route.model not in DESKS:
        return f'No line for the list {route.model}: add "{route.model}": Desk(see=…) to DESKS in {HERE}.'
    if route.model:
        return f'No line for the page “{route.name}” of {route.model}: add "{route.name}" to _pages_of in {HERE}.'
    return f'No line for {route.pattern}: add "{route.name}": Page(get=…, post=…) to PAGES in {HERE}.'


def test_every_line_of_the_table_has_a_page():
    pages = {route.name for route in ROUTES if not route.model}
    lists = {model._meta.label_lower for model in admin.site._registry}

    assert not set(PAGES) - pages, f"There are no such pages (any more): remove their lines from PAGES in {HERE}."
    assert not set(DESKS) - lists, f"There are no such lists (any more): remove their lines from DESKS in {HERE}."


def test_the_walk_finds_pages_of_all_kinds():
    found = {str(route) for route in ROUTES}

    assert len(found) == len(ROUTES) > 200
    assert {"desk", "api:update", "admin:index", "licences.serial change", "licences.product import"} <= found


def test_a_page_without_a_line_is_named_with_what_to_add():
    route = Route("new-page", "", "new/page/", {})
    of_a_list = Route("changelist", "licences.new", "admin/licences/new/", {})

    assert expected(route.name) is None
    assert _what_to_add(route) == f'No line for new/page/: add "new-page": Page(get=…, post=…) to PAGES in {HERE}.'
    assert '"licences.new": Desk(see=…)' in _what_to_add(of_a_list)


@pytest.fixture
def nothing_rendered(no_text, caplog, monkeypatch):
    """No text, and refusals without their count and their line in the log, which test_escalation.py looks at."""
    caplog.set_level("CRITICAL")
    monkeypatch.setattr("licensing_portal.views.record_denial", lambda request, why: None)


# --- The portal is as the table says -----------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("kind", EVERY_KIND)
@pytest.mark.usefixtures("nothing_rendered")
def test_it_lets_in_whom_the_table_names_and_refuses_everybody_else(kind, stage):
    browser = Browser(person(kind))
    browser("get", "/")  # with which the session is in use; a page that is undone would note that again, and so on

    wrong = list(_wrong_cells(kind, stage, browser))

    assert not wrong, "\n".join(wrong)


def _wrong_cells(kind: str, stage: Stage, browser: Browser) -> Iterator[str]:
    for route in ROUTES:
        page, address = expected(route.name, route.model), stage.address(route)
        assert page is not None, _what_to_add(route)
        for method, who in (("get", page.get), ("post", page.post)):
            if route.model and not who and kind not in (ANONYMOUS, SUPERUSER):
                continue  # no rights lead there: refused to who has all of them, and to who has none
            is_public = BY_KEY in (page.get, page.post) or ANONYMOUS in ((page.get or NOBODY) | (page.post or NOBODY))
            wanted = _outcomes(kind, who, is_public=is_public)
            with transaction.atomic():  # whatever it did is undone: the next page is of the same stage
                outcome = browser.outcome(method, address)
                transaction.set_rollback(True)
            if outcome not in wanted:
                yield f"{route}, {method.upper()} {address}, {kind}: {outcome} instead of {' or '.join(wanted)}"


def _outcomes(kind: str, who: Who | None, *, is_public: bool) -> tuple[str, ...]:
    if who == BY_KEY:
        return ("401",)  # a login, whoever's, opens nothing
    if who is not None and kind in who:
        return ("in",)
    if who is None and is_public:
        return ("405",)
    if kind == ANONYMOUS:
        return ("login", "404") if who == NOBODY else ("login",)
    if who is None:
        return "405", "403"
    return ("403", "404") if who == NOBODY else ("403",)


@pytest.mark.django_db
@pytest.mark.usefixtures("nothing_rendered")
def test_no_page_has_another_method(stage):
    """What is no GET, HEAD, POST or OPTIONS changes nothing and hands out nothing, whoever asks."""
    browser = Browser(person(SUPERUSER))
    before = Event.objects.count()

    for number, route in enumerate(ROUTES):
        if route.name in ("api:openapi-json", "programs:openapi-json"):
            continue  # the same for everybody, however it is asked for
        others = ("put", "patch", "delete")
        for method in others if not route.model else others[number % 3 :][:1]:  # all lists are made alike
            assert browser(method, stage.address(route)).status_code in (404, 405), f"{route}: {method}"
    assert Event.objects.count() == before


@pytest.mark.django_db
@pytest.mark.parametrize("kind", [ANONYMOUS, SUPERUSER])
@pytest.mark.usefixtures("nothing_rendered")
def test_no_page_takes_a_form_of_another_site(kind, stage):
    """But for the APIs, which have no session, and the reports of browsers, which need none."""
    user = person(kind)
    browser = Client(enforce_csrf_checks=True, headers={"origin": "https://evil.example"})
    if user is not None:
        browser.force_login(user)

    for route in ROUTES:
        if not route.name.startswith(("api:", "programs:")) and route.name != "csp-reports":
            assert browser.post(stage.address(route), {}).status_code == 403, route
