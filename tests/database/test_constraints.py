"""The constraints of the database refuse what must never be stored, even from a raw save."""

from datetime import date

import pytest
from django.apps import apps
from django.utils import timezone

from customers.models import Customer, Site
from licences.domain.codes import MAX_QUANTITY, MAX_SEQUENCE, new_serial, new_site_id
from licences.models import (
    ApiCallCount,
    Balance,
    CodeDelivery,
    CrmApplication,
    DailyFigure,
    DividedFigure,
    EventChain,
    FigureTotal,
    HandDecision,
    HandEntry,
    Installation,
    LicenceGrant,
    Note,
    Product,
    PurchaseLock,
    RefusedAccess,
    RefusedClaim,
    ReturningSerial,
    SearchMark,
    SequenceRaise,
    Serial,
    SupportContact,
    UnlockCode,
)
from licences.operations.customers import fill_search_columns
from tests import factories
from tests.database.raw_saves import copy, refused, stored
from tests.database.tested_constraints import TESTED
from tests.tables import each_row

NOW = timezone.now()

pytestmark = pytest.mark.django_db


# --- Customers and products ------------------------------------------------------------------------


def test_a_customer_number_is_given_once_but_may_be_missing_often():
    for number in ("", "", "K-1"):
        assert stored(fill_search_columns(Customer(name="Any", number=number)))

    assert refused(fill_search_columns(Customer(name="Other", number="K-1")), "customer_number_unique")


def test_a_customer_has_a_name():
    assert refused(fill_search_columns(Customer(name="")), "customer_has_a_name")


@each_row("slot", [0, 32])
def test_a_slot_lies_between_1_and_31(slot):
    assert refused(Product(sku="A", name="A", slot=slot), "product_slot_between_1_and_31")


@each_row("slot", [1, 31])
def test_the_first_and_the_last_slot_may_be_used(slot):
    assert stored(Product(sku="A", name="A", slot=slot))


def test_a_product_has_a_sku_of_its_own_in_any_case_and_a_slot_of_its_own():
    assert refused(Product(sku="", name="A", slot=8), "product_has_a_sku")
    assert stored(Product(sku="XCH-a", name="A", slot=8))
    assert refused(Product(sku="xch-A", name="B", slot=9), "product_sku_unique_in_any_case")
    assert refused(Product(sku="XCH-b", name="B", slot=8), "slot")


# --- Serials and licences --------------------------------------------------------------------------


def test_a_serial_number_and_its_site_are_given_once(code):
    site = Site.objects.create(customer=code.serial.site.customer, name="Other")

    assert refused(Serial(code=code.serial.code, site=site), "serial_code_unique")
    assert refused(Serial(code=new_serial(), site=code.serial.site), "site")


def test_a_block_has_a_reason_and_a_reason_has_a_block(code):
    site = Site.objects.create(customer=code.serial.site.customer, name="Other")
    other = copy(code.serial, code=new_serial(), site_id=site.pk)

    assert refused(copy(other, blocked_at=NOW), "serial_blocked_with_a_reason")
    assert refused(copy(other, blocked_reason="Why not"), "serial_blocked_with_a_reason")
    assert stored(copy(other, blocked_at=NOW, blocked_reason="Why not"))


@each_row("quantity", [0, MAX_QUANTITY + 1, -MAX_QUANTITY - 1])
def test_a_grant_is_of_one_to_32767_licences_or_as_many_back(code, quantity):
    assert refused(copy(LicenceGrant.objects.get(), line=2, quantity=quantity), "grant_quantity_in_range")


@each_row("quantity", [1, -1, MAX_QUANTITY, -MAX_QUANTITY])
def test_a_grant_may_take_back(code, quantity):
    assert stored(copy(LicenceGrant.objects.get(), line=2, quantity=quantity))


def test_a_purchase_line_is_granted_once(code):
    assert refused(copy(LicenceGrant.objects.get()), "one_grant_per_line_and_generation")


@each_row("quantity", [-1, MAX_QUANTITY + 1])
def test_a_balance_lies_between_0_and_32767(code, quantity):
    balance = Balance(serial=code.serial, product=Product.objects.get(slot=6), quantity=quantity)

    assert refused(balance, "balance_between_0_and_32767")


@each_row("quantity", [0, MAX_QUANTITY])
def test_a_balance_may_be_nothing_and_may_be_full(code, quantity):
    assert stored(Balance(serial=code.serial, product=Product.objects.get(slot=6), quantity=quantity))


def test_a_serial_has_one_balance_per_product(code):
    assert refused(copy(Balance.objects.get()), "one_balance_per_serial_and_product")


# --- Installations and codes -----------------------------------------------------------------------


