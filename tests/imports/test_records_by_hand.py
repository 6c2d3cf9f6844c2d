"""Purchases, returns and corrections by hand, through the same statements as a file
(docs/decisions.md#records-by-hand)."""

from datetime import date

import pytest

from customers.models import Customer, Site
from licences import imports, operations
from licences.domain.staff_identity import StaffIdentity
from licences.imports import HandPurchase
from licences.models import Balance, Event, HandDecision, HandEntry, LicenceGrant, Serial
from licences.operations.customers import CORRECTABLE_FIELDS
from tests import event_chain, factories
from tests.questions import refusal_of, why_refused
from tests.tables import each_row

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("catalogue")]

WHY = "Ordered on the telephone, order 4711."
BOUGHT = date(2026, 11, 20)
RECORDS = [HandEntry, HandDecision, LicenceGrant, Serial, Site, Event]
CLERK, COLLEAGUE = StaffIdentity("clerk", 1), StaffIdentity("colleague", 2)


@pytest.fixture
def serial(catalogue):
    return factories.bought(customer_number="K-HAND")


def purchase(**lines):
    lines = {name.replace("_", "-"): quantity for name, quantity in lines.items()}
    return HandPurchase(lines or {"XCH-USR": 5}, BOUGHT)


def buy(customer, *, reason=WHY, by=CLERK, bought=None, **about):
    return imports.enter_purchase(customer_id=customer.pk, purchase=bought or purchase(), reason=reason, by=by, **about)


def top_up(serial, **values):
    return buy(serial.site.customer, serial=serial.code, **values)


def give_back(serial, *, reason=WHY, by=CLERK, **lines):
    return imports.enter_return(serial=serial.code, purchase=purchase(**lines), reason=reason, by=by)


def correct(entry, *, reason=WHY, by=CLERK, shown=None, **wanted):
    wanted = {name.replace("_", "-"): quantity for name, quantity in wanted.items()}
    return imports.enter_correction(number=entry.number, wanted=wanted, reason=reason, by=by, shown=shown)


def decide(entry, *, is_agreed=True, reason="Seen the signed order.", by=COLLEAGUE):
    return imports.decide_entry(number=entry.number, is_agreed=is_agreed, reason=reason, by=by)


def held(serial):
    return dict(Balance.objects.filter(serial=serial).values_list("product__sku", "quantity"))


# --- A purchase --------------------------------------------------------------------------------------


def test_a_purchase_tops_up_the_serial_under_a_reference_of_the_portal(serial):
    entry = top_up(serial, bought=purchase(XCH_USR=5, XCH_CTI=2))

    assert (entry.reference, entry.outcome) == ("HAND-000001", "recorded")
    assert held(serial) == {"XCH-SRV": 1, "XCH-USR": 5, "XCH-CTI": 2}
    lines = LicenceGrant.objects.filter(purchase_reference="HAND-000001").order_by("line")
    assert list(lines.values_list("line", "quantity", "purchased_on")) == [(1, 5, BOUGHT), (2, 2, BOUGHT)]
    assert event_chain.flaws() == []


def test_a_purchase_at_a_new_site_gets_a_serial_number(serial):
    entry = buy(serial.site.customer, site_name="Werk 2")

    new = Serial.objects.get(site__name="Werk 2")
    assert entry.serial is None
    assert held(new) == {"XCH-USR": 5}
    assert new.site.customer == serial.site.customer


def test_a_new_site_is_not_taken_for_a_known_one(serial):
    assert why_refused(buy, serial.site.customer, unchanged=RECORDS) == "site-known"


def test_the_reason_is_in_the_event_and_in_the_history_of_the_serial(serial):
    top_up(serial)

    entered = Event.objects.get(kind="hand-entered")
    assert (entered.serial, entered.details["reason"], entered.actor) == (serial.code, WHY, "clerk")
    recorded = Event.objects.filter(kind="purchases-recorded").first()
    assert (recorded.details["entry"], recorded.details["reason"]) == (1, WHY)


@each_row(("reason", "code"), [("", "reason-missing"), ("order 47", "reason-too-short")])
def test_without_a_reason_nothing_is_entered(serial, reason, code):
    assert why_refused(top_up, serial, reason=reason, unchanged=RECORDS) == code


