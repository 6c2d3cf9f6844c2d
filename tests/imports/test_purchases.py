"""Recording purchases: which lines are new, unchanged or rejected, and who buys (docs/surface.md#purchase-file)."""

from datetime import date

import pytest

from customers.models import Customer
from licences import imports, operations
from licences.domain.errors import Refusal
from licences.models import Balance, Event, EventChain, LicenceGrant, Product, Serial, StagedPurchase
from tests import factories
from tests.factories import line
from tests.tables import each_row

pytestmark = pytest.mark.usefixtures("catalogue")


def record(*lines, **options):
    """The outcome of recording these lines as rows 2, 3 … of a file."""
    return imports.record_purchases(list(enumerate(lines, start=2)), by="importer", **options)


def problems(outcome):
    return {refused.row: (refused.problem.column, refused.problem.reason) for refused in outcome.rejected}


def counts(outcome):
    return outcome.new, outcome.unchanged, len(outcome.rejected)


# --- One purchase ----------------------------------------------------------------------------------


def test_a_purchase_makes_customer_site_serial_grant_and_balance():
    bought = line(quantity=12, site_name="Werk 2")

    grant = imports.record_purchase(bought, by="importer")

    assert (grant.quantity, grant.product.sku, grant.purchased_on) == (12, "XCH-SRV", bought.purchased_on)
    assert (grant.serial.site.name, grant.serial.origin) == ("Werk 2", Serial.Origin.ALLOCATED)
    assert grant.serial.site.customer.address_line1 == "Hauptstraße 12a"
    assert Balance.objects.get().quantity == 12


def test_a_purchase_is_one_event_that_says_what_it_did():
    outcome = record(line(), line(quantity=2))

    event = Event.objects.filter(kind=Event.Kind.PURCHASES_RECORDED).get()
    assert len(event.details.pop("digest")) == 32
    assert set(event.details.pop("made")) == {"version", "grants", "serials"}
    assert event.details == {"new": 2, "unchanged": 0, "rejected": 0, "serials": outcome.allocated}
    assert event.actor == "importer"


def test_nothing_of_a_batch_stays_where_rows_wait_for_their_import():
    record(line(), line(product="XCH-NIL"), accept_valid=True)

    assert not StagedPurchase.objects.exists()
    assert LicenceGrant.objects.get().file_import is None


def test_one_refused_purchase_raises_its_reason_with_the_column():
    with pytest.raises(Refusal, match="product-unknown") as refused:
        imports.record_purchase(line(product="XCH-NIL"), by="importer")

    assert refused.value.field == "product"
    assert refused.value.parameters == {"product": "XCH-NIL"}


def test_a_product_is_found_in_any_case():
    assert imports.record_purchase(line(product="xch-srv"), by="importer").product.sku == "XCH-SRV"


# --- The same once more ----------------------------------------------------------------------------


def test_the_same_row_again_is_unchanged_and_no_event():
    lines = [line(), line(quantity=3)]
    record(*lines)
    length = EventChain.objects.get().length

    outcome = record(*lines)

    assert counts(outcome) == (0, 2, 0)
    assert not outcome.applied
    assert EventChain.objects.get().length == length
    assert LicenceGrant.objects.count() == 2


def test_the_same_purchase_again_gives_its_grant_back():
    bought = line()

    first, second = (imports.record_purchase(bought, by="importer") for _ in range(2))

    assert first == second


def test_the_same_key_with_other_content_is_rejected_and_names_what_differs():
    recorded = line()
    record(recorded)

    changes = {"quantity": 2, "city": "Reutlingen", "purchased_on": date(2026, 1, 16)}
    outcome = record(line(**{"purchase_reference": recorded.purchase_reference, **changes}))

    assert problems(outcome) == {2: ("purchase_reference", "key-with-other-content")}
    assert set(outcome.rejected[0].problem.parameters["columns"]) == set(changes)


