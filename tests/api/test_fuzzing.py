"""Fuzzing of bodies, headers and queries: an answer or a problem document, and never status 500."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import factories
from tests.api.conftest import CUSTOMER, Server
from tests.how_often import examples

pytestmark = pytest.mark.usefixtures("catalogue")

fuzzed = settings(
    max_examples=examples(30), suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)

texts = st.text(max_size=120) | st.sampled_from(
    ["AB1C-O9XZ", "4K7M-PO2W-QZ8R", "2.6", "v2.10.0.17", "２．６", "ﬁ", "ß"]
)
scalars = st.none() | st.booleans() | st.integers() | st.floats() | texts
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4), max_leaves=12
)
FIELDS = ("serial", "site_id", "server_version", "client_version", "release_code", "customer", "to")
bodies = st.dictionaries(st.sampled_from(FIELDS) | texts, values, max_size=8)
calls = st.sampled_from(["registrations", "updates", "releases"])
header_values = st.text(st.characters(max_codepoint=255, exclude_characters="\r\n"), max_size=60)
KNOWN = {200, 201, 403, 404, 409, 422, 429, 400, 413, 415}


def is_answered(response):
    assert response.status_code in KNOWN, response.content
    document = json.loads(response.content)
    assert ("type" in document) is (response.status_code >= 400)
    return True


@pytest.fixture
def no_limit(settings):
    settings.RATE_LIMIT_ADDRESS = settings.RATE_LIMIT_SERIAL = 10**9


@pytest.fixture
def server(no_limit):
    return Server()


@fuzzed
@given(call=calls, body=bodies | values)
def test_any_json(server, call, body):
    assert is_answered(server.post(call, json.dumps(body)))


@fuzzed
@given(call=calls, body=st.binary(max_size=300))
def test_any_bytes(server, call, body):
    assert is_answered(server.client.generic("POST", f"/api/v1/{call}", body, content_type="application/json"))


@fuzzed
@given(st.fixed_dictionaries(dict.fromkeys(CUSTOMER, texts)), texts, st.sampled_from(["address_line2", "city"]))
def test_any_details_of_a_customer(no_limit, details, text, optional):
    serial = factories.bought()

    answer = Server().register(serial.code, **{**details, optional: text})

    assert is_answered(answer)
    assert answer.status_code in (201, 422)


@fuzzed
@given(serial=texts, site_id=texts, to=texts)
def test_any_query(server, serial, site_id, to):
    query = {"serial": serial, "site_id": site_id, "to": to}
    try:
        answer = server.client.get("/api/v1/upgrade-check", query)
    except UnicodeEncodeError:  # a lone surrogate has no place in an address
        return
    assert is_answered(answer)


@fuzzed
@given(
    headers=st.dictionaries(
        st.sampled_from(
            [
                "X-Forwarded-For",
                "X-Forwarded-Proto",
                "Accept-Language",
                "Accept",
                "Content-Type",
                "Content-Length",
                "Cookie",
                "Authorization",
                "Transfer-Encoding",
                "If-Modified-Since",
                "Range",
                "Origin",
                "Referer",
            ]
        ),
        header_values,
    ),
    proxies=st.integers(0, 3),
)
def test_any_headers(server, settings, headers, proxies):
    settings.TRUSTED_PROXY_COUNT = proxies
    body = json.dumps(server.update_body("AB1C-O9XZ"))
    extra = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()}
    for name in ("CONTENT_TYPE", "CONTENT_LENGTH"):
        if f"HTTP_{name}" in extra:
            extra[name] = extra.pop(f"HTTP_{name}")

    assert is_answered(server.client.post("/api/v1/updates", body, **{"content_type": "application/json", **extra}))


@fuzzed
@given(path=st.text(st.characters(exclude_categories=["Cs"]), max_size=40))
def test_any_address(server, path):
    answer = server.client.get(f"/api/{path}")

    assert answer.status_code in (200, 404, 405)
