"""What servers send beside what is asked for is no reason to refuse them (docs/integration.md#four-calls)."""

import json

import pytest

from licences.models import Registration
from tests import factories
from tests.api.conftest import is_problem
from tests.tables import each_row

pytestmark = pytest.mark.usefixtures("catalogue")

OPTIONAL = ["address_line2", "postcode", "city", "country", "contact_email"]
REQUIRED = ["name", "address_line1", "contact_name", "contact_phone"]


def send(server, call, body, *, encoding="utf-8"):
    return server.client.post(f"/api/v1/{call}", json.dumps(body).encode(encoding), content_type="application/json")


def bodies(server, code):
    """The body of each call, by its name, for a serial that runs on this server."""
    return {
        "registrations": server.registration(code.serial.code),
        "updates": server.update_body(code.serial.code),
        "releases": {**server.place(code.serial.code), "release_code": code.release_code},
    }


@pytest.fixture
def code(server):
    return factories.registered(site_id=server.site_id)


@each_row("call", ["registrations", "updates", "releases"])
def test_a_byte_order_mark_is_skipped(call, server, code):
    answer = send(server, call, bodies(server, code)[call], encoding="utf-8-sig")

    assert answer.status_code == 200, answer.content


@each_row("value", ["pbx01", None, {"a": [1]}])
@each_row("call", ["registrations", "updates", "releases"])
def test_an_unknown_field_is_ignored(call, value, server, code):
    answer = send(server, call, {**bodies(server, code)[call], "hostname": value})

    assert answer.status_code == 200, answer.content


def test_an_unknown_field_of_the_customer_is_ignored_as_well(server):
    answer = server.register(factories.bought().code, hostname="pbx01", vat_number=None)

    assert answer.status_code == 201
    assert Registration.objects.get().name == "Bäckerei Müller & Söhne GmbH"


@each_row("field", OPTIONAL)
def test_null_is_the_same_as_absent(field, server):
    answer = server.register(factories.bought().code, **{field: None})

    assert answer.status_code == 201
    assert getattr(Registration.objects.get(), field) == ""


@each_row("field", REQUIRED)
def test_null_for_what_is_required_is_missing(field, server):
    refused = server.register(factories.bought().code, **{field: None})

    assert is_problem(refused, "invalid-request", 422)
    assert list(refused.json()["errors"]) == [f"customer.{field}"]


@each_row("field", ["serial", "site_id", "server_version", "customer"])
def test_null_for_the_whole_of_something_required_is_missing_too(field, server):
    refused = send(server, "registrations", {**server.registration(factories.bought().code), field: None})

    assert is_problem(refused, "invalid-request", 422)
    assert list(refused.json()["errors"]) == [field]


def test_the_description_allows_what_is_taken(client):
    schemas = client.get("/api/openapi.json").json()["components"]["schemas"]

    assert {name for name in OPTIONAL if schemas["CustomerIn"]["properties"][name]["type"] == ["string", "null"]} == {
        *OPTIONAL
    }
    assert not any(each.get("additionalProperties") is False for each in schemas.values())
