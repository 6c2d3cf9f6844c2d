"""What must never be stored is not stored, whoever tries: raw saves against the database's constraints."""

import pytest
from django.apps import apps
from django.utils import timezone

from customers.models import Customer, Site
from licences.domain.codes import MAX_QUANTITY, MAX_SEQUENCE, new_serial, new_site_id
from licences.models import (
    Balance,
    CrmApplication,
    EventChain,
    Installation,
    LicenceGrant,
    PolicyViolation,
    Product,
    PurchaseLock,
    RefusedAccess,
    RefusedClaim,
    SearchMark,
    Serial,
    SupportContact,
    UnlockCode,
)
from licences.operations.customers import keyed
from tests import factories
from tests.licences.raw_saves import copy, refused, stored

NOW = timezone.now()

pytestmark = pytest.mark.django_db


@pytest.fixture
def code(catalogue):
    """The unlock code of a registered serial."""
    return factories.registered()


# --- Customers and products ------------------------------------------------------------------------


def test_a_customer_number_is_given_once_but_may_be_missing_often():
    for number in ("", "", "K-1"):
        assert stored(keyed(Customer(name="Any", number=number)))

    assert refused(keyed(Customer(name="Other", number="K-1")), "customer_number_unique")


def test_a_customer_has_a_name():
    assert refused(keyed(Customer(name="")), "customer_has_a_name")


@pytest.mark.parametrize("slot", [0, 32])
def test_a_slot_lies_between_1_and_31(slot):
    assert refused(Product(sku="A", name="A", slot=slot), "product_slot_between_1_and_31")


@pytest.mark.parametrize("slot", [1, 31])
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


@pytest.mark.parametrize("quantity", [0, MAX_QUANTITY + 1, -MAX_QUANTITY - 1])
def test_a_grant_is_of_one_to_32767_licences_or_as_many_back(code, quantity):
    assert refused(copy(LicenceGrant.objects.get(), line=2, quantity=quantity), "grant_quantity_in_range")


@pytest.mark.parametrize("quantity", [1, -1, MAX_QUANTITY, -MAX_QUANTITY])
def test_a_grant_may_take_back(code, quantity):
    assert stored(copy(LicenceGrant.objects.get(), line=2, quantity=quantity))


def test_a_purchase_line_is_granted_once(code):
    assert refused(copy(LicenceGrant.objects.get()), "one_grant_per_purchase_line")


@pytest.mark.parametrize("quantity", [-1, MAX_QUANTITY + 1])
def test_a_balance_lies_between_0_and_32767(code, quantity):
    balance = Balance(serial=code.serial, product=Product.objects.get(slot=6), quantity=quantity)

    assert refused(balance, "balance_between_0_and_32767")


@pytest.mark.parametrize("quantity", [0, MAX_QUANTITY])
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


@pytest.mark.parametrize("sequence", [0, MAX_SEQUENCE + 1])
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
        (
            PolicyViolation(directive="script-src", blocked="inline", first_at=NOW, last_at=NOW),
            "one_count_per_policy_violation",
            {"blocked": "eval"},
        ),
    ],
)
def test_what_is_refused_again_is_counted_in_one_row(row, constraint, other):
    assert stored(copy(row))
    assert refused(copy(row, times=2), constraint)
    assert stored(copy(row, **other))


def test_an_unlock_code_has_one_licence_file(code):
    assert refused(copy(code.licence_file, text="another"), "unlock_code")


# --- Reference facts --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rows", "constraint"),
    [
        ([CrmApplication(name="HubSpot"), CrmApplication(name="hubspot")], "application_name_unique_in_any_case"),
        ([SupportContact(country="Poland"), SupportContact(country="POLAND")], "support_country_unique_in_any_case"),
    ],
)
def test_a_fact_is_on_record_once_in_any_case_of_its_letters(db, rows, constraint):
    assert stored(rows[0])
    assert refused(rows[1], constraint)


# --- Locks -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", [EventChain, PurchaseLock, SearchMark])
def test_there_is_one_row_to_hold(model):
    assert refused(model(pk=2), model._meta.constraints[0].name)


def test_every_constraint_of_the_models_is_tested():
    """A reminder: a new constraint is tested here or with the requests, and then belongs into this list."""
    named = {
        constraint.name
        for model in [
            *apps.get_app_config("licences").get_models(),
            *apps.get_app_config("customers").get_models(),
        ]
        for constraint in model._meta.constraints
    }

    assert named == {
        "acceptance_has_a_reason",
        "approval_has_a_reason",
        "approval_of_one_thing",
        "application_name_unique_in_any_case",
        "balance_between_0_and_32767",
        "customer_has_a_name",
        "customer_number_unique",
        "each_item_once_per_check",
        "emergency_has_a_reason",
        "emergency_outcome_is_whole",
        "grant_quantity_in_range",
        "installation_ended_with_a_reason",
        "one_approval_each_of_an_emergency",
        "one_balance_per_serial_and_product",
        "one_check_per_number",
        "one_count_per_policy_violation",
        "one_count_per_refused_access",
        "one_count_per_refused_claim",
        "one_grant_per_purchase_line",
        "one_live_installation_per_serial",
        "one_live_installation_per_site_id",
        "one_open_emergency_per_serial",
        "one_unlock_code_per_sequence",
        "only_one_event_chain",
        "only_one_purchase_lock",
        "only_one_search_mark",
        "only_open_requests_wait",
        "product_has_a_sku",
        "product_sku_unique_in_any_case",
        "product_slot_between_1_and_31",
        "relicensing_outcome_is_whole",
        "serial_blocked_with_a_reason",
        "serial_code_unique",
        "support_country_unique_in_any_case",
        "unlock_code_sequence_in_range",
    }
    assert UnlockCode._meta.get_field("code").unique
