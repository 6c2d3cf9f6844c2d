"""A shop that sends purchases, for the tests of the API."""

from typing import Any

from django.test import Client

from tests import factories

LINE: dict[str, Any] = {
    "purchase_reference": "WEB-1",
    "line": 1,
    "product": "XCH-SRV",
    "quantity": 1,
    "customer_number": "K-1",
    "customer_name": "Bäckerei Müller & Söhne GmbH",
    "address_line1": "Hauptstraße 12a",
    "postcode": "72074",
    "city": "Tübingen",
    "country": "DE",
}


def line(**values: Any) -> dict[str, Any]:
    """A line of a purchase that can be recorded, with other values where they are given."""
    return {**LINE, **values}


class Shop:
    """A program with a key of its own; ``client`` sends it with every call."""

    def __init__(self, *scopes: str, **headers: str) -> None:
        self.issued = factories.program_key(*(scopes or ("purchases:write",)), name="Shop")
        self.client = Client(
            raise_request_exception=False, headers={"Authorization": f"Bearer {self.issued.text}", **headers}
        )

    def send(self, *lines: Any, idempotency_key: str = "", **members: Any) -> Any:
        headers = {"Idempotency-Key": idempotency_key} if idempotency_key else {}
        return self.post({"lines": list(lines), **members}, headers=headers)

    def post(self, body: Any, **options: Any) -> Any:
        return self.client.post("/api/v1/purchases", body, content_type="application/json", **options)
