"""Every error under ``/api/`` is answered with a problem document (RFC 9457), never with a page."""

import json
from io import BytesIO
from unittest import mock

import pytest

from tests import factories
from tests.api.conftest import is_problem
from tests.tables import each_row

pytestmark = pytest.mark.usefixtures("catalogue")


@each_row("path", ["/api/", "/api/v1", "/api/v1/", "/api/v1/registrations/", "/api/v2/updates", "/api/x"])
def test_an_address_that_does_not_exist(path, server):
    for method in ("get", "post"):
        assert is_problem(getattr(server.client, method)(path, content_type="application/json"), "not-found", 404)


@each_row("method", ["get", "put", "patch", "delete", "options", "trace"])
def test_a_method_that_is_not_allowed(method, server):
    refused = getattr(server.client, method)("/api/v1/updates")

    assert is_problem(refused, "method-not-allowed", 405)
    assert refused.headers["Allow"] == "POST"


@each_row(
    "body",
    [
        b" ",
        b"serial=AB1CO9XZ",
        b"{",
        b"\xff\xfe{\x00}\x00",
        b'{"serial": NaN}',
        b"[" * 60_000,
        b'{"a":' * 10_000,
        b"null",
        b"[]",
        b'"text"',
        b"17",
    ],
)
def test_a_body_that_is_no_object_of_json(body, server):
    refused = server.client.post("/api/v1/updates", body, content_type="application/json")

    assert is_problem(refused, "invalid-request", 422)
    assert list(refused.json()["errors"]) == ["body"]


@each_row("text", [r"\ud800", r"\u0000", r"\udfff\ud800"])
def test_text_that_no_database_can_hold(text, server):
    body = json.dumps(server.registration(factories.bought().code, name="NAME")).replace("NAME", text)

    refused = server.client.post("/api/v1/registrations", body, content_type="application/json")

    assert is_problem(refused, "invalid-request", 422)
    assert len(refused.json()["errors"]) == 1


@each_row("media_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
def test_a_body_of_another_media_type(media_type, server):
    refused = server.client.generic("POST", "/api/v1/updates", b"{}", content_type=media_type)

    assert is_problem(refused, "unsupported-media-type", 415)


def test_json_may_say_that_it_is_utf_8(server):
    code = factories.registered(site_id=server.site_id)
    body = json.dumps(server.update_body(code.serial.code))

    answer = server.client.post("/api/v1/updates", body, content_type="application/json; charset=utf-8")

    assert answer.status_code == 200


@each_row("charset", ["iso-8859-1", "UTF-16", "windows-1252"])
@each_row("call", ["registrations", "updates", "releases"])
def test_a_body_in_another_declared_charset_gets_a_sentence_of_its_own(call, charset, server):
    refused = server.client.post(f"/api/v1/{call}", b"{}", content_type=f"application/json; charset={charset}")

    assert is_problem(refused, "unsupported-media-type", 415)
    assert refused.json()["detail"].startswith("The header “Content-Type” names another character set.")


def test_a_body_that_is_too_large(server):
    refused = server.post("updates", {"serial": "A" * 70_000})

    assert is_problem(refused, "body-too-large", 413)


def test_a_body_that_comes_in_chunks_is_read_as_far_as_the_limit(server):
    """Send a chunked body, as .NET and Java do; gunicorn sets ``wsgi.input_terminated``."""
    code = factories.registered(site_id=server.site_id)

    def in_chunks(body):
        stream = {"wsgi.input": BytesIO(json.dumps(body).encode()), "wsgi.input_terminated": True}
        return server.post("updates", body, HTTP_TRANSFER_ENCODING="chunked", CONTENT_LENGTH="", **stream)

    answer = in_chunks(server.update_body(code.serial.code))
    refused = in_chunks({"serial": "A" * 70_000})

    assert answer.status_code == 200
    assert is_problem(refused, "body-too-large", 413)


def test_a_failure_of_ours_tells_nothing_of_its_inside(server, caplog, settings):
    settings.DEBUG = True
    with mock.patch("licences.operations.update_installation", side_effect=RuntimeError("inside")):
        failed = server.update("AB1CO9XZ")

    assert is_problem(failed, "internal-error", 500)
    assert "inside" not in failed.content.decode()
    assert "Traceback" not in failed.content.decode()
    assert "inside" in caplog.text


def test_a_failure_around_the_api_is_a_problem_as_well(server):
    with mock.patch("licences.throttling.take_request", side_effect=RuntimeError("inside")):
        failed = server.client.post("/api/v1/updates", b"{", content_type="application/json")

    assert is_problem(failed, "internal-error", 500)
    assert "inside" not in failed.content.decode()


def test_another_host_name_is_a_bad_request(server, settings):
    settings.ALLOWED_HOSTS = ["licensing.example.com"]

    assert is_problem(server.update("AB1CO9XZ"), "bad-request", 400)


def test_the_type_leads_to_what_the_documentation_says_about_it(server):
    refused = server.update("AB1CO9XZ").json()
    address, _, anchor = refused["type"].partition("#")

    page = server.client.get(address.removeprefix("http://testserver")).content.decode()

    assert f'id="{anchor}"' in page


def test_every_answer_has_the_strict_headers(server):
    for answer in (server.update("AB1CO9XZ"), server.client.get("/api/docs"), server.client.get("/api/x")):
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_no_cookie_is_set(server):
    assert not server.register(factories.bought().code).cookies
