"""Plain, readable data, made through the real operations."""

import itertools
from datetime import date
from typing import Any

from licences import operations
from licences.domain.checklist import Answers
from licences.domain.codes import grouped, new_site_id
from licences.domain.details import Details
from licences.domain.purchase_lines import PurchaseLine
from licences.models import Installation, Product, Relicensing, Serial, UnlockCode
from licences.operations import Versions
from licences.operations.installations import begin_installation, enter_registration

TODAY = date(2026, 11, 24)
COVERED_UNTIL = date(2027, 6, 30)
PRODUCTS = {
    "XCH-SRV": ("Xchange Server", 1),
    "XCH-USR": ("Xchange user licence", 2),
    "XCH-CTI": ("Xchange desktop client", 3),
    "XCH-CRM": ("Xchange CRM connector", 4),
    "XCH-MOB": ("Xchange mobile client", 5),
    "XCH-FAX": ("Xchange fax gateway", 6),
}
_numbers = itertools.count(1)


def catalogue() -> list[Product]:
    return [
        operations.save_product(Product(sku=sku, name=name, slot=slot), by="tests")
        for sku, (name, slot) in PRODUCTS.items()
    ]


def line(**values: Any) -> PurchaseLine:
    """A valid purchase line; every call is another purchase."""
    number = next(_numbers)
    defaults: dict[str, Any] = {
        "purchase_reference": f"PO-{number:05d}",
        "line": 1,
        "purchased_on": date(2026, 1, 15),
        "serial": "",
        "product": "XCH-SRV",
        "quantity": 1,
        "software_assurance_until": COVERED_UNTIL,
        "customer_number": "",
        "customer_name": "Bäckerei Müller & Söhne GmbH",
        "address_line1": "Hauptstraße 12a",
        "postcode": "72074",
        "city": "Tübingen",
        "country": "DE",
        "contact_name": "Sabine Vogel",
        "contact_phone": "07071/555 0163",
        "contact_email": "vogel@example.com",
    }
    return PurchaseLine(**{**defaults, **values})


def bought(**values: Any) -> Serial:
    """A serial that was bought and never registered. Each call buys for another customer unless one is named."""
    values.setdefault("customer_number", f"K-{next(_numbers):05d}")
    return operations.record_purchase(line(**values), by="tests").serial


def details(**values: str) -> Details:
    defaults = {
        "name": "Bäckerei Müller & Söhne GmbH",
        "address_line1": "Hauptstraße 12a",
        "postcode": "72074",
        "city": "Tübingen",
        "country": "DE",
        "contact_name": "Sabine Vogel",
        "contact_phone": "07071/555 0163",
    }
    return Details(**{**defaults, **values})


def versions(server: str = "2.6", client: str | None = None) -> Versions:
    return Versions.parse(server=server, client=client or server)


def registered(serial: Serial | None = None, *, site_id: str = "", **values: Any) -> UnlockCode:
    """A serial registered on its first server; the unlock code leads to both."""
    answer = operations.register(
        serial=(serial or bought()).code,
        site_id=site_id or new_site_id(),
        versions=values.pop("versions", versions()),
        details=details(**values),
        by="tests",
        today=TODAY,
    )
    return answer.unlock_code


def taken_over(serial: Serial | None = None, *, name: str = "Bäckerei Müller & Söhne GmbH") -> Installation:
    """A live, registered installation from an older system: no unlock code was made here."""
    held = serial or bought()
    installation = begin_installation(held, new_site_id(), versions("2.4"), origin=Installation.Origin.TAKEN_OVER)
    enter_registration(installation, details(name=name), by="older system")
    return installation


def answers(code: UnlockCode, **values: Any) -> Answers:
    """What a caller says who released the installation of this code and has a new server now."""
    registration = code.serial.registrations.latest("pk")
    defaults: dict[str, Any] = {
        "serial": grouped(code.serial.code),
        "site_id": grouped(new_site_id()),
        "release_code": grouped(code.release_code),
        "server_version": "2.6",
        "client_version": "2.6",
        "customer_name": registration.name,
        "address_line1": registration.address_line1,
    }
    return Answers(**{**defaults, **values})


def request(code: UnlockCode, *, today: date = TODAY, **values: Any) -> Relicensing:
    """A re-licensing request whose checklist passes, unless ``values`` say otherwise."""
    said = answers(code, **values)
    return operations.open_request(answers=said, purpose="migrate", by="tests", today=today)


def relicensed(code: UnlockCode, **values: Any) -> UnlockCode:
    """The unlock code of the next installation."""
    return operations.issue(request_id=request(code, **values).pk, by="tests", today=TODAY)
