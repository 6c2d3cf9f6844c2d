"""``LOG_FORMAT=json``: each line is an object that says which request it belongs to, and holds nothing personal."""

import io
import json
import logging
import re
import sys

import pytest
from django.core.exceptions import PermissionDenied
from django.db import OperationalError
from django.test import Client
from psycopg.errors import AdminShutdown

from licensing_portal import gunicorn_conf
from licensing_portal.json_lines import JsonLine
from licensing_portal.logs import OneLine, OneObject, WithoutOutages
from tests import factories
from tests.tables import each_row
from tests.web.production import run

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


@pytest.fixture
def lines():
    """``lines()`` is what was logged, as objects, by the handler that the settings describe."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(OneObject())
    handler.addFilter(WithoutOutages())
    root = logging.getLogger()
    level = root.level
    root.setLevel(logging.INFO)
    root.addHandler(handler)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.removeHandler(handler)
    root.setLevel(level)


def record(message="Failed: %s", *arguments, error=None, **more):
    made = logging.LogRecord("x", logging.ERROR, "here", 1, message, arguments, error)
    made.__dict__ |= more
    return made


def raised(error):
    try:
        raise error
    except type(error):
        return sys.exc_info()


@pytest.mark.django_db
def test_a_request_is_one_line_with_its_id_view_and_status(staff, lines):
    answer = staff.get("/?q=Anna+Schmidt")

    [line] = [each for each in lines() if each["logger"] == "requests"]
    assert re.fullmatch(r"GET desk 200 in \d+ ms", line.pop("message"))
    assert TIME.fullmatch(line.pop("time"))
    assert line == {
        "level": "INFO",
        "logger": "requests",
        "request_id": answer.headers["X-Request-ID"],
        "view": "desk",
        "status": 200,
    }


@pytest.mark.django_db
def test_all_lines_of_a_request_have_its_id_also_those_that_django_writes_at_its_end(support_agent, as_user, lines):
    answer = as_user(support_agent).get("/relicensing/?q=Anna+Schmidt")

    about = [each for each in lines() if each["logger"] in ("security", "django.request", "requests")]
    assert {each["logger"] for each in about} == {"security", "django.request", "requests"}
    assert {each["request_id"] for each in about} == {answer.headers["X-Request-ID"]}


@pytest.mark.django_db
def test_nothing_personal_stands_in_a_line(clerk, support_agent, as_user, catalogue, lines):
    request = factories.request(factories.registered())
    browser = as_user(clerk)
    browser.get("/lookup/?q=Anna+Schmidt")
    browser.get("/nothing/?name=Anna+Schmidt")
    browser.post("/relicensing/new/", {"customer_name": "Anna Schmidt", "caller": "Anna Schmidt"})
    for _time in range(2):
        browser.post(f"{request.get_absolute_url()}withdraw/", {"note": "Anna Schmidt"})
    as_user(support_agent).get("/relicensing/?q=Anna")
    Client().post("/accounts/login/", {"username": "clerk", "password": "Anna Schmidt"})
    Client().get("/accounts/password/reset/1-abcdef-0123456789/")

    text = json.dumps(lines())
    assert len(lines()) > 8
    assert [
        word for word in ("Anna", "Schmidt", "clerk", "support", "q=", "name=", "abcdef-0123456789") if word in text
    ] == []


@pytest.mark.django_db
def test_what_is_answered_in_words_has_no_traceback_and_a_fault_has_one(clerk, monkeypatch, lines):
    browser = Client(raise_request_exception=False)
    browser.force_login(clerk)
    outage = OperationalError("gone")
    outage.__cause__ = AdminShutdown("terminating connection")
    found = {}
    for name, error in (("denied", PermissionDenied()), ("outage", outage), ("fault", ValueError("broken"))):
        monkeypatch.setattr("licences.views.desk.render", lambda *a, error=error, **o: (_ for _ in ()).throw(error))
        request_id = browser.get("/").headers["X-Request-ID"]
        found[name] = [each for each in lines() if each.get("request_id") == request_id and "traceback" in each]

    assert (found["denied"], found["outage"]) == ([], [])
    assert ["ValueError: broken" in each["traceback"] for each in found["fault"]] == [True]


@each_row("symbol", ["\n", "\r", "\x00", "\x1b", "\x85", "\u2028", "ü", '"'])
def test_no_message_ends_its_line(symbol):
    text = OneObject().format(record("Not Found: %s", f"/a{symbol}b"))

    assert text.isprintable()
    assert text.isascii()
    assert json.loads(text)["message"] == f"Not Found: /a{symbol}b"


def test_values_that_a_database_names_are_left_out_of_message_and_traceback():
    said = "duplicate key\nDETAIL:  Key (email)=(karin@example.com) already exists."

    line = OneObject().format(record("Failed: " + said, error=raised(ValueError(said))))

    assert "karin" not in line
    assert json.loads(line)["message"] == "Failed: duplicate key\nDETAIL: left out"
    assert "ValueError: duplicate key" in json.loads(line)["traceback"]


def test_the_key_of_a_link_for_a_new_password_is_left_out_of_text_too():
    path = "/accounts/password/reset/7-cx1y2z-0123456789abcdef/"

    for formatter in (OneLine("{message}", style="{"), OneObject()):
        line = formatter.format(record("Internal Server Error: %s", path))
        assert "/accounts/password/reset/-/" in line
        assert "0123456789abcdef" not in line


def test_a_request_that_was_refused_leaves_no_traceback_in_text_either():
    refused = record("Forbidden: %s", "/x/", error=raised(PermissionDenied()), status_code=403)

    assert OneLine("{message}", style="{").format(refused) == "Forbidden: /x/"
    assert refused.exc_info


# --- The setting, and gunicorn's own lines -----------------------------------------------------------


def test_the_setting_chooses_the_format_and_another_value_keeps_the_portal_from_starting():
    show = "from licensing_portal import settings; print(settings.LOGGING['handlers']['console']['formatter'])"

    assert run("-c", show).stdout.strip() == "line"
    assert run("-c", show, LOG_FORMAT="json").stdout.strip() == "object"
    refused = run("-c", show, LOG_FORMAT="xml")
    assert refused.returncode != 0
    assert "LOG_FORMAT is one of: text, json; not 'xml'." in refused.stderr


@each_row(
    ("variable", "file", "wants"),
    [("json", "", True), ("", "LOG_FORMAT=json\n", True), ("", 'A=1\nLOG_FORMAT="json"\n', True),
     ("text", "LOG_FORMAT=json\n", False), ("", "# LOG_FORMAT=json\n", False), ("", "", False)],
)  # fmt: skip
def test_gunicorn_itself_reads_it_where_the_settings_do(variable, file, wants, tmp_path, monkeypatch):
    (tmp_path / ".env").write_text(file)
    monkeypatch.setattr(gunicorn_conf, "_FOLDER", tmp_path)
    monkeypatch.setenv("LOG_FORMAT", variable)

    assert gunicorn_conf._wants_json() is wants


def test_the_lines_of_gunicorn_are_objects_too():
    line = json.loads(JsonLine().format(record("Booting worker with pid: %s", 17)))

    assert {name: line[name] for name in ("level", "logger", "message")} == {
        "level": "ERROR",
        "logger": "x",
        "message": "Booting worker with pid: 17",
    }
