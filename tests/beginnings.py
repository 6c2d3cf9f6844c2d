"""Beginnings: what a test finds in the database. Each takes long to build, so it is built once for tests in a row.

A test that uses a fixture with the name of one of these functions begins with its data, through the fixture
``beginning``. All other tests begin with an empty database.
"""

from typing import Any

from django.conf import settings

from licences import imports, operations
from licences.models import Product, Serial, UnlockCode
from tests import factories
from tests.administration import admin_lists
from tests.operations import story as stories
from tests.personal.quellwasser import Quellwasser
from tests.roles.forms import Rehearsal
from tests.roles.stage import Stage


def stage() -> Stage:
    """Something on every page, for every role."""
    return Stage()


def rehearsal() -> Rehearsal:
    """The stage, with its cast and every form filled in."""
    return Rehearsal()


def story() -> str:
    """One serial to which everything happened. Returns its code."""
    factories.catalogue()
    return stories.play_story()


def lists() -> None:
    """A row in every list of the administration."""
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
    """Eight customers with a serial each. Returns the serials by customer number."""
    factories.catalogue()
    return {
        number: factories.bought(
            customer_number=number, customer_name=name, contact_name=contact, contact_phone=phone,
            postcode=postcode, city=city, contact_email=email, address_line1="Weg 1",
        )
        for number, name, contact, phone, postcode, city, email in EIGHT_CUSTOMERS
    }  # fmt: skip


def many_serials() -> list[Serial]:
    """120 serials of as many customers."""
    factories.catalogue()
    return factories.bought_together({"customer_name": f"Customer {number:03d}"} for number in range(120))


def every_record() -> None:
    """A row in every append-only table."""
    factories.catalogue()
    code = factories.registered()
    request = factories.request(code, customer_name="Someone else", address_line1="Haupstraße 12a")
    operations.confirm_asked_again(request_id=request.pk, items=["address_line1"], by="clerk")
    operations.decide_checklist(
        request_id=request.pk, items=["customer_name"], reason="Known to us for years.", by="supervisor"
    )
    operations.issue_relicensing(request_id=request.pk, by="clerk", today=factories.TODAY)
    operations.raise_sequences(by_how_many=1, by="operator")
    operations.note_on_serial(serial=code.serial.code, text="Calls from a mobile.", by="clerk")
    large = imports.HandPurchase({"XCH-USR": settings.HAND_PURCHASE_LICENCES + 1})
    entry = imports.enter_purchase(
        customer_id=code.serial.site.customer_id,
        purchase=large,
        site_name="Lüneburg",
        reason="Ordered on the telephone.",
        by="clerk",
    )
    imports.decide_entry(number=entry.number, is_agreed=False, reason="Was never ordered.", by="supervisor")


def quellwasser() -> Quellwasser:
    """A customer who went through everything, whose words occur in no other record."""
    factories.catalogue()
    return Quellwasser()


def first_code() -> UnlockCode:
    """A serial that runs on its first server. Returns the unlock code."""
    factories.catalogue()
    return factories.registered()


def catalogue() -> list[Product]:
    """Six products in slots 1 to 6."""
    return factories.catalogue()


# A test gets the first of these that it uses. The catalogue comes last, because all others contain it.
_BUILDERS = (
    rehearsal,
    stage,
    story,
    lists,
    eight_customers,
    many_serials,
    every_record,
    quellwasser,
    first_code,
    catalogue,
)
BUILDERS = {builder.__name__: builder for builder in _BUILDERS}


def beginning_of(test: Any) -> str | None:
    """Return the name of the beginning that a test uses, if it uses one.

    A test that commits begins with an empty database, because what it leaves behind could not be rolled back.
    """
    marker = test.definition.get_closest_marker("django_db")
    commits = bool(marker and marker.kwargs.get("transaction"))
    if commits or {"transactional_db", "live_server"} & set(test.fixturenames):
        return None
    return next((name for name in BUILDERS if name in test.fixturenames), None)
