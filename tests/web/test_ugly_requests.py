"""Every page is asked with values that nobody should send, in its address and in its forms: refused, never an error."""

import re
from itertools import product
from typing import ClassVar
from urllib.parse import quote, urlencode

import pytest
from django.db import transaction
from django.http import QueryDict

from tests.roles.expectations import SUPERUSER, expected
from tests.roles.pages import Route, routes
from tests.roles.stage import Browser, person
from tests.tables import each_row

UGLY = {
    "a null byte": "\x00",
    "a null byte in between": "a\x00b",
    "a new line": "a\r\nX-Injected: 1",
    "half a surrogate pair": "\udc80",
    "a very long word": "x" * 6_000,
    "a very long number": "9" * 4_000,
    "a number beyond any column": str(2**63),
    "a negative number": "-1",
    "no number": "NaN",
    "another alphabet's digits": "٣٤٥",
    "markup": "<script>alert(1)</script>",
    "a quotation": "' OR 1=1 --",
    "a template": "{{7*7}}{% debug %}%s%n",
    "JSON": '["a", {"b": null}]',
    "JSON of another shape": "[[1], 2, 3, 4]",
    "a path": "../../../../etc/passwd",
}
ASKED = {  # what pages look for in their address, by where they are; longest beginnings first
    "accounts/": ("next", "page", "id", "language"),
    "admin/": (
        "q", "page", "format", "after", "before", "next", "o", "e", "p", "all", "id", "pk", "id__exact", "id__in",
        "code__startswith", "_popup", "_to_field", "_changelist_filters", "app_label", "model_name", "field_name",
    ),
    "": (
        "q", "page", "show", "format", "after", "before", "next", "serial", "other", "customer", "id", "language",
        "site_id", "to",
    ),
}  # fmt: skip


def asked(route: Route) -> tuple[str, ...]:
    return next(names for beginning, names in ASKED.items() if route.pattern.startswith(beginning))


def fine(answer) -> bool:
    """No error of ours, nothing that was put into a header, and no markup that came back as such."""
    if answer.status_code >= 500 or "X-Injected" in answer.headers:
        return False
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return b"<script>alert(1)</script>" not in body or "html" not in answer.headers.get("Content-Type", "")


LISTS = {"customers.customer", "licences.serial", "licences.event", "licences.release", "auth.user"}  # one of each make
ONCE = {route.pattern: route for route in routes()}.values()  # some pages have several names
PAGES = [route for route in ONCE if not route.model or route.model in LISTS]
SLOW = {"case-file-pdf"}  # which asks for nothing but its address
WITH_QUERY = [
    route
    for route in PAGES
    if (not route.model or route.name in ("changelist", "add", "export")) and route.name not in SLOW
]


def query(values: dict[str, str]) -> str:
    return urlencode(values, errors="surrogatepass")


@pytest.fixture
def root(stage, quiet):
    return Browser(person(SUPERUSER), raise_request_exception=False)


def answered(browser: Browser, method: str, address: str, *body) -> bool:
    """Whether a request is answered as it should be; whatever it did is undone."""
    with transaction.atomic():
        is_fine = fine(browser("generic", method, address, *body))
        transaction.set_rollback(True)
    return is_fine


class LookedFor(QueryDict):
    """The query of a request, which notes what names a page looks for, whether they are there or not."""

    names: ClassVar[set[str]] = set()

    def __getitem__(self, name):
        self._note(name)
        return super().__getitem__(name)

    def __contains__(self, name):
        self._note(name)
        return super().__contains__(name)

    def getlist(self, name, default=None):
        self._note(name)
        return super().getlist(name, default)

    def lists(self):
        self._note(*self)
        return super().lists()

    def items(self):
        self._note(*self)
        return super().items()

    def _note(self, *names):
        if not self._mutable:  # as it is only while it is filled
            self.names.update(names)


@pytest.fixture
def looked_for(monkeypatch):
    """The names that pages have looked for in their addresses."""
    monkeypatch.setattr("django.core.handlers.wsgi.QueryDict", LookedFor)
    LookedFor.names.clear()
    return LookedFor.names