def test_what_a_file_may_not_do_a_hand_may_not_do_either(serial):
    other = factories.bought(customer_number="K-OTHER").site.customer

    assert why_refused(buy, other, serial=serial.code, unchanged=RECORDS) == "serial-of-another-customer"
    assert why_refused(top_up, serial, bought=purchase(XCH_NIL=1), unchanged=RECORDS) == "product-unknown"
    assert why_refused(top_up, serial, bought=purchase(XCH_USR=0), unchanged=RECORDS) == "nothing-entered"


def test_a_customer_who_was_merged_buys_nothing(serial):
    kept = factories.bought(customer_number="K-KEPT").site.customer
    operations.merge_customers(
        kept_id=kept.pk, merged_id=serial.site.customer_id, reason="The same company.", by="supervisor"
    )

    assert why_refused(buy, serial.site.customer, site_name="Werk 2", unchanged=RECORDS) == "customer-unknown"


# --- A return and a correction -----------------------------------------------------------------------


def test_a_return_takes_licences_away_and_no_more_than_there_are(serial):
    top_up(serial)

    entry = give_back(serial, XCH_USR=2)

    assert (entry.kind, held(serial)["XCH-USR"]) == ("return", 3)
    refused = refusal_of(give_back, serial, XCH_USR=4, unchanged=RECORDS)
    assert (refused.code, refused.parameters["product"]) == ("total-out-of-range", "XCH-USR")


def test_what_has_to_wait_is_judged_at_once(serial):
    refused = refusal_of(give_back, serial, XCH_USR=40, unchanged=RECORDS)
    assert (refused.code, refused.parameters["product"]) == ("total-out-of-range", "XCH-USR")


def test_a_correction_brings_a_purchase_to_what_it_should_have_said(serial):
    entry = top_up(serial, bought=purchase(XCH_USR=5, XCH_CTI=1))

    correction = correct(entry, XCH_USR=4, XCH_MOB=1)

    assert (correction.corrects, correction.lines) == (entry, {"XCH-USR": -1, "XCH-CTI": -1, "XCH-MOB": 1})
    assert held(serial) == {"XCH-SRV": 1, "XCH-USR": 4, "XCH-CTI": 0, "XCH-MOB": 1}
    assert why_refused(correct, entry, XCH_USR=4, XCH_MOB=1, unchanged=RECORDS) == "nothing-to-correct"


def test_a_return_is_corrected_in_the_numbers_it_was_entered_with(serial):
    top_up(serial)
    entry = give_back(serial, XCH_USR=2)

    correct(entry, XCH_USR=1)

    assert held(serial)["XCH-USR"] == 4


def test_a_correction_of_what_was_corrected_meanwhile_writes_nothing(serial):
    entry = top_up(serial)
    correct(entry, XCH_USR=4, shown={"XCH-USR": 5})

    assert why_refused(correct, entry, XCH_USR=6, shown={"XCH-USR": 5}, unchanged=RECORDS) == "changed-meanwhile"


# --- A second person ---------------------------------------------------------------------------------


def test_above_the_limit_nothing_is_recorded_before_another_person_agrees(serial):
    entry = top_up(serial, bought=purchase(XCH_USR=11))

    assert (entry.outcome, held(serial)) == ("waiting", {"XCH-SRV": 1})
    assert why_refused(decide, entry, by=StaffIdentity("renamed", 1), unchanged=RECORDS) == "decider-entered"

    assert decide(entry).outcome == "recorded"
    assert held(serial)["XCH-USR"] == 11
    assert why_refused(decide, entry, unchanged=RECORDS) == "decided-already"
    assert event_chain.flaws() == []


def test_a_declined_entry_keeps_its_number_and_records_nothing(serial):
    entry = top_up(serial, bought=purchase(XCH_USR=11))

    assert decide(entry, is_agreed=False, by=CLERK).outcome == "declined"

    assert held(serial) == {"XCH-SRV": 1}
    assert top_up(serial).reference == "HAND-000002"


