"""The OpenAPI description: every status is described, and the examples are what the portal answers."""

import json
from datetime import UTC, datetime

import jsonschema_rs
import pytest

from licences import imports, licence_files, operations
from licences.api import examples
from licences.api.problems import PROBLEMS
from licences.imports.rows.purchase_lines import PurchaseLine
from licences.models import Serial
from tests import factories
from tests.api.conftest import Server
from tests.domain.test_code_vectors import KEYS

PORTAL = "https://licensing.example.com"
# The key of RFC 8037, appendix A.1.
SIGNING_KEY = """-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g
-----END PRIVATE KEY-----"""


@pytest.fixture
def schema(client):
    return client.get("/api/openapi.json").json()


@pytest.fixture
def portal(catalogue, settings, monkeypatch):
    """The portal of the examples, with the purchase that they need."""
    settings.PORTAL_URL = PORTAL
    settings.UNLOCK_KEYS = {1: KEYS[1]}
    settings.LICENCE_KEYS = licence_files.parse_keys(SIGNING_KEY)
    monkeypatch.setattr("django.utils.timezone.now", lambda: datetime(2026, 11, 24, 9, 30, tzinfo=UTC))
    buy("XCH-SRV", 1)
    buy("XCH-USR", 25)
    return Server("4K7MPO2WQZ8R", token=examples.TOKEN["installation_token"])


def buy(product: str, quantity: int) -> PurchaseLine:
    values = {name: value for name, value in examples.CUSTOMER.items() if name != "name"}
    line = factories.line(
        serial="AB1CO9XZ", product=product, quantity=quantity, customer_name=examples.CUSTOMER["name"], **values
    )
    imports.record_purchase(line, by="tests")
    return line


def test_the_story_of_the_examples_is_true(portal):
    client = portal.client

    registered = portal.post("registrations", examples.REQUESTS["register"])
    again = portal.post("registrations", examples.REQUESTS["register"])
    updated = portal.post("updates", examples.REQUESTS["update"])
    checked = client.get("/api/v1/upgrade-check", examples.REQUESTS["upgrade_check"])
    released = portal.post("releases", examples.REQUESTS["release"])

    assert (registered.status_code, registered.json()) == (201, examples.ANSWERS["register"])
    assert (again.status_code, again.json()) == (200, examples.ANSWERS["register"])
    assert (updated.status_code, updated.json()) == (200, examples.ANSWERS["update"])
    assert (checked.status_code, checked.json()) == (200, examples.ANSWERS["upgrade_check"])
    assert (released.status_code, released.json()) == (200, examples.ANSWERS["release"])


def test_the_problems_of_the_examples_are_what_is_answered(portal, client, settings):
    schema = client.get("/api/openapi.json").json()
    without_phone = {**examples.REQUESTS["register"], "customer": {**examples.CUSTOMER, "contact_phone": ""}}
    other, somebody_else = Server("999999999999"), {"customer_name": "Nordlicht AG"}
    answers = {"invalid-request": portal.post("registrations", without_phone)}
    portal.post("registrations", examples.REQUESTS["register"])
    answers["serial-in-use"] = other.register("AB1CO9XZ")
    answers["unknown-serial"] = other.update("AB1CO9XZ")
    answers["installation-not-proved"] = Server("4K7MPO2WQZ8R").update("AB1CO9XZ")
    answers["registration-required"] = other.update(factories.bought(**somebody_else).code)
    answers["site-id-in-use"] = portal.register(factories.bought(**somebody_else).code)
    answers["release-code-wrong"] = portal.release("AB1CO9XZ", "AAAAAAAAAA")
    uncovered = factories.bought(**somebody_else, software_assurance_until=None)
    answers["software-assurance-required"] = other.register(uncovered.code)
    portal.post("releases", examples.REQUESTS["release"])
    answers["relicensing-required"] = portal.update("AB1CO9XZ")
    operations.block_serial(serial="AB1CO9XZ", reason="Invoice disputed.", by="supervisor")
    answers["serial-blocked"] = portal.update("AB1CO9XZ")
    answers["body-too-large"] = portal.post("updates", {"serial": "A" * 70_000})
    answers["unsupported-media-type"] = client.post("/api/v1/updates", "x", content_type="text/plain")
    settings.ALLOWED_HOSTS = ["licensing.example.com"]
    answers["bad-request"] = portal.update("AB1CO9XZ")

    shown = _problem_examples(schema)
    for name, answer in answers.items():
        assert answer.json() | {"instance": ""} == shown[name] | {"instance": ""}, name
    assert set(shown) - set(answers) == {
        "nothing-licensed",
        "codes-exhausted",
        "too-many-requests",
        "unavailable",
        "internal-error",
    }


def _problem_examples(schema):
    found = {}
    for methods in schema["paths"].values():
        for operation in methods.values():
            for response in operation["responses"].values():
                content = response["content"].get("application/problem+json", {})
                found |= {name: each["value"] for name, each in content.get("examples", {}).items()}
    return found


def test_every_example_fits_its_schema(schema):
    checked = 0
    for methods in schema["paths"].values():
        for operation in methods.values():
            contents = [operation.get("requestBody", {}).get("content", {})]
            contents += [response["content"] for response in operation["responses"].values()]
            for content in (each for media_types in contents for each in media_types.values()):
                validator = jsonschema_rs.validator_for(content["schema"] | {"components": schema["components"]})
                values = [each["value"] for each in content.get("examples", {}).values()]
                for value in [*values, *([content["example"]] if "example" in content else [])]:
                    validator.validate(value)
                    checked += 1
            for parameter in operation["parameters"]:
                jsonschema_rs.validator_for(parameter["schema"]).validate(parameter["example"])
    assert checked > 40


def test_every_call_tells_of_every_status(schema):
    statuses = {
        operation["operationId"]: set(operation["responses"])
        for methods in schema["paths"].values()
        for operation in methods.values()
    }
    of_every_call = {"400", "404", "422", "429", "500", "503", "403", "409"}
    of_a_body = {"413", "415"}
    assert statuses == {
        "register": {"200", "201"} | of_every_call | of_a_body,
        "update": {"200"} | of_every_call | of_a_body,
        "release": {"200"} | of_every_call | of_a_body,
        "upgrade_check": {"200"} | of_every_call,
    }


def test_every_problem_that_a_call_may_have_is_described(schema):
    described = set(_problem_examples(schema))

    assert described == set(PROBLEMS) - {"not-found", "method-not-allowed"}


def test_the_description_is_valid_openapi_and_names_the_four_calls(schema):
    assert schema["openapi"] == "3.1.0"
    assert set(schema["paths"]) == {
        "/api/v1/registrations",
        "/api/v1/updates",
        "/api/v1/releases",
        "/api/v1/upgrade-check",
    }
    assert "ProblemOut" in json.dumps(schema["paths"])


def test_the_documentation_is_a_page_under_our_policy_without_scripts_of_its_own(client, schema):
    page = client.get("/api/docs")

    text = page.content.decode()
    assert page.status_code == 200
    assert "unsafe" not in page.headers["Content-Security-Policy"]
    assert " style=" not in text
    assert "http://" not in text.replace("http://www.w3.org", "").replace("http://testserver", "")
    for path in schema["paths"]:
        assert path in text
    for name in PROBLEMS:
        assert f'id="{name}"' in text


def test_it_is_in_english_for_everybody(client):
    page = client.get("/api/docs", headers={"Accept-Language": "de"}).content.decode()

    assert "Unknown serial number" in page


def test_the_portal_of_the_examples_holds_no_other_serial(portal):
    assert Serial.objects.get().code == "AB1CO9XZ"
