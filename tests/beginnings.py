"""What many tests find in the database when they begin. It takes long to make, so it is made once for tests in a row.

A test that asks for a fixture of one of these names has it there, through the fixture ``beginning``. All others begin
with nothing.
"""

from typing import Any

from licences import operations
from licences.models import Product, Serial
from tests import factories
from tests.licences import admin_lists
from tests.licences import story as stories
from tests.roles.forms import Rehearsal
from tests.roles.stage import Stage


def stage() -> Stage:
    return Stage()


def rehearsal() -> Rehearsal:
    return Rehearsal()


def story() -> str:
    factories.catalogue()
    return stories.tell()


def lists() -> None:
    factories.catalogue()
    admin_lists.something_in_every_list()


EIGHT_CUSTOMERS = [
    ("K-1", "Bäckerei Müller & Söhne GmbH", "Sabine Vogel", "07071/555 0163", "72074", "Tübingen", "vogel@example.com"),
    ("K-2", "Müller Metallbau KG", "Jörg Weiß", "+49 (0)341 / 555-01 77", "04109", "Leipzig", "j.weiss@example.org"),
    ("K-3", "Muller Imports Ltd", "Ann O'Neill", "0113 496 0123", "LS1 4AP", "Leeds", "ann@imports.example"),
    ("K-4", "Smith & Sons Ltd", "Paul Smythe", "020 7946 0111", "E1 6AN", "London", "paul@smith.example"),
    ("K-5", "Société Générale d'Électricité SARL", "Zoé Lefèvre", "+33 1 99 00 55 12", "69002", "Lyon", "z@e.example"),
    ("K-6", "Fränkische Prüfmitteltechnik Zöbelein GmbH", "Max Groß", "0911 555 01 90", "90443", "Nürnberg", "g@p.de"),
    ("K-7", "Spółka Żółty Liść Sp. z o.o.", "Łukasz Żak", "+48 22 555 01 33", "00-950", "Warszawa", "zak@lisc.example"),
    ("K-8", "Hafenkante Logistikberatung GmbH & Co. KG", "Jan Petersen", "040 / 66969-471", "20457", "Hamburg", ""),
]  # fmt: skip


def eight_customers() -> dict[str, Serial]:
    factories.catalogue()
    return {
        number: factories.bought(
            customer_number=number, customer_name=name, contact_name=contact, contact_phone=phone,
            postcode=postcode, city=city, contact_email=email, address_line1="Weg 1",
        )
        for number, name, contact, phone, postcode, city, email in EIGHT_CUSTOMERS
    }  # fmt: skip


def many_serials() -> list[Serial]:
    factories.catalogue()
    return [factories.bought(customer_name=f"Customer {number:03d}") for number in range(120)]


def every_record() -> None:
    """A row in every append-only table."""
    factories.catalogue()
    code = factories.registered()
    request = factories.request(code, customer_name="Someone else", address_line1="Hauptstr. 12a")
    operations.confirm_asked_again(request_id=request.pk, items=["address_line1"], by="clerk")
    operations.decide(request_id=request.pk, items=["customer_name"], reason="Known to us for years.", by="supervisor")
    operations.issue(request_id=request.pk, by="clerk", today=factories.TODAY)


def catalogue() -> list[Product]:
    return factories.catalogue()


# The first that a test asks for: those above the catalogue have one.
_MAKERS = (rehearsal, stage, story, lists, eight_customers, many_serials, every_record, catalogue)
MAKERS = {maker.__name__: maker for maker in _MAKERS}


def asked_for(test: Any) -> str | None:
    """Tests that commit begin with nothing: what they leave behind could not be taken back."""
    marker = test.definition.get_closest_marker("django_db")
    commits = bool(marker and marker.kwargs.get("transaction"))
    if commits or {"transactional_db", "live_server"} & set(test.fixturenames):
        return None
    return next((name for name in MAKERS if name in test.fixturenames), None)
