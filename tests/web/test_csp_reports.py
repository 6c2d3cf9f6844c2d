"""Browsers report what the policy kept a page from loading; the log ``security`` has it, a few lines a minute."""

import json

import pytest
from django.test import Client

from licensing_portal.csp_reports import LINES_A_MINUTE, REPORT_LIMIT, REPORTS_A_MINUTE
from licensing_portal.security import REPORTS
from tests.tables import each_row

pytestmark = pytest.mark.django_db
OLD, NEW = "application/csp-report", "application/reports+json"


def old(directive="script-src-elem", blocked="https://evil.example/x.js?secret=1"):
    report = {"document-uri": "https://licensing.example.com/customers/5/", "effective-directive": directive}
    return {"csp-report": {**report, "violated-directive": directive, "blocked-uri": blocked}}


def new(directive="script-src-elem", blocked="https://evil.example/x.js"):
    body = {"effectiveDirective": directive, "blockedURL": blocked, "documentURL": "https://licensing.example.com/"}
    return {"type": "csp-violation", "body": body}


def send(content, content_type=OLD, **options):
    body = content if isinstance(content, str | bytes) else json.dumps(content)
    return Client(enforce_csrf_checks=True).post(REPORTS, body, content_type=content_type, **options)


@pytest.fixture
def lines(caplog):
    """What the log says so far: directive and blocked source."""
    caplog.set_level("INFO", logger="security")
    begin = "blocked by a browser: "
    return lambda: [
        record.getMessage().removeprefix(begin)
        for record in caplog.records
        if record.name == "security" and record.getMessage().startswith(begin)
    ]


def test_a_report_of_report_uri_is_logged_by_directive_and_host(lines):
    assert [send(old()).status_code for _ in range(3)] == [204] * 3
    assert lines() == ["script-src-elem evil.example"] * 3


def test_reports_of_report_to_are_logged(lines):
    answer = send([new(), new("style-src", "inline"), {"type": "deprecation"}], NEW)

    assert answer.status_code == 204
    assert lines() == ["script-src-elem evil.example", "style-src inline"]


def test_an_older_browser_names_the_directive_with_its_sources(lines):
    send({"csp-report": {"violated-directive": "img-src 'self'", "blocked-uri": "data"}})

    assert lines() == ["img-src data"]


@pytest.mark.parametrize(
    ("blocked", "kept"),
    [
        ("inline", "inline"),
        ("eval", "eval"),
        ("https://a.example:8443/path?q=1#x", "a.example"),
        ("wss://a.example/", "a.example"),
        ("chrome-extension://abcdef/x.js", "chrome-extension"),
        ("blob:https://a.example/1", "blob"),
        ("https://[bad", ""),
        ("Bäckerei Müller", ""),
        ("\r\nforged line", ""),
        ("https://user:secret@a.example/", "a.example"),
    ],
)
def test_of_what_was_blocked_a_host_or_a_word_is_kept(blocked, kept, lines):
    assert send(old(blocked=blocked)).status_code == 204
    assert lines() == [f"script-src-elem {kept or '-'}"]


@pytest.mark.parametrize("directive", ["", "SCRIPT", "x" * 100, "script/src", "<b>", "\x00", None, 5, ["script-src"]])
def test_what_is_no_directive_is_not_logged(directive, lines):
    assert send(old(directive=directive)).status_code == 204
    assert lines() == []


@pytest.mark.parametrize(
    "content",
    ["", "{", "nonsense", b"\xff\xfe", "[" * 10_000, '{"csp-report": 1}', "[1, null]", "null", '{"csp-report": {}}'],
)
@pytest.mark.parametrize("content_type", [OLD, NEW])
def test_anything_may_be_sent_and_nothing_comes_of_it(content, content_type, lines):
    assert send(content, content_type).status_code in (204, 400, 415)
    assert lines() == []


@each_row("content_type", ["application/json", "text/plain", "application/x-www-form-urlencoded"])
def test_other_media_types_are_refused(content_type):
    assert send(json.dumps(old()), content_type).status_code == 415


def test_a_report_that_is_too_large_is_refused_unread():
    assert send("x" * (REPORT_LIMIT + 1)).status_code == 413


def test_an_address_that_reports_without_end_is_told_to_wait(lines):
    answers = [send(old()) for _ in range(REPORTS_A_MINUTE + 2)]

    assert answers[-1].status_code == 429
    assert int(answers[-1]["Retry-After"]) > 0
    assert REPORTS_A_MINUTE - 1 <= len(lines()) <= REPORTS_A_MINUTE + 1


def test_however_many_reports_come_the_lines_of_a_minute_are_few(lines):
    for number in range(2 * LINES_A_MINUTE):
        answer = send(old(blocked=f"https://host{number}.example/"), REMOTE_ADDR=f"192.0.2.{number}")
        assert answer.status_code == 204

    assert LINES_A_MINUTE - 1 <= len(lines()) <= 1.5 * LINES_A_MINUTE  # one more for each second that this takes


def test_a_report_needs_no_login_and_gives_no_cookie():
    answer = send(old())

    assert not answer.cookies
    assert answer.content == b""
