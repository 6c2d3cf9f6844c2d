"""Fixtures of the API tests: a customer's server that calls the portal."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from licences.domain.codes import new_site_id
from tests import factories
from tests.factories import TODAY

CUSTOMER = {
    "name": "Bäckerei Müller & Söhne GmbH",
    "address_line1": "Hauptstraße 12a",
    "contact_name": "Sabine Vogel",
    "contact_phone": "07071/555 0163",
}


class Server:
    """An Xchange Server that calls the API; ``client`` is an HTTP client without cookies.

    ``token`` is None for a server older than tokens. ``unlock_code`` is what it shows; empty for none.
    """

    def __init__(
        self, site_id: str = "", *, version: str = "2.6", token: str | None = "", unlock_code: str = "", **headers: str
    ) -> None:
        self.site_id = site_id or new_site_id()
        self.token = factories.token_of(self.site_id) if token == "" else token
        self.unlock_code = unlock_code
        self.version = version
        self.client = Client(raise_request_exception=False, headers=headers)

    def post(self, call: str, body: Any, **options: Any) -> Any:
        return self.client.post(f"/api/v1/{call}", body, content_type="application/json", **options)

    def registration(self, serial: str, **values: Any) -> dict[str, Any]:
        return {**self.update_body(serial), "customer": {**CUSTOMER, **values}}

    def update_body(self, serial: str) -> dict[str, Any]:
        versions = {"server_version": self.version, "client_version": self.version}
        return {**self.place(serial), **versions}

    def place(self, serial: str) -> dict[str, Any]:
        proof = {"installation_token": self.token, "unlock_code": self.unlock_code}
        return {"serial": serial, "site_id": self.site_id, **{name: text for name, text in proof.items() if text}}

    def register(self, serial: str, **values: Any) -> Any:
        return self.post("registrations", self.registration(serial, **values))

    def update(self, serial: str) -> Any:
        return self.post("updates", self.update_body(serial))

    def release(self, serial: str, release_code: str) -> Any:
        return self.post("releases", {**self.place(serial), "release_code": release_code})

    def upgrade_check(self, serial: str, to: str) -> Any:
        return self.client.get("/api/v1/upgrade-check", {"serial": serial, "site_id": self.site_id, "to": to})


@pytest.fixture
def server():
    return Server()


@pytest.fixture
def new_server():
    return Server


@pytest.fixture(autouse=True)
def the_day(monkeypatch):
    """Every test runs on the day of the examples."""
    day_of = timezone.localdate
    monkeypatch.setattr(
        "django.utils.timezone.localdate", lambda moment=None: TODAY if moment is None else day_of(moment)
    )


@pytest.fixture
def no_limit(settings):
    """Lift the rate limits."""
    settings.RATE_LIMIT_ADDRESS = settings.RATE_LIMIT_SERIAL = 100_000


def is_problem(response: Any, name: str, status: int) -> bool:
    """Assert that a response is the complete problem document of that name; returns True."""
    document = response.json()
    assert response.headers["Content-Type"] == "application/problem+json"
    assert document["type"].rpartition("#")[2] == name, document
    assert (response.status_code, document["status"]) == (status, status)
    assert all(document[name] for name in ("title", "detail"))
    assert document["instance"].startswith("urn:uuid:")
    assert ("errors" in document) is (name == "invalid-request")
    return True