def test_a_corrected_customer_leaves_a_re_import_unchanged():
    recorded = line()
    customer = imports.record_purchase(recorded, by="importer").serial.site.customer
    operations.correct_customer(
        customer_id=customer.pk,
        correction=operations.Correction({"name": "Backwaren Vogel"}, "Sold in October."),
        by="clerk",
    )

    assert counts(record(recorded)) == (0, 1, 0)


def test_two_equal_rows_of_one_key_count_once():
    bought = line(quantity=5)

    outcome = record(bought, bought)

    assert counts(outcome) == (1, 1, 0)
    assert Balance.objects.get().quantity == 5


def test_two_different_rows_of_one_key_are_both_rejected():
    one = line()
    other = line(purchase_reference=one.purchase_reference, quantity=9)

    outcome = record(one, other, accept_valid=True)

    assert problems(outcome) == {2: ("line", "key-twice"), 3: ("line", "key-twice")}
    assert [refused.problem.parameters["row"] for refused in outcome.rejected] == [3, 2]
    assert not LicenceGrant.objects.exists()


# --- All or none -----------------------------------------------------------------------------------


def test_one_rejected_row_keeps_all_others_out():
    outcome = record(line(), line(product="XCH-NIL"))

    assert counts(outcome) == (1, 0, 1)
    assert not outcome.applied
    assert not Customer.objects.exists()


def test_the_valid_rows_are_recorded_when_asked_for():
    outcome = record(line(), line(product="XCH-NIL"), accept_valid=True)

    assert outcome.applied
    assert LicenceGrant.objects.count() == 1
    assert Event.objects.first().details["rejected"] == 1


# --- Who buys --------------------------------------------------------------------------------------


def test_a_customer_is_found_by_number_whatever_else_the_row_says():
    record(line(customer_number="K-7"))

    record(line(customer_number="K-7", customer_name="Another Name Ltd", postcode="1"))

    assert Customer.objects.get().name == "Bäckerei Müller & Söhne GmbH"


def test_a_customer_without_number_is_found_by_normalised_name_address_and_postcode():
    record(line())

    record(line(customer_name="BAECKEREI MUELLER UND SOEHNE", address_line1="Hauptstr. 12A", postcode="72 074"))

    assert Customer.objects.count() == 1


def test_another_name_is_another_customer():
    record(line())

    record(line(customer_name="Bäckerei Möller GmbH"))

    assert Customer.objects.count() == 2


@each_row("other", [{"address_line1": "Hauptstraße 12b"}, {"postcode": "72076"}])
def test_another_house_number_or_postcode_under_one_name_has_to_be_confirmed(other):
    record(line())

    assert problems(record(line(**other))) == {2: ("customer_name", "customer-like-known")}


def test_a_row_without_number_finds_the_customer_that_has_one():
    record(line(customer_number="K-7"))

    record(line())

    assert Customer.objects.get().number == "K-7"


def test_a_row_without_number_means_the_only_one_without_a_number():
    record(line(customer_number="K-7"), line(customer_number="K-8"))
    Customer.objects.filter(number="K-8").update(number="")

    record(line(quantity=4))

    assert LicenceGrant.objects.latest("pk").serial.site.customer.number == ""


def test_a_row_without_number_is_rejected_where_several_customers_fit():
    record(line(customer_number="K-7"), line(customer_number="K-8"))

    assert problems(record(line())) == {2: ("customer_number", "customer-ambiguous")}


def test_rows_of_a_new_customer_make_it_once():
    record(line(site_name="A"), line(site_name="B"), line(customer_name="bäckerei müller und söhne", site_name="C"))

    assert Customer.objects.count() == 1
    assert Serial.objects.count() == 3


