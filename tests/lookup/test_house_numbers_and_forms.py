"""A house number that looks like an extension, and names that differ in nothing but their legal form."""

import pytest

from licences.lookup import look_up
from licences.lookup.match_reasons import MatchKind
from tests import factories
from tests.tables import each_row

pytestmark = pytest.mark.django_db


@each_row(
    ("line", "typed"),
    [
        ("ul. Piotrkowska 104/7", "ulica Piotrkowska 104/7"),
        ("ul. Piotrkowska 104/7", "Piotrkowska 104/7"),
        ("Smidtstraße 71-73", "Smidtstr. 71-73"),
        ("Smidtstraße 71-73", "Smidtstraße 71–73"),
    ],
)
def test_a_house_number_of_two_parts_fits_the_street(catalogue, line, typed):
    factories.bought(customer_name="Weberei Anton", address_line1=line)
    factories.bought(customer_name="Weberei Berta", address_line1=line[:-1] + "9")

    found = look_up(typed, with_codes=True)

    assert [(hit.serial.customer_name, hit.reason.kind) for hit in found.fits] == [("Weberei Anton", MatchKind.STREET)]


def test_an_extension_after_a_name_is_still_a_telephone_number(catalogue):
    factories.bought(customer_name="Weberei Anton", contact_phone="0463 555900-12")

    assert [hit.serial.customer_name for hit in look_up("Weberei 900-12", with_codes=True).hits] == ["Weberei Anton"]


def test_the_legal_form_that_was_typed_comes_first(catalogue):
    for form in ("oHG", "GmbH", "KG"):
        factories.bought(customer_name=f"Kühlhaus Großmann {form}")

    for form in ("oHG", "GmbH", "KG"):
        first, *_others = look_up(f"Kuehlhaus Grossmann {form}", with_codes=True).hits
        assert first.serial.customer_name == f"Kühlhaus Großmann {form}"
