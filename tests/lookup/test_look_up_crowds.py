"""Many customers with the same name or the same words do not hide the one that is meant."""

import pytest

from licences.lookup import look_up
from licences.lookup.statements import CANDIDATES
from tests import factories

pytestmark = pytest.mark.django_db


def numbers(text: str) -> list[str]:
    return [hit.serial.number for hit in look_up(text, with_codes=True).hits]


def test_a_name_with_another_legal_form_comes_before_whoever_has_its_words_elsewhere(catalogue):
    factories.bought(customer_number="K-100", customer_name="Taylor und Williams Partners")
    for number in range(CANDIDATES):
        factories.bought(
            customer_number=f"K-{number}", customer_name=f"Taylor Ltd {number}", contact_name="Ann Williams"
        )
    factories.bought(customer_number="K-101", customer_name="Taylor und Williams KG", contact_name="Ltd Limited")

    assert numbers("Taylor und Williams Partners")[0] == "K-100"
    assert numbers("TAYLOR und WILLIAMS LTD")[0] == "K-101"


def test_many_customers_of_one_name_leave_a_place_for_the_name_that_is_meant(catalogue):
    for number in range(CANDIDATES):
        factories.bought(customer_number=f"K-{number}", customer_name="Möller & Söhne")
    factories.bought(customer_number="K-100", customer_name="Müller & Söhne")

    assert numbers("Müller & Söhnne")[0] == "K-100"


def test_a_word_that_names_abbreviate_may_be_swapped_or_misspelled(catalogue):
    factories.bought(customer_number="K-100", customer_name="Taylor Brothers Fencing Ltd")
    for number in range(CANDIDATES):
        factories.bought(
            customer_number=f"K-{number}", customer_name="Lee Brothers Fencing Ltd", contact_name="Ann Taylor"
        )

    assert numbers("Fencing Brothers Taylor")[0] == "K-100"
    assert numbers("Taylor Bothers Fencing")[0] == "K-100"