def test_details_of_a_known_customer_are_not_overwritten():
    record(line(customer_number="K-7", contact_name="Sabine Vogel"))

    record(line(customer_number="K-7", contact_name="Jan Petersen", address_line2="Hinterhaus", city="Berlin"))

    customer = Customer.objects.get()
    assert (customer.contact_name, customer.address_line2, customer.city) == ("Sabine Vogel", "", "Tübingen")


# --- What it adds up to ----------------------------------------------------------------------------


def balances():
    return {each.product.sku: each.quantity for each in Balance.objects.select_related("product")}


def test_licences_of_one_product_add_up():
    record(line(quantity=3), line(quantity=4), line(quantity=2, product="XCH-USR"))

    assert balances() == {"XCH-SRV": 7, "XCH-USR": 2}


@each_row("quantities", [(-3, 5), (5, -3)])
def test_a_file_is_judged_by_its_end_whatever_the_order_of_its_rows(quantities):
    outcome = record(*[line(quantity=quantity) for quantity in quantities])

    assert outcome.applied
    assert balances() == {"XCH-SRV": 2}


@each_row("quantities", [(32767, 1, -1), (-1, 1, 32767), (1, -1, 32767)])
def test_a_total_above_the_limit_on_the_way_does_not_matter(quantities):
    assert record(*[line(quantity=quantity) for quantity in quantities]).applied


@each_row(("quantities", "total"), [((5, -6), -1), ((-6, 5), -1), ((32767, 1), 32768)])
def test_a_total_out_of_range_rejects_all_rows_of_that_product(quantities, total):
    outcome = record(*[line(quantity=quantity) for quantity in quantities])

    assert problems(outcome) == dict.fromkeys((2, 3), ("quantity", "total-out-of-range"))
    assert outcome.rejected[0].problem.parameters == {"total": total, "limit": 32767}


def test_what_is_on_record_counts_towards_the_total():
    record(line(quantity=3))

    assert problems(record(line(quantity=-4))) == {2: ("quantity", "total-out-of-range")}


def test_the_rows_of_another_product_and_of_another_serial_stay_valid():
    outcome = record(line(quantity=-1), line(product="XCH-USR"), line(customer_name="Gasthof Adler"), accept_valid=True)

    assert list(problems(outcome)) == [2]
    assert LicenceGrant.objects.count() == 2


def test_everything_may_be_returned_and_be_bought_again():
    record(line(quantity=3))
    record(line(quantity=-3))
    assert balances() == {"XCH-SRV": 0}

    record(line(quantity=1))

    assert balances() == {"XCH-SRV": 1}
    assert Serial.objects.count() == 1


def products(count):
    for slot in range(len(factories.PRODUCTS) + 1, count + 1):
        operations.save_product(Product(sku=f"XCH-{slot}", name=f"Product {slot}", slot=slot), by="tests")
    return [product.sku for product in Product.objects.order_by("slot")[:count]]


def test_a_serial_holds_seven_products():
    assert record(*[line(product=sku) for sku in products(7)]).applied


def test_an_eighth_product_is_rejected():
    *seven, eighth = products(8)
    record(*[line(product=sku) for sku in seven])

    outcome = record(line(product=eighth))

    assert problems(outcome) == {2: ("product", "too-many-products")}
    assert outcome.rejected[0].problem.parameters == {"count": 8, "limit": 7}


@each_row("returned_first", [True, False])
def test_a_product_that_goes_back_makes_room_in_the_same_file(returned_first):
    *seven, eighth = products(8)
    record(*[line(product=sku) for sku in seven])
    rows = [line(product=seven[0], quantity=-1), line(product=eighth)]

    assert record(*(rows if returned_first else reversed(rows))).applied


def test_a_batch_of_thousands_is_recorded_whole():
    outcome = record(*[line(customer_number=f"K-{index % 700}", line=index) for index in range(1500)])

    assert outcome.applied
    assert (Customer.objects.count(), Serial.objects.count()) == (700, 700)
    assert EventChain.objects.get().length == len(factories.PRODUCTS) + 1