def test_a_serial_is_live_once(code):
    assert refused(copy(code.installation, site_id=new_site_id()), "one_live_installation_per_serial")


def test_a_site_id_is_live_once(code):
    elsewhere = copy(code.installation, serial_id=factories.bought().pk)

    assert refused(elsewhere, "one_live_installation_per_site_id")


def test_a_serial_may_have_ended_often_on_the_same_site_id(code):
    for _ in range(2):
        assert stored(copy(code.installation, ended_at=NOW, end_reason=Installation.EndReason.RELEASED))


def test_an_installation_ends_with_a_reason_and_has_none_before(code):
    assert refused(copy(code.installation, ended_at=NOW), "installation_ended_with_a_reason")
    code.installation.end_reason = Installation.EndReason.RELEASED
    assert refused(code.installation, "installation_ended_with_a_reason")


def test_a_sequence_is_used_once_per_serial(code):
    assert refused(copy(code, code="X" * 25), "one_unlock_code_per_sequence")
    assert stored(copy(code, code="X" * 25, sequence=2))


def test_an_unlock_code_is_made_once(code):
    assert refused(copy(code, sequence=2), "code")


@each_row("sequence", [0, MAX_SEQUENCE + 1])
def test_a_sequence_lies_between_1_and_4095(code, sequence):
    assert refused(copy(code, code="X" * 25, sequence=sequence), "unlock_code_sequence_in_range")


def test_a_refused_claim_is_counted_in_one_row(code):
    claim = RefusedClaim(serial=code.serial, kind="serial-in-use", site_id="O" * 12, first_at=NOW, last_at=NOW)

    assert stored(claim)
    assert refused(copy(claim, times=2), "one_count_per_refused_claim")
    assert stored(copy(claim, kind="relicensing-required"))


@pytest.mark.parametrize(
    ("row", "constraint", "other"),
    [
        (
            RefusedAccess(username="clerk", method="GET", page="/", why="permission", first_at=NOW, last_at=NOW),
            "one_count_per_refused_access",
            {"method": "POST"},
        ),
    ],
)
def test_what_is_refused_again_is_counted_in_one_row(row, constraint, other):
    assert stored(copy(row))
    assert refused(copy(row, times=2), constraint)
    assert stored(copy(row, **other))


def test_an_unlock_code_has_one_licence_file(code):
    assert refused(copy(code.licence_file, text="another"), "unlock_code")


# --- E-mails, notes and entries by hand ----------------------------------------------------------------


@pytest.fixture
def delivery(code):
    """A code on its way to one address, not stored."""
    return CodeDelivery(unlock_code=code, address="a@example.com", language="de", queued_by="clerk", queued_at=NOW)


def test_a_code_is_on_its_way_to_an_address_once(delivery):
    assert stored(delivery)
    assert refused(copy(delivery), "one_delivery_at_a_time")
    assert stored(copy(delivery, address="b@example.com"))
    for state in ("sent", "sent", "failed"):
        assert stored(copy(delivery, state=state, ended_at=NOW))


def test_a_delivery_ends_with_its_state(delivery):
    for wrong in ({"ended_at": NOW}, {"state": "sent"}, {"state": "failed"}):
        assert refused(copy(delivery, **wrong), "delivery_ends_with_its_state")


def test_a_note_is_about_a_serial_or_a_customer(code):
    about_serial = {"serial": code.serial}
    about_customer = {"customer": code.serial.site.customer}
    note = {"text": "Calls from a mobile.", "written_by": "clerk", "written_at": NOW}

    assert refused(Note(**note), "note_about_one_thing")
    assert refused(Note(**note, **about_serial, **about_customer), "note_about_one_thing")
    assert stored(Note(**note, **about_serial))
    assert stored(Note(**note, **about_customer))


@pytest.fixture
def entry(code):
    """A purchase entered by hand, not stored."""
    return HandEntry(
        number=1,
        kind="purchase",
        customer=code.serial.site.customer,
        reason="Ordered on the telephone.",
        entered_by="clerk",
        entered_at=NOW,
    )


def test_an_entry_by_hand_has_a_number_of_its_own_and_a_reason(entry):
    assert refused(copy(entry, reason=""), "hand_entry_has_a_reason")
    assert stored(entry)
    assert refused(copy(entry), "number")


def test_a_form_makes_one_entry_by_hand_but_an_entry_may_be_of_no_form(entry):
    for number in (1, 2):
        assert stored(copy(entry, number=number))

    assert stored(copy(entry, number=3, token="t"))
    assert refused(copy(entry, number=4, token="t"), "one_hand_entry_per_form")


