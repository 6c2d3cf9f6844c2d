"""Which serial a purchase line belongs to (docs/surface.md#purchase-file;
docs/decisions.md#digests-and-keys-of-purchases and docs/decisions.md#which-serial-a-row-means)."""

import pytest

from licences import operations
from licences.domain.codes import ALPHABET, grouped, new_serial
from licences.models import LicenceGrant, Serial
from tests import factories
from tests.factories import line
from tests.imports.test_purchases import counts, problems, record
from tests.tables import each_row

pytestmark = pytest.mark.usefixtures("catalogue")


def serial_of(purchase):
    return LicenceGrant.objects.get(purchase_reference=purchase.purchase_reference, line=purchase.line).serial


def one_symbol_off(code):
    return code[:-1] + next(symbol for symbol in ALPHABET if symbol != code[-1])


# --- No serial in the row --------------------------------------------------------------------------


def test_rows_of_one_purchase_with_the_same_customer_and_site_share_a_new_serial():
    rows = [line(purchase_reference="PO-1", line=number, product=sku) for number, sku in enumerate(factories.PRODUCTS)]

    outcome = record(*rows)

    assert outcome.allocated == [str(Serial.objects.get())]


def test_another_site_of_the_purchase_has_a_serial_of_its_own():
    rows = [line(purchase_reference="PO-1", line=number, site_name=site) for number, site in enumerate(["", "Werk 2"])]

    record(*rows)

    assert serial_of(rows[0]) != serial_of(rows[1])
    assert {serial.site.name for serial in Serial.objects.all()} == {"", "Werk 2"}


def test_another_customer_of_the_purchase_has_a_serial_of_its_own():
    rows = [line(purchase_reference="PO-1", line=number, customer_number=f"K-{number}") for number in (1, 2)]

    record(*rows)

    assert serial_of(rows[0]) != serial_of(rows[1])


def test_a_site_name_is_recognised_as_people_write_it():
    record(line(site_name="Werk Köln"), line(site_name="WERK KOELN"))

    assert Serial.objects.count() == 1


def test_a_later_row_of_the_same_purchase_gets_its_serial():
    first, later = line(purchase_reference="PO-1"), line(purchase_reference="PO-1", line=2, product="XCH-USR")
    record(first)

    outcome = record(first, later)

    assert counts(outcome) == (1, 1, 0)
    assert outcome.allocated == []
    assert serial_of(later) == serial_of(first)


def test_a_later_row_gets_its_serial_although_the_customer_was_renamed():
    first, later = line(purchase_reference="PO-1"), line(purchase_reference="PO-1", line=2)
    record(first)
    renamed = operations.Correction(
        {"name": "Vogel Backwaren AG", "postcode": "10115"}, reason="sold, as told by letter"
    )
    operations.correct_customer(customer_id=serial_of(first).site.customer_id, correction=renamed, by="clerk")

    record(later)

    assert serial_of(later) == serial_of(first)


def test_a_later_purchase_for_the_site_tops_up_its_serial():
    first, later = line(site_name="Werk 2"), line(site_name="werk 2")
    record(first)

    outcome = record(later)

    assert outcome.allocated == []
    assert serial_of(later) == serial_of(first)


def test_a_later_purchase_for_another_site_is_allocated():
    first, later = line(site_name="Werk 2"), line(site_name="Werk 3")
    record(first)

    outcome = record(later)

    assert len(outcome.allocated) == 1
    assert serial_of(later) != serial_of(first)


def test_two_purchases_for_one_new_site_in_one_file_share_a_serial():
    record(line(), line())

    assert Serial.objects.count() == 1


def test_it_does_not_guess_between_two_serials_of_a_site():
    one, other = new_serial(), new_serial()
    record(line(serial=one), line(serial=other))

    outcome = record(line())

    assert problems(outcome) == {2: ("serial", "serial-ambiguous")}
    assert outcome.rejected[0].problem.parameters["serials"] == sorted([grouped(one), grouped(other)])