def test_every_page_answers_anything_in_its_address(stage, root, looked_for):
    """First the same in all parameters: each page meets a quarter of the values, and the next page another quarter.

    Then each parameter alone that the page has looked for: some are looked at only where the others are in order.
    """
    wrong, known = [], set()
    for number, route in enumerate(WITH_QUERY):
        address, names, values = stage.address(route), asked(route), list(UGLY)
        looked_for.clear()
        requests = [{}, *(dict.fromkeys(names, UGLY[what]) for what in values[number % 4 :: 4])]
        wrong += [f"{route}: {each}" for each in requests if not answered(root, "GET", f"{address}?{query(each)}")]
        alone = [name for name in names if name in looked_for]
        known |= {(str(route), name) for name in alone}
        requests = [{name: UGLY[values[(number + at) % len(values)]]} for at, name in enumerate(alone)]
        wrong += [f"{route}: {each}" for each in requests if not answered(root, "GET", f"{address}?{query(each)}")]

    assert not wrong, wrong
    assert {
        ("lookup", "q"), ("lookup", "format"), ("register", "serial"), ("licences.event changelist", "o")
    } <= known  # fmt: skip


def test_every_form_answers_anything_in_every_field(rehearsal, quiet):
    """Each form meets a quarter of the values, and the next form another quarter."""
    cast = {kind: browser for kind, (_user, browser) in rehearsal.cast.items()}
    for browser in cast.values():
        browser.client.raise_request_exception = False
    wrong = []
    for number, (attempt, data) in enumerate(rehearsal.forms):
        for what in list(UGLY)[number % 4 :: 4]:
            ugly = dict.fromkeys(data, UGLY[what].encode(errors="surrogatepass"))
            with transaction.atomic():
                answer = cast[attempt.seen_by]("post", attempt.action, attempt.filled(ugly))
                transaction.set_rollback(True)
            if not fine(answer):
                wrong.append(f"{attempt}: {what}")

    assert not wrong, wrong


@each_row("path", ["accounts/lockout", "auth/user", "django_tasks_database/dbtaskresult"])
def test_rows_that_are_chosen_in_a_list_may_be_anything(path, stage, root):
    media = "application/x-www-form-urlencoded"
    actions = ("unlock", "end_sessions", "delete_selected", "export_admin_action")
    wrong = [
        f"{action}: {what}"
        for action, what in product(actions, UGLY)
        if not answered(
            root, "POST", f"/admin/{path}/", query({"action": action, "_selected_action": UGLY[what]}).encode(), media
        )
    ]

    assert not wrong, wrong


NO_NUMBERS = ("a null byte", "a path", "markup")


def test_every_number_in_an_address_may_be_anything(stage, root):
    """A number that no column holds, and what is no number: one such text for each page, and the next for the next."""
    wrong = []
    for number, route in enumerate(PAGES):
        address = stage.address(route)
        for what in ("a very long number", "a number beyond any column", NO_NUMBERS[number % len(NO_NUMBERS)]):
            ugly = re.sub(r"/(\d+|[0-9A-Z]{4}-[0-9A-Z]{4})(?=/|$)", f"/{quote(UGLY[what], safe='')}", address)
            if ugly != address:
                wrong += [f"{route}: {method} {what}" for method in ("GET", "POST") if not answered(root, method, ugly)]

    assert not wrong, wrong


FORM = "application/x-www-form-urlencoded"
BODIES = {
    "bytes": (b"\xff\xfe\x00", FORM),
    "no boundary": (b"x" * 100, "multipart/form-data"),
    "UTF-16": (b"a=%00%ff%fe&b=%u0041", f"{FORM}; charset=utf-16"),
    "a long boundary": (b"x" * 100, "multipart/form-data; boundary=" + "b" * 300),
    "JSON": (b"{", "application/json"),
    "no name": (b"--b\r\nContent-Disposition: form-data; name=\r\n\r\nx\r\n--b--", "multipart/form-data; boundary=b"),
    "no such charset": (b"a=b", f"{FORM}; charset=nonsense"),
    "no charset": (b"", "text/plain; charset=nonsense"),
}


def test_every_page_answers_any_body(stage, root):
    """Each page meets half of them, and the next page the other half."""
    posting = [route for route in PAGES if expected(route.name, route.model).post]

    wrong = [
        f"{route}: {what}"
        for number, route in enumerate(posting)
        for what in list(BODIES)[number % 2 :: 2]
        if not answered(root, "POST", stage.address(route), *BODIES[what])
    ]

    assert not wrong, wrong
