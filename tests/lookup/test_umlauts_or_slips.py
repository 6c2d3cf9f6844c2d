"""Letters that look like a spelled-out umlaut may as well be what a slip left."""

import pytest

from licences.lookup import look_up
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def names(catalogue):
    for name in ("Altelmayr", "Altelner", "Altelmoser"):
        factories.bought(customer_name=f"{name} & Söhne")


@pytest.mark.parametrize("typed", ["Altelmoer & Söhne", "ALTELMOER und Söhne", "(Altelmoer) Soehne"])
def test_letters_that_may_be_an_umlaut_may_be_a_slip(names, typed):
    assert look_up(typed, with_codes=False).hits[0].serial.customer_name == "Altelmoser & Söhne"


def test_a_spelled_out_umlaut_is_still_one(names):
    factories.bought(customer_name="Altelmör & Söhne")

    assert look_up("Altelmoer & Söhne", with_codes=False).hits[0].serial.customer_name == "Altelmör & Söhne"
