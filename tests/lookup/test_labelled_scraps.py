"""Of scraps as callers give them, nearly all find the customer that is meant, and nobody is named who is not."""

import pytest

from tests.benchmarks import labelled_scraps

pytestmark = pytest.mark.django_db
CUSTOMERS = 12


def test_scraps_find_who_is_meant_first_and_are_never_wrongly_sure(catalogue):
    labelled_scraps.make_customers(CUSTOMERS)
    texts = labelled_scraps.scraps(CUSTOMERS, nobody=40)

    found = labelled_scraps.measure(texts)

    assert found["wrongly_sure"] == []
    assert found["scraps"] > 100
    assert (found["found_first"] >= 97, found["in_first_five"] >= 99) == (True, True), found["missed"]
