"""What the security log says of a refusal: who by number, which role, where and why; on one line, without names."""

import logging
import sys

import pytest
from django.db import OperationalError
from django.test import Client, RequestFactory

from licences.models import RefusedAccess
from licences.views.access_denials import record_denial
from licensing_portal.logs import OneLine
from tests import factories
from tests.tables import each_row

pytestmark = pytest.mark.django_db


@pytest.fixture
def lines(caplog):
    caplog.set_level("INFO", logger="security")
    return lambda: [record.getMessage() for record in caplog.records if record.name == "security"]


def test_a_page_that_is_not_permitted(support_agent, as_user, lines):
    as_user(support_agent).get("/relicensing/?q=Anna+Schmidt")

    assert lines() == [f'refused permission: user={support_agent.pk} roles="Support agent" GET /relicensing/']


def test_a_forged_post(clerk, lines):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(clerk)

    assert browser.post("/relicensing/new/", {"customer_name": "Anna Schmidt"}).status_code == 403

    assert lines() == [f'refused csrf: user={clerk.pk} roles="Licensing staff" POST /relicensing/new/']


def test_a_request_that_is_a_manipulation(clerk, as_user, lines):
    answer = as_user(clerk).post("/relicensing/new/", {f"field{number}": "x" for number in range(1001)})

    assert answer.status_code == 400
    assert lines() == [f'refused TooManyFieldsSent: user={clerk.pk} roles="Licensing staff" POST /relicensing/new/']


def test_an_operation_that_refuses(clerk, as_user, lines, catalogue):
    request = factories.request(factories.registered())
    browser = as_user(clerk)
    browser.post(f"{request.get_absolute_url()}withdraw/")

    browser.post(f"{request.get_absolute_url()}withdraw/")

    path = f"{request.get_absolute_url()}withdraw/"
    assert lines() == [f'refused request-closed: user={clerk.pk} roles="Licensing staff" POST {path}']


def test_a_refusal_is_counted_under_the_name_of_the_user_and_seen_by_auditors(support_agent, auditor, as_user):
    browser = as_user(support_agent)
    for _time in range(3):
        browser.get("/unlock-codes/17/")

    row = RefusedAccess.objects.get()
    assert (row.username, row.method, row.page, row.why, row.times) == (
        "support", "GET", "/unlock-codes/<int:pk>/", "permission", 3,
    )  # fmt: skip
    assert row.last_at > row.first_at
    assert b"/unlock-codes/" in as_user(auditor).get("/admin/licences/refusedaccess/").content


def test_whoever_is_not_logged_in_fills_no_table(client):
    Client(enforce_csrf_checks=True).post("/accounts/login/", {"username": "x"})
    client.get("/admin/")

    assert not RefusedAccess.objects.exists()


def test_the_answer_is_the_same_where_the_count_cannot_be_written(support_agent, as_user, monkeypatch, lines):
    def busy(**values):
        raise OperationalError("database is locked")

    monkeypatch.setattr("licences.views.access_denials.count_access_denial", busy)

    assert as_user(support_agent).get("/relicensing/").status_code == 403
    assert [line.split(":")[0] for line in lines()] == ["refused permission", "the refusal could not be counted"]


@pytest.mark.parametrize(
    "path", ["/a\r\nrefused nothing: user=1", "/a\nb", "/a\x1b[31m", "/a\u2028b", "/a\x85b", "/\x00", "/" + "x" * 5000]
)
def test_no_path_begins_a_line_of_its_own(path, lines):
    request = RequestFactory().get("/")
    request.path = path

    record_denial(request, "permission")

    assert len(lines()) == 1
    assert lines()[0].isprintable()
    assert lines()[0].isascii()
    assert len(lines()[0]) < 300


@each_row("symbol", ["\r", "\n", "\x1b", "\x00", "\x7f", "\x85", "\u2028"])
def test_no_message_of_any_log_begins_a_line_of_its_own(symbol):
    record = logging.LogRecord("x", logging.WARNING, "", 0, "Not Found: %s", (f"/a{symbol}WARNING x: forged",), None)

    text = OneLine("{levelname} {name}: {message}", style="{").format(record)

    assert text.isprintable()
    assert text.startswith("WARNING x: Not Found: /a\\x")


def test_a_traceback_keeps_its_lines():
    try:
        raise ValueError("broken")
    except ValueError as error:
        record = logging.LogRecord("x", logging.ERROR, "", 0, "failed", (), (type(error), error, error.__traceback__))

    assert "\nValueError: broken" in OneLine("{message}", style="{").format(record)


def test_all_logs_of_the_portal_are_written_like_that(settings):
    assert {each["()"] for each in settings.LOGGING["formatters"].values()} == {
        "licensing_portal.logs.OneLine",
        "licensing_portal.logs.OneObject",
    }
    assert settings.LOGGING["loggers"]["security"]["level"] == "INFO"


def test_no_log_holds_the_values_that_a_database_names_in_an_error():
    person, address = "Karin\nMeyer", "karin@example.com"  # a traceback shows the line that raises, but not these
    said = f"duplicate key value\nDETAIL:  Key (email)=({address}) already exists."
    more = f"\nCONTEXT:  COPY customers, line 3, column name: {person}"
    try:
        raise ValueError(said + more)
    except ValueError:
        record = logging.LogRecord("django", logging.ERROR, "here", 1, "Failed: " + said, (), sys.exc_info())

    line = OneLine("{message}", style="{").format(record)

    assert "duplicate key value" in line
    assert "karin@example.com" not in line
    assert "Karin" not in line
    assert "Meyer" not in line
    assert "DETAIL: left out" in line