def test_many_small_entries_are_as_one_large_one(serial, settings):
    settings.HAND_PURCHASE_LICENCES = 10
    top_up(serial, bought=purchase(XCH_USR=6))

    assert give_back(serial, XCH_USR=4).outcome == "recorded"
    assert top_up(serial, bought=purchase(XCH_USR=1)).outcome == "waiting"
    assert buy(serial.site.customer, site_name="Werk 2", bought=purchase(XCH_USR=1)).outcome == "waiting"


def test_while_a_correction_waits_there_is_no_second_one(serial):
    entry = decide(top_up(serial, bought=purchase(XCH_USR=30)))
    waiting = correct(entry, XCH_USR=10)

    assert waiting.outcome == "waiting"
    assert why_refused(correct, entry, XCH_USR=29, unchanged=RECORDS) == "correction-waiting"
    decide(waiting)
    assert held(serial)["XCH-USR"] == 10


def test_what_waits_is_not_correctable_and_a_customer_is_not_either(serial):
    waiting = top_up(serial, bought=purchase(XCH_USR=11))

    assert why_refused(correct, waiting, XCH_USR=1, unchanged=RECORDS) == "entry-not-correctable"


# --- Numbers -----------------------------------------------------------------------------------------


def test_a_reference_that_a_file_has_used_is_left_out(serial):
    factories.top_up(serial, purchase_reference="HAND-000001", product="XCH-USR")

    assert top_up(serial).reference == "HAND-000002"


@each_row("written", ["hand-000001", "HAND\u2013000001", "HAND-00000\uff11"])
def test_a_reference_that_a_file_has_used_in_another_spelling_is_left_out(serial, written):
    factories.top_up(serial, purchase_reference=written, product="XCH-USR")

    assert top_up(serial).reference == "HAND-000002"


# --- A customer --------------------------------------------------------------------------------------


def entered(**values):
    fields = dict.fromkeys(CORRECTABLE_FIELDS, "") | {"name": "Nordlicht Energie AG", "postcode": "24103"} | values
    new = operations.NewCustomer(fields, reason="Telephone order of a new customer.")
    return operations.enter_customer(new, by=CLERK)


def test_a_customer_is_entered_with_a_reason_and_found_by_the_next_file():
    customer = entered(number="K-NORD")

    entry = HandEntry.objects.get()
    assert (entry.kind, entry.customer, entry.outcome) == ("customer", customer, "recorded")
    assert Event.objects.get(kind="customer-entered").details["reason"] == "Telephone order of a new customer."
    assert factories.bought(customer_number="K-NORD", customer_name="Nordlicht").site.customer == customer
    assert event_chain.flaws() == []


def test_a_customer_who_is_on_record_is_not_entered_again():
    entered()

    assert why_refused(entered, unchanged=[Customer, HandEntry, Event]) == "customer-known"
    assert why_refused(entered, name="  ", unchanged=[Customer]) == "value-missing"
    factories.bought(customer_number="K-1")
    assert why_refused(entered, number="K-1", name="Else", unchanged=[Customer]) == "number-taken"


@each_row(("recorded", "typed"), [("K-1", "k-1"), ("K-1", "K\u20111"), ("17", "0017"), ("0017", "17"), ("k-1", "K-1")])
def test_a_number_in_another_spelling_is_not_entered_again(recorded, typed):
    factories.bought(customer_number=recorded, customer_name="Else")

    refused = refusal_of(entered, number=typed, unchanged=[Customer, HandEntry, Event])

    assert (refused.field, refused.parameters["customer"]) == ("number", "Else")


@each_row(("postcode", "country"), [("D-24103", ""), ("24 103", "DE"), ("241O3", "Deutschland")])
def test_a_postcode_in_another_spelling_does_not_make_another_customer(postcode, country):
    entered()

    assert why_refused(entered, postcode=postcode, country=country, unchanged=[Customer]) == "customer-known"


def test_a_postcode_in_another_spelling_is_another_place_in_another_country():
    entered(postcode="01067", country="DE")

    entered(postcode="1067", country="CH")

    assert Customer.objects.count() == 2


def test_a_customer_who_was_entered_buys_by_hand():
    customer = entered()

    buy(customer)

    assert held(Serial.objects.get(site__customer=customer)) == {"XCH-USR": 5}