def test_it_does_not_guess_between_two_serials_of_one_purchase():
    rows = [line(purchase_reference="PO-1", line=number, serial=new_serial()) for number in (1, 2)]
    record(*rows)

    assert problems(record(line(purchase_reference="PO-1", line=3))) == {2: ("serial", "serial-ambiguous")}


# --- A serial in the row ---------------------------------------------------------------------------


def test_an_unknown_serial_is_taken_over():
    code = new_serial()

    outcome = record(line(serial=code), line(serial=code, product="XCH-USR"))

    assert outcome.allocated == []
    assert (Serial.objects.get().code, Serial.objects.get().origin) == (code, Serial.Origin.TAKEN_OVER)
    assert Serial.objects.get().balances.count() == 2


@each_row("named_first", [True, False])
def test_a_row_without_serial_means_the_one_that_another_row_takes_over_for_the_site(named_first):
    rows = [line(serial=new_serial()), line(product="XCH-USR")]

    record(*(rows if named_first else reversed(rows)))

    assert serial_of(rows[0]) == serial_of(rows[1])


@each_row("order", [(0, 1, 2), (2, 1, 0), (0, 2, 1)])
def test_it_does_not_guess_between_two_serials_that_a_file_takes_over(order):
    rows = [line(serial=new_serial()), line(serial=new_serial()), line()]

    outcome = record(*[rows[index] for index in order])

    assert problems(outcome) == {2 + order.index(2): ("serial", "serial-ambiguous")}


def test_a_known_serial_is_topped_up_whatever_the_site_is_called():
    serial = factories.bought(customer_number="K-1", site_name="Werk 2")

    purchase = line(customer_number="K-1", serial=serial.code, site_name="")
    record(purchase)

    assert serial_of(purchase) == serial
    assert serial.balances.get().quantity == 2


def test_a_serial_of_another_customer_is_rejected():
    serial = factories.bought()

    outcome = record(line(serial=serial.code, customer_number="K-other"))

    assert problems(outcome) == {2: ("serial", "serial-of-another-customer")}
    assert outcome.rejected[0].problem.parameters == {"serial": str(serial)}
    assert outcome.rejected[0].problem.value == serial.code


def test_two_customers_cannot_take_over_the_same_serial():
    code = new_serial()

    outcome = record(line(serial=code, customer_number="K-1"), line(serial=code, customer_number="K-2"))

    assert problems(outcome) == {3: ("serial", "serial-of-another-customer")}


def test_after_a_transfer_the_serial_belongs_to_the_other_customer():
    serial, other = factories.bought(customer_number="K-1"), factories.bought(customer_number="K-2")
    operations.transfer_serial(
        serial=serial.code,
        customer=other.site.customer,
        details=factories.details(),
        reason="Sold, as told by letter.",
        by="supervisor",
    )

    assert problems(record(line(serial=serial.code, customer_number="K-1")))
    assert record(line(serial=serial.code, customer_number="K-2")).applied


@each_row("slip", [one_symbol_off, lambda code: code[1] + code[0] + code[2:]])
def test_a_serial_one_slip_away_from_a_known_one_is_not_taken_over(slip):
    record(line(serial="AB1CO9XZ"))

    outcome = record(line(serial=slip("AB1CO9XZ")))

    assert problems(outcome) == {2: ("serial", "serial-similar-to-known")}
    assert outcome.rejected[0].problem.parameters == {"similar": "AB1C-O9XZ"}


def test_a_serial_two_symbols_away_is_taken_over():
    record(line(serial="AB1CO9XZ"))

    assert record(line(serial="AB1CO955")).applied


def test_a_taken_over_purchase_is_unchanged_when_it_comes_again():
    rows = [line(serial=new_serial()), line(product="XCH-USR")]
    record(*rows)

    assert counts(record(*rows)) == (0, 2, 0)
