"""Parameters that no program means: each is answered with a problem document whose sentence names it
(docs/integration.md#problems-of-calls-with-a-key)."""

from urllib.parse import quote

import pytest
from django.test import Client

from tests import factories
from tests.api.conftest import is_problem

pytestmark = pytest.mark.django_db

# Call → its parameters, with values that are good.
CALLS = {
    "sites": {"q": "Müller", "limit": "5", "cursor": "5-AB1CO9XZ", "fields": "serial"},
    "sites/AB1CO9XZ": {"fields": "serial"},
    "callers": {"number": "+49 7071 5550163"},
    "events": {"after": "0", "limit": "5", "kind": "registered"},
}
ODD = {
    "NUL": "%00",
    "bytes that are no UTF-8": "%ff%fe",
    "half of a pair": "%ed%a0%80",
    "nothing that can be seen": "%e2%80%8b%e2%80%8d",
    "written from right to left": "%e2%80%ae",
    "line feed": "%0a",
    "nothing": "",
    "blanks": "%20%20",
    "too long": "x" * 5000,
    "a very long number": "9" * 5000,
    "digits of another script": "%d9%a1",
    "SQL": quote("' OR 1=1 --"),
    "a list": "%5B1%5D",
}
FREE = {"q", "number"}  # anything is looked up there that can be seen


@pytest.fixture
def get(catalogue):
    """Makes a call with a raw query; returns the answer."""
    factories.bought(serial="AB1CO9XZ")
    key = factories.program_key("sites:read", "events:read").text
    client = Client(raise_request_exception=False, headers={"Authorization": f"Bearer {key}"})
    return lambda call, query: client.get(f"/api/v1/{call}", QUERY_STRING=query)


@pytest.mark.parametrize("odd", ODD.values(), ids=ODD)
def test_an_odd_value_is_answered_in_words_that_name_its_parameter(get, odd):
    wrong = []
    for call, parameters in CALLS.items():
        for name in parameters:
            query = "&".join(f"{each}={quote(value)}" for each, value in parameters.items() if each != name)
            answer = get(call, f"{query}&{name}={odd}")
            free = name in FREE and answer.status_code == 200
            if not free and not (is_problem(answer, "invalid-request", 422) and answer.json()["errors"][name][0]):
                wrong.append((call, name, answer.status_code))

    assert wrong == []


def test_a_parameter_that_is_given_twice_is_refused_and_not_guessed(get):
    wrong = []
    for call, parameters in CALLS.items():
        for name, value in parameters.items():
            query = "&".join(f"{each}={quote(good)}" for each, good in parameters.items())
            answer = get(call, f"{query}&{name}={quote(value)}")
            if not is_problem(answer, "invalid-request", 422) or "once" not in answer.json()["errors"][name][0]:
                wrong.append((call, name, answer.status_code))

    assert wrong == []


def test_more_parameters_than_anybody_sends_are_a_problem_too(get):
    answer = get("events", "&".join(f"p{number}=1" for number in range(5000)))

    assert is_problem(answer, "bad-request", 400)
    assert is_problem(Client().get("/api/v1/upgrade-check", QUERY_STRING="p=1&" * 5000), "bad-request", 400)


@pytest.mark.parametrize(
    "serial", ["%00", "AB1CO9XZ%00", "%ff", "x" * 200, "%e2%80%8b", "AB1CO9X%EF%BC%BA", "..%2f", "%20"]
)
def test_an_odd_serial_number_in_the_address_is_answered_in_words(get, serial):
    key = factories.program_key("sites:read").text
    client = Client(raise_request_exception=False, headers={"Authorization": f"Bearer {key}"})

    answer = client.get(f"/api/v1/sites/{serial}")

    if answer.status_code == 200:
        assert answer.json()["serial"] == "AB1CO9XZ"
    else:
        assert answer.status_code in (404, 422)
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert answer.json()["detail"]
