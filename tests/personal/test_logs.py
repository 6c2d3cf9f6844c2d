"""Log lines hold paths and outcomes, and no personal data at any log level."""

import json
import logging

import pytest

from licences import operations
from tests import factories
from tests.factories import TODAY
from tests.imports import entry_points, files
from tests.personal.finding import words_in
from tests.personal.quellwasser import AS_REGISTERED, WHO

OURS = (
    "licences",
    "customers",
    "licensing_portal",
    "django.request",
    "django.security",
    "django.server",
    "django_tasks",
)


# Numbers that a log record has by chance.
CLOCK_AND_THREADS = {"created", "msecs", "relativeCreated", "thread", "process"}


@pytest.fixture
def logged(caplog):
    """A function that returns everything that the portal's and Django's loggers have logged, from DEBUG on."""
    for name in OURS:
        caplog.set_level(logging.DEBUG, logger=name)
    caplog.set_level(logging.DEBUG)
    return lambda: (
        caplog.text
        + "".join(
            str({name: value for name, value in record.__dict__.items() if name not in CLOCK_AND_THREADS})
            for record in caplog.records
            if record.name.startswith(OURS)
        )
    )


def assert_nobody_is_named(text):
    assert words_in(text) == set()


def test_an_import_with_rejected_and_unreadable_rows(catalogue, logged):
    good, bad = files.row("Q-1", **WHO), files.row("Q-2", **WHO | {"product": "NO-SUCH"})
    odd = files.row("Q-3", **WHO | {"contact_name": "Xaver\r\nQuintessenz"}, quantity="x")

    entry_points.through_the_page(files.csv_bytes(good, bad, odd), accept_valid=True)

    assert_nobody_is_named(logged())


def test_a_call_from_checklist_to_code(catalogue, clerk, as_user, logged):
    code = factories.registered(factories.bought(**WHO), **AS_REGISTERED)
    said = factories.answers(code)
    client = as_user(clerk)
    answers = {name: getattr(said, name) for name in said.__dataclass_fields__ if name != "release_code_unavailable"}

    wrong = client.post("/relicensing/new/", {**answers, "customer_name": "", "purpose": ""})
    request = client.post("/relicensing/new/", {**answers, "purpose": "migrate"})
    issued = client.post(f"{request['Location']}issue/")

    assert (wrong.status_code, issued.status_code) == (422, 302)
    assert_nobody_is_named(logged())


def test_an_api_registration_that_is_accepted_refused_and_not_understood(catalogue, client, logged):
    serial = factories.bought(**WHO)
    place = {"serial": serial.code, "site_id": "1" * 12, "installation_token": factories.token_of("1" * 12)}
    body = {**place, "server_version": "2.6", "client_version": "2.6"}
    customer = {name: value for name, value in AS_REGISTERED.items() if name != "country"}

    def post(**values):
        sent = json.dumps({**body, "customer": customer, **values})
        return client.post("/api/v1/registrations", sent, content_type="application/json").status_code

    assert [post(), post(site_id="2" * 12), post(server_version=WHO["contact_name"])] == [201, 409, 422]
    assert_nobody_is_named(logged())


def test_an_erasure(catalogue, logged, django_capture_on_commit_callbacks):
    customer = factories.bought(**WHO).site.customer

    with django_capture_on_commit_callbacks(execute=True):
        operations.erase_customer(customer_id=customer.pk, reason="Asked for, as told by letter.", by="supervisor")

    assert_nobody_is_named(logged())


def test_a_case_file(catalogue, auditor, as_user, logged):
    code = factories.registered(factories.bought(**WHO), **AS_REGISTERED | {"name": "株 Zymurgie"})

    assert as_user(auditor).get(f"/serials/{code.serial.code}/case-file.pdf").status_code == 200
    assert operations.update_installation(serial=code.serial.code, site_id=None, versions=None, by="x", today=TODAY)
    assert_nobody_is_named(logged())


def test_pages_tell_other_sites_nothing_about_where_somebody_came_from(client, db):
    answer = client.get("/register/")

    assert answer["Referrer-Policy"] in ("same-origin", "no-referrer")
