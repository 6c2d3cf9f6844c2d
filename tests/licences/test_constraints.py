"""What must never be stored is not stored, whoever tries: raw saves against the database's constraints."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.db import IntegrityError, models, transaction
from django.utils import timezone

from customers.models import Customer, Site
from licences import operations
from licences.domain.codes import MAX_QUANTITY, MAX_SEQUENCE, new_serial, new_site_id
from licences.models import (
    Approval,
    Balance,
    ChecklistCheck,
    CrmApplication,
    EventChain,
    Installation,
    ItemResolution,
    LicenceGrant,
    PolicyViolation,
    Product,
    PurchaseLock,
    RefusedAccess,
    RefusedClaim,
    Relicensing,
    SearchMark,
    Serial,
    SupportContact,
    UnlockCode,
)
from licences.operations.customers import keyed
from tests import factories
from tests.licences.emergency_calls import emergency

NOW = timezone.now()

pytestmark = pytest.mark.django_db


@pytest.fixture
def code(catalogue):
    """The unlock code of a registered serial."""
    return factories.registered()


def refused(row: models.Model, by: str) -> bool:
    """Whether saving is refused by the constraint of that name, or because that field is unique."""
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        row.save()
    return any(sign in str(error.value) for sign in signs(row, by))


def signs(row: models.Model, by: str) -> list[str]:
    """What SQLite or PostgreSQL say of a constraint."""
    for constraint in row._meta.constraints:
        if constraint.name == by:
            unique = [row._meta.get_field(name).column for name in getattr(constraint, "fields", ())]
            return [by, ", ".join(f"{row._meta.db_table}.{column}" for column in unique) or by]
    column = row._meta.get_field(by).column
    return [f"{row._meta.db_table}.{column}", f"({column})="]


def stored(row: models.Model) -> bool:
    row.save()
    return True


def copy(row: models.Model, **values: object) -> models.Model:
    """The same row once more, under a new key and with other values."""
    columns = {
        field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields if not field.primary_key
    }
    return type(row)(**{**columns, **values})


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


# --- Re-licensing ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("outcome", "closed", "with_code"),
    [
        ("", True, False),
        ("", False, True),
        ("issued", True, False),
        ("issued", False, True),
        ("withdrawn", False, False),
        ("withdrawn", True, True),
        ("other", True, False),
        ("other", True, True),
    ],
)
def test_the_outcome_of_a_request_is_whole(code, outcome, closed, with_code):
    request = Relicensing(purpose="migrate", opened_by="clerk", opened_at=NOW, outcome=outcome)
    request.closed_at = NOW + timedelta(minutes=3) if closed else None
    request.unlock_code = code if with_code else None

    assert refused(request, "relicensing_outcome_is_whole")


def test_a_check_has_a_number_of_its_own(code):
    factories.request(code)

    assert refused(copy(ChecklistCheck.objects.get()), "one_check_per_number")


def test_a_check_has_each_item_once(code):
    factories.request(code)

    assert refused(copy(ChecklistCheck.objects.get().items.first()), "each_item_once_per_check")


def test_accepting_an_item_has_a_reason_and_an_item_is_settled_once(code):
    factories.request(code)
    item = ChecklistCheck.objects.get().items.first()
    resolution = ItemResolution(checked_item=item, kind="accepted", resolved_by="supervisor", resolved_at=NOW)

    assert refused(resolution, "acceptance_has_a_reason")
    assert stored(copy(resolution, reason="Known to us."))
    assert refused(copy(resolution, kind="asked-again"), "checked_item")


def test_a_release_and_a_request_are_used_once(code):
    request = Relicensing.objects.get(pk=factories.request(code).pk)
    second = factories.relicensed(code)
    use = second.relicensings.get().release_use

    assert refused(copy(use, request_id=request.pk), "installation")
    assert refused(copy(use, installation_id=second.installation_id), "request")


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


# --- Emergencies and approvals -----------------------------------------------------------------------


@pytest.fixture
def found(code):
    """An emergency that is not settled."""
    return emergency(code)


def another(found, **values):
    """Another emergency of the same serial, with nothing in its way but what is asked about."""
    other = factories.request(factories.registered())
    running = Installation.objects.exclude(pk=found.installation_id).earliest("pk")
    return copy(found, request_id=other.pk, installation_id=running.pk, **values)


def test_a_serial_has_one_emergency_at_a_time(found):
    assert refused(another(found), "one_open_emergency_per_serial")
    assert stored(another(found, outcome="release-code", settled_at=NOW))


@pytest.mark.parametrize(
    "values",
    [
        {"settled_at": NOW},
        {"outcome": "release-code"},
        {"outcome": "decided", "settled_at": NOW},
        {"outcome": "withdrawn", "settled_at": NOW},
    ],
    ids=["no outcome", "not settled", "decided without a reason", "withdrawn without a reason"],
)
def test_an_emergency_is_settled_with_all_that_belongs_to_it(found, values):
    assert refused(another(found, **values), "emergency_outcome_is_whole")


def test_a_withdrawn_emergency_has_no_permanent_code(found):
    withdrawn = {"outcome": "withdrawn", "settled_at": NOW, "settled_reason": "A mistake."}
    permanent = factories.registered().pk

    assert refused(another(found, **withdrawn, permanent_code_id=permanent), "emergency_outcome_is_whole")
    assert stored(another(found, **withdrawn))


def test_an_emergency_has_a_reason(found):
    assert refused(another(found, outcome="release-code", settled_at=NOW, reason=""), "emergency_has_a_reason")


def test_an_approval_has_a_reason_and_is_of_one_thing(found):
    approval = {"subject": "for-good", "approved_by": "supervisor", "approved_at": NOW, "reason": "Seen."}
    check = ChecklistCheck.objects.latest("pk")

    assert refused(Approval(**approval), "approval_of_one_thing")
    assert refused(Approval(**approval, emergency=found, checklist=check), "approval_of_one_thing")
    assert refused(Approval(**{**approval, "reason": ""}, emergency=found), "approval_has_a_reason")
    assert stored(Approval(**approval, emergency=found))
    assert refused(Approval(**approval, emergency=found), "one_approval_each_of_an_emergency")


def test_only_open_requests_wait(code):
    request = factories.request(code)
    operations.withdraw(request_id=request.pk, by="clerk")
    request.refresh_from_db()

    assert refused(copy(request, waiting_since=NOW), "only_open_requests_wait")


@pytest.mark.parametrize("model", [EventChain, PurchaseLock, SearchMark])
def test_there_is_one_row_to_hold(model):
    assert refused(model(pk=2), model._meta.constraints[0].name)


def test_every_constraint_of_the_models_is_tested_here():
    """A reminder: a new constraint belongs into this file, and then into this list."""
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
