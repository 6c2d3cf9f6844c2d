"""What a serial is worth (domain.md rule 1, decisions.md 7 and 8)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from licences.domain.entitlements import Grant, check_product_count, check_total, totals
from licences.domain.errors import Refusal


def test_no_grants_are_worth_nothing():
    assert totals([]) == {}


def test_grants_of_a_product_add_up():
    assert totals([Grant(3, 10), Grant(1, 5), Grant(3, 7)]) == {1: 5, 3: 17}


def test_returns_are_taken_off():
    assert totals([Grant(3, 10), Grant(3, -4)]) == {3: 6}


def test_a_product_that_was_returned_altogether_is_left_out():
    assert totals([Grant(3, 10), Grant(4, 1), Grant(3, -10)]) == {4: 1}


def test_the_order_of_grants_does_not_matter():
    assert totals([Grant(3, -4), Grant(3, 10)]) == {3: 6}


def test_slots_come_in_ascending_order():
    assert list(totals([Grant(9, 1), Grant(2, 1), Grant(5, 1)])) == [2, 5, 9]


def test_a_total_below_zero_is_refused_by_slot():
    with pytest.raises(Refusal) as raised:
        totals([Grant(3, 10), Grant(3, -11)])
    assert raised.value.code == "total-out-of-range"
    assert raised.value.parameters == {"total": -1, "limit": 32767, "slot": 3}


def test_a_total_above_32767_is_refused():
    with pytest.raises(Refusal) as raised:
        totals([Grant(3, 32767), Grant(3, 1)])
    assert raised.value.parameters["total"] == 32768


@pytest.mark.parametrize("total", [0, 1, 32767])
def test_totals_from_0_to_32767_are_possible(total):
    assert check_total(total) is None


@pytest.mark.parametrize("total", [-1, 32768])
def test_totals_outside_are_refused(total):
    with pytest.raises(Refusal, match="total-out-of-range"):
        check_total(total)


def test_a_serial_holds_seven_products_but_not_eight():
    assert check_product_count(7) is None
    with pytest.raises(Refusal) as raised:
        check_product_count(8)
    assert (raised.value.code, raised.value.parameters) == ("too-many-products", {"count": 8, "limit": 7})


@given(st.lists(st.builds(Grant, st.integers(1, 31), st.integers(1, 500))))
def test_totals_hold_every_licence_once(grants):
    assert sum(totals(grants).values()) == sum(grant.quantity for grant in grants)