def test_a_correction_by_hand_corrects_an_entry_and_nothing_else_does(entry):
    assert stored(entry)

    assert refused(copy(entry, number=2, kind="correction"), "hand_entry_corrects_an_entry")
    assert refused(copy(entry, number=2, corrects_id=entry.pk), "hand_entry_corrects_an_entry")
    assert stored(copy(entry, number=2, kind="correction", corrects_id=entry.pk))


def test_an_entry_by_hand_is_decided_once_and_for_a_reason(entry):
    assert stored(entry)
    decision = HandDecision(
        entry=entry, is_agreed=False, reason="Was never ordered.", decided_by="supervisor", decided_at=NOW
    )

    assert refused(copy(decision, reason=""), "hand_decision_has_a_reason")
    assert stored(decision)
    assert refused(copy(decision), "entry")


# --- Restores ----------------------------------------------------------------------------------------


@each_row("number", [0, MAX_SEQUENCE])
def test_sequences_are_raised_within_their_range(db, number):
    row = SequenceRaise(mark="m", by_how_many=number, last_code=0, last_serial=0, raised_at=NOW, raised_by="operator")

    assert refused(row, "sequences_raised_within_range")
    assert stored(copy(row, by_how_many=1))
    assert refused(copy(row, by_how_many=1), "mark")


def test_a_serial_returns_to_a_purchase_once(db):
    row = ReturningSerial(purchase_reference="PO-1", allocation_key="k", place=1, code="AB1CO9XZ")

    assert stored(row)
    assert refused(copy(row), "one_returning_serial_per_purchase")
    assert stored(copy(row, code="AB1CO9XY"))


# --- Reference facts --------------------------------------------------------------------------------


@each_row(
    ("rows", "constraint"),
    [
        ([CrmApplication(name="HubSpot"), CrmApplication(name="hubspot")], "application_name_unique_in_any_case"),
        ([SupportContact(country="Poland"), SupportContact(country="POLAND")], "support_country_unique_in_any_case"),
    ],
)
def test_a_fact_is_on_record_once_in_any_case_of_its_letters(db, rows, constraint):
    assert stored(rows[0])
    assert refused(rows[1], constraint)


# --- Figures ---------------------------------------------------------------------------------------


def test_a_figure_has_one_number_a_day_and_none_that_is_zero(db):
    calls = {"day": date(2026, 11, 2), "figure": "calls", "country": "DE"}

    assert stored(DailyFigure(**calls, value=2))
    assert refused(DailyFigure(**calls, value=3), "one_number_per_day_and_figure")
    assert refused(DailyFigure(**{**calls, "country": ""}, value=0), "figure_is_not_zero")


def test_a_part_of_a_figure_has_one_total_of_a_day_and_one_of_a_month(db):
    calls = {"day": date(2026, 11, 1), "figure": "calls", "country": "*", "value": 2}

    assert stored(FigureTotal(**calls, length="day"))
    assert stored(FigureTotal(**calls, length="month"))
    assert refused(FigureTotal(**calls, length="month"), "one_total_of_a_part")


def test_a_figure_of_a_product_or_reseller_has_one_number_a_day_and_is_of_one_of_them(db):
    calls = {"day": date(2026, 11, 2), "figure": "calls", "country": "DE", "product": 1}

    assert stored(DividedFigure(**calls, value=2))
    assert stored(DividedFigure(**calls, value=2, reseller="Northwind"))
    assert refused(DividedFigure(**calls, value=3), "one_number_per_division")
    assert refused(DividedFigure(**{**calls, "product": 2}, value=0), "divided_figure_is_not_zero_or_whole")
    assert refused(DividedFigure(**{**calls, "product": 0}, value=1), "divided_figure_is_not_zero_or_whole")


def test_calls_of_the_api_have_one_count_per_day_call_and_outcome(db):
    count = {"day": date(2026, 11, 2), "call": "register", "counted_at": timezone.now()}

    assert stored(ApiCallCount(**count, times=2))
    assert stored(ApiCallCount(**count, times=2, outcome="unknown-serial"))
    assert refused(ApiCallCount(**count, times=3), "one_count_per_api_call")


# --- Locks -----------------------------------------------------------------------------------------


@each_row("model", [EventChain, PurchaseLock, SearchMark])
def test_there_is_one_row_to_hold(model):
    assert refused(model(pk=2), model._meta.constraints[0].name)


def test_every_constraint_of_the_models_is_tested():
    """A new one needs a test here or in another ``test_…_constraints``, and a line in ``tested_constraints``."""
    named = {
        constraint.name
        for model in [
            *apps.get_app_config("licences").get_models(),
            *apps.get_app_config("customers").get_models(),
        ]
        for constraint in model._meta.constraints
    }

    assert named == TESTED
    assert UnlockCode._meta.get_field("code").unique
