"""Every page is asked with values that nobody should send, in its address and in its forms: refused, never an error."""

import re
from itertools import product
from urllib.parse import quote, urlencode

import pytest
from django.db import transaction

from tests.roles.expectations import EVERY_KIND, SUPERUSER, expected
from tests.roles.forms import attempts
from tests.roles.pages import Route, routes
from tests.roles.stage import Browser, person

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


def test_every_page_answers_anything_in_its_address(stage, root):
    """The same in all parameters. Each page meets a quarter of the values here, and the next page another quarter."""
    wrong = [
        f"{route}: {what}"
        for number, route in enumerate(WITH_QUERY)
        for what in list(UGLY)[number % 4 :: 4]
        if not answered(root, "GET", f"{stage.address(route)}?{query(dict.fromkeys(asked(route), UGLY[what]))}")
    ]

    assert not wrong, wrong


@pytest.mark.parametrize("half", [0, 1])
def test_each_parameter_alone_may_be_anything(half, stage, root):
    """One at a time: some are looked at only where the others are in order."""
    wrong = []
    for number, route in enumerate(WITH_QUERY):
        for place, name in enumerate(asked(route)[half::2]):
            what = list(UGLY)[(number + place) % len(UGLY)]
            if not answered(root, "GET", f"{stage.address(route)}?{query({name: UGLY[what]})}"):
                wrong.append(f"{route}, {name}: {what}")

    assert not wrong, wrong


def test_every_form_answers_anything_in_every_field(stage, quiet):
    """Each form meets half of the values, and the next form the other half."""
    cast = {kind: Browser(person(kind), raise_request_exception=False) for kind in EVERY_KIND}
    forms = [(attempt, attempt.data(cast[attempt.seen_by])) for attempt in attempts(stage)]
    wrong = []
    for number, (attempt, data) in enumerate(forms):
        for what in list(UGLY)[number % 2 :: 2]:
            ugly = dict.fromkeys(data, UGLY[what].encode(errors="surrogatepass"))
            with transaction.atomic():
                answer = cast[attempt.seen_by]("post", attempt.action, attempt.filled(ugly))
                transaction.set_rollback(True)
            if not fine(answer):
                wrong.append(f"{attempt}: {what}")

    assert not wrong, wrong


@pytest.mark.parametrize("path", ["accounts/lockout", "auth/user", "django_tasks_database/dbtaskresult"])
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


@pytest.mark.parametrize(
    "what", ["a null byte", "a very long number", "a number beyond any column", "a path", "markup"]
)
def test_every_number_in_an_address_may_be_anything(what, stage, root):
    wrong = []
    for route in PAGES:
        address = stage.address(route)
        ugly = re.sub(r"/(\d+|[0-9A-Z]{4}-[0-9A-Z]{4})(?=/|$)", f"/{quote(UGLY[what], safe='')}", address)
        if ugly != address:
            wrong += [f"{route}: {method}" for method in ("GET", "POST") if not answered(root, method, ugly)]

    assert not wrong, wrong


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"\xff\xfe\x00", "application/x-www-form-urlencoded"),
        (b"a=%00%ff%fe&b=%u0041", "application/x-www-form-urlencoded; charset=utf-16"),
        (b"x" * 100, "multipart/form-data"),
        (b"x" * 100, "multipart/form-data; boundary=" + "b" * 300),
        (b"--b\r\nContent-Disposition: form-data; name=\r\n\r\nx\r\n--b--", "multipart/form-data; boundary=b"),
        (b"{", "application/json"),
        (b"", "text/plain; charset=nonsense"),
        (b"a=b", "application/x-www-form-urlencoded; charset=nonsense"),
    ],
    ids=["bytes", "UTF-16", "no boundary", "a long boundary", "no name", "JSON", "no charset", "no such charset"],
)
def test_every_page_answers_any_body(body, content_type, stage, root):
    posting = [route for route in PAGES if expected(route.name, route.model).post]

    wrong = [str(each) for each in posting if not answered(root, "POST", stage.address(each), body, content_type)]

    assert not wrong, wrong
