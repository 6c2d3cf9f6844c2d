"""A version that is typed into the look-up means a release, and no record (docs/look-up.md)."""

from licences import operations
from licences.lookup import look_up
from licences.models import Release
from tests import factories
from tests.tables import each_row

TYPED = [
    "2.6",
    "2.6.1",
    "2,6",
    "2.6,",
    "v2.6",
    "v 2.6",
    "Version 2.6",
    "Version 2,6",
    " 2.6. ",
    "2.6.1 (Build 16321-4323)",
]


@each_row("typed", TYPED)
def test_a_version_lists_no_stranger_with_its_digits_somewhere(catalogue, typed):
    stranger = {"address_line1": "Hauptstraße 26", "postcode": "26123", "contact_phone": "0341/261 62 65"}
    factories.bought(customer_number="K-26", customer_name="Version 2 Go GmbH, Haus 6", **stranger)

    assert look_up(typed, with_codes=True).hits == []


@each_row("typed", ["49.341.26162", "0341.26162", "341.26162"])
def test_a_telephone_number_with_dots_is_no_version(catalogue, typed):
    found = factories.bought(customer_number="K-26", contact_phone="0341/26162")

    assert [hit.serial.code for hit in look_up(typed, with_codes=True).hits] == [found.code]


def test_a_customer_number_that_reads_like_a_version_is_found(catalogue):
    factories.bought(customer_number="2.6")

    assert [hit.serial.number for hit in look_up("2.6", with_codes=True).hits] == ["2.6"]


@each_row("typed", [*TYPED, "2.6.1-16321", "Update auf 2.6", "Xchange Server 2.6.1", "upgrade to 2,6"])
def test_the_release_is_found_however_the_version_is_written(catalogue, typed):
    for version in ("2.6", "2.5"):
        operations.save_releases([Release(version=version)], by="tests")

    found = look_up(typed, with_codes=True)

    assert [fact.values["version"] for fact in found.facts] == ["2.6"]
