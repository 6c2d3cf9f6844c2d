"""The OpenAPI description of the calls with a key: its examples are what programs are answered."""

from datetime import UTC, datetime

import jsonschema_rs
import pytest
from django.test import Client

from licences import operations
from licences.api.programs import examples
from licences.api.programs.problems import PROGRAM_PROBLEMS
from licences.models import Event, Release
from tests import factories
from tests.api.shops import Shop


@pytest.fixture
def schema(client):
    return client.get("/api/programs/openapi.json").json()


@pytest.fixture
def program(catalogue, settings, monkeypatch):
    settings.PORTAL_URL = "https://licensing.example.com"
    monkeypatch.setattr("django.utils.timezone.now", lambda: datetime(2026, 11, 24, 9, 30, tzinfo=UTC))
    operations.save_releases([Release(version="2.7")], by="tests")
    factories.registered(factories.bought(serial="AB1CO9XZ", customer_number="K-10042"), site_id="4K7MPO2WQZ8R")
    key = factories.program_key("sites:read", "sites:personal").text
    return Client(headers={"Authorization": f"Bearer {key}"})


def test_the_examples_are_what_is_answered(program):
    number = examples.PARAMETERS["find_sites"]["q"]

    assert program.get("/api/v1/sites/AB1C-O9XZ").json() == examples.ANSWERS["read_site"]
    assert program.get("/api/v1/sites", {"q": number}).json() == examples.ANSWERS["find_sites"]
    assert program.get("/api/v1/callers", {"number": number}).json() == examples.ANSWERS["name_callers"]


def test_the_example_of_a_shop_is_what_is_answered(catalogue, settings, monkeypatch):
    settings.PORTAL_URL = "https://licensing.example.com"
    monkeypatch.setattr("licences.domain.codes.new_serial", lambda: "AB1CO9XZ")
    shop, body = Shop(), examples.BODIES["record_purchases"]
    wrong = {"lines": [{**examples.LINE, "purchase_reference": "WEB-2026-48121", "product": "XCH-SVR"}]}

    told = [shop.post(each).json() for each in (body, body, wrong)]

    assert {**told[0], "recorded_in": None} == {**examples.PURCHASES_BY_STATUS[201], "recorded_in": None}
    assert told[0]["recorded_in"]["url"].startswith("https://licensing.example.com/purchases/imports/")
    assert told[1] == examples.PURCHASES_BY_STATUS[200]
    assert told[2]["lines"] == examples.REJECTED_LINES


def test_the_example_of_an_event_is_what_is_answered(program):
    key = factories.program_key("events:read").text
    registered = Event.objects.get(kind="registered")
    reader = Client(headers={"Authorization": f"Bearer {key}"})

    answer = reader.get("/api/v1/events", {"after": registered.pk - 1, "limit": 1}).json()

    (event,), (example,) = answer["events"], examples.ANSWERS["read_events"]["events"]
    assert event == example | {"id": registered.pk, "customer": registered.customer_id}
    assert answer == {"events": [event], "next": registered.pk, "more": True}


def test_every_example_fits_its_schema_and_every_status_is_described(schema):
    checked = 0
    for methods in schema["paths"].values():
        for operation in methods.values():
            statuses = {"200", "304", "400", "401", "403", "422", "429", "500", "503"}
            of_a_body = {"201", "202", "409", "413", "415"}
            wanted = (statuses | of_a_body) - {"304"} if "requestBody" in operation else statuses
            assert set(operation["responses"]) - {"404"} - ({"409"} - wanted) == wanted
            for content in (
                each for answer in operation["responses"].values() for each in answer.get("content", {}).values()
            ):
                validator = jsonschema_rs.validator_for(content["schema"] | {"components": schema["components"]})
                for value in [each["value"] for each in content.get("examples", {}).values()] or [content["example"]]:
                    validator.validate(value)
                    checked += 1
            for parameter in operation["parameters"]:
                jsonschema_rs.validator_for(parameter["schema"]).validate(parameter["example"])
    assert checked > 30


def test_programs_and_servers_have_descriptions_of_their_own(client, schema):
    of_servers = client.get("/api/openapi.json").json()["paths"]

    named = ("sites", "sites/{serial}", "callers", "purchases", "events")
    assert set(schema["paths"]) == {f"/api/v1/{each}" for each in named}
    assert not set(schema["paths"]) & set(of_servers)


def test_every_parameter_is_described(client, schema):
    page = client.get("/api/programs/docs").content.decode()

    calls = [call for methods in schema["paths"].values() for call in methods.values()]
    parameters = [parameter for call in calls for parameter in call["parameters"]]
    assert [each["name"] for each in parameters if not each.get("description")] == []
    assert "Members of a site to answer, with commas between them" in page


def test_the_page_describes_every_call_and_problem(client, schema):
    page = client.get("/api/programs/docs").content.decode()

    for path, methods in schema["paths"].items():
        assert all(f"{method.upper()} {path}" in page for method in methods)
    for name in PROGRAM_PROBLEMS:
        assert f'id="{name}"' in page
    assert page.count("Authorization: Bearer xlp_") == 5
    assert f"Idempotency-Key: {examples.PARAMETERS['record_purchases']['Idempotency-Key']}" in page
    assert "lines[].purchase_reference" in page
