"""Factories: records with plain, readable data, created through the real operations.

Keyword arguments replace single values of the default data.
"""

import itertools
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from licences import imports, operations
from licences.domain.checklist import Answers
from licences.domain.codes import grouped, new_site_id
from licences.domain.details import RegistrationDetails
from licences.domain.installation_proof import InstallationProof
from licences.domain.versions import Versions
from licences.imports.rows.purchase_lines import PurchaseLine
from licences.models import Installation, Product, Relicensing, Serial, UnlockCode
from licences.operations.installation_lifecycle import begin_installation, enter_registration

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
    """Save six products in slots 1 to 6."""
    return [
        operations.save_product(Product(sku=sku, name=name, slot=slot), by="tests")
        for sku, (name, slot) in PRODUCTS.items()
    ]


def line(**values: Any) -> PurchaseLine:
    """Return a valid purchase line. Every call is another purchase."""
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
    """Return a serial that was bought and never registered, for a new customer unless ``customer_number`` names one."""
    values.setdefault("customer_number", f"K-{next(_numbers):05d}")
    return imports.record_purchase(line(**values), by="tests").serial


def bought_together(purchases: Iterable[dict[str, Any]]) -> list[Serial]:
    """Return as many serials as ``bought`` would, one for each purchase, for a fraction of its time."""
    lines = [line(**{"customer_number": f"K-{next(_numbers):05d}", **values}) for values in purchases]
    outcome = imports.record_purchases(enumerate(lines, start=1), by="tests")
    assert outcome.applied, outcome.rejected
    serials = {each.site.customer.number: each for each in Serial.objects.select_related("site__customer")}
    return [serials[each.customer_number] for each in lines]


def top_up(serial: Serial, **values: Any) -> None:
    """Record another purchase for a serial, by its customer."""
    customer = serial.site.customer
    values = {"customer_number": customer.number, "customer_name": customer.name, **values}
    imports.record_purchase(line(serial=serial.code, **values), by="tests")


def details(**values: str) -> RegistrationDetails:
    """Return the details that a customer enters at a registration."""
    defaults = {
        "name": "Bäckerei Müller & Söhne GmbH",
        "address_line1": "Hauptstraße 12a",
        "postcode": "72074",
        "city": "Tübingen",
        "country": "DE",
        "contact_name": "Sabine Vogel",
        "contact_phone": "07071/555 0163",
    }
    return RegistrationDetails(**{**defaults, **values})


def versions(server: str = "2.6", client: str | None = None) -> Versions:
    """Return versions of server and client; the client's is the server's unless given."""
    return Versions.parse(server=server, client=client or server)


def registered(serial: Serial | None = None, *, site_id: str = "", **values: Any) -> UnlockCode:
    """Register a serial on its first server, and return the unlock code, which leads to both."""
    licence = operations.register_installation(
        serial=(serial or bought()).code,
        site_id=site_id or new_site_id(),
        versions=values.pop("versions", versions()),
        proof=values.pop("proof", None),
        details=details(**values),
        by="tests",
        today=TODAY,
    )
    return licence.unlock_code


def program_key(*scopes: str, **values: Any) -> operations.IssuedKey:
    """Return a new key of a program, with the scope ``sites:read`` unless others are given, and any address."""
    defaults: dict[str, Any] = {
        "name": "Ticket desk",
        "owner": "Support team",
        "scopes": scopes or ["sites:read"],
        "networks": [],
        "expires_at": timezone.now() + timedelta(days=30),
        "by": "administrator",
    }
    return operations.create_program_key(**{**defaults, **values})


def webhook(**values: Any) -> operations.IssuedSecret:
    """Return a new webhook for registrations, to an address that no test reaches, with its secret."""
    defaults: dict[str, Any] = {
        "name": "ERP",
        "url": "https://erp.example.com/hooks",
        "kinds": ["registered"],
        "by": "administrator",
    }
    return operations.create_webhook(**{**defaults, **values})


def token_of(site_id: str) -> str:
    """Return the token that the server with this site ID has in tests."""
    return f"token-of-the-server-{site_id}"


def connected(serial: Serial | None = None, *, site_id: str = "", **values: Any) -> UnlockCode:
    """Register a serial as ``registered`` does, but by the server itself, with its token."""
    site_id = site_id or new_site_id()
    return registered(serial, site_id=site_id, proof=InstallationProof(token=token_of(site_id)), **values)


def taken_over(serial: Serial | None = None, *, name: str = "Bäckerei Müller & Söhne GmbH") -> Installation:
    """Return a live, registered installation from an older system, without an unlock code issued here."""
    serial = serial or bought()
    installation = begin_installation(serial, new_site_id(), versions("2.4"), origin=Installation.Origin.TAKEN_OVER)
    enter_registration(installation, details(name=name), by="older system")
    return installation


def answers(code: UnlockCode, **values: Any) -> Answers:
    """Return the answers of a caller who released the installation of an unlock code and has a new server now."""
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
    """Open a re-licensing request. Its checklist passes, unless ``values`` give other answers."""
    given = answers(code, **values)
    return operations.open_relicensing(answers=given, purpose="migrate", by="tests", today=today)


def relicensed(code: UnlockCode, **values: Any) -> UnlockCode:
    """Re-license a serial, and return the unlock code of its next installation."""
    return operations.issue_relicensing(request_id=request(code, **values).pk, by="tests", today=TODAY)
