"""A customer is corrected, and registered anew after moving or a new name (docs/domain.md;
docs/decisions.md#registrations-are-a-history)."""

import pytest

from customers.models import Customer
from licences import imports, operations
from licences.domain.record_keys import code_text
from licences.lookup import look_up
from licences.lookup.match_kinds import MatchKind
from licences.models import Event, LicenceGrant, Registration
from licences.queries import checklist, serials
from tests import factories
from tests.factories import TODAY, details
from tests.questions import refusal_of
from tests.tables import each_row

pytestmark = pytest.mark.usefixtures("catalogue")


@pytest.fixture
def customer(catalogue):
    return factories.bought(customer_number="K-1").site.customer


def correct(customer, reason="As the customer wrote.", **values):
    correction = operations.Correction(values, reason)
    return operations.correct_customer(customer_id=customer.pk, correction=correction, by="clerk")


def refusal(act, *arguments, **values):
    refused = refusal_of(act, *arguments, unchanged=[Customer, Registration, Event], **values)
    return refused.code, refused.field


def found(text):
    return [hit.serial.customer_name for hit in look_up(text, with_codes=False).hits]


# --- Correcting ------------------------------------------------------------------------------------


def test_what_is_given_is_corrected_and_the_rest_stays(customer):
    correct(customer, name=" Backwaren Vogel KG ", contact_phone="07071/555 0199")

    customer.refresh_from_db()
    assert (customer.name, customer.contact_phone) == ("Backwaren Vogel KG", "07071/555 0199")
    assert (customer.number, customer.address_line1, customer.city) == ("K-1", "Hauptstraße 12a", "Tübingen")


@each_row(
    "name",
    [
        "number",
        "name",
        "address_line1",
        "address_line2",
        "postcode",
        "city",
        "country",
        "contact_name",
        "contact_phone",
        "contact_email",
    ],
)
def test_every_detail_may_be_corrected(customer, name):
    correct(customer, **{name: "new"})

    customer.refresh_from_db()
    assert getattr(customer, name) == "new"


def test_no_telephone_number_or_address_is_too_unusual(customer):
    unusual = {"contact_phone": "nach 10 Uhr: ☎ 0163 / 555-0199 -12", "address_line1": "hinter der Kirche, 2. Tür"}

    correct(customer, **unusual)

    customer.refresh_from_db()
    assert {name: getattr(customer, name) for name in unusual} == unusual


def test_everything_but_the_name_may_be_emptied(customer):
    correct(customer, number="", address_line1="", contact_phone="")

    customer.refresh_from_db()
    assert (customer.number, customer.address_line1, customer.contact_phone) == ("", "", "")


def test_the_look_up_finds_the_new_name_and_the_old_one_as_a_former_one(customer):
    correct(customer, name="Überlinger Backwaren")

    assert found("ueberlinger") == ["Überlinger Backwaren"]
    (hit,) = look_up("Müller", with_codes=False).hits
    assert (hit.serial.customer_name, hit.reason.kind) == ("Überlinger Backwaren", MatchKind.FORMER)


def test_a_purchase_finds_the_customer_by_the_new_name_and_address(customer):
    correct(customer, number="", name="Backwaren Vogel KG", address_line1="Am Hafen 3", postcode="24103")

    line = factories.line(customer_name="Backwaren Vogel", address_line1="Am Hafen 3", postcode="24103")

    assert imports.record_purchase(line, by="importer").serial.site.customer == customer


def test_a_purchase_finds_the_customer_by_the_new_number(customer):
    correct(customer, number="K-2")

    imports.record_purchase(factories.line(customer_number="K-2"), by="importer")

    assert LicenceGrant.objects.latest("pk").serial.site.customer == customer


def test_a_registration_stays_as_it_was_entered():
    code = factories.registered()
    before = list(Registration.objects.values())

    correct(code.serial.site.customer, name="Backwaren Vogel KG", address_line1="Am Hafen 3")

    assert list(Registration.objects.values()) == before


def test_it_is_an_event_with_the_reason_and_with_the_names_apart(customer):
    correct(customer, reason=" Sold to Ms Vogel. ", name="Backwaren Vogel KG", city="Kiel", country="DE")

    event = Event.objects.first()
    assert (event.kind, event.actor, event.customer) == (Event.Kind.CUSTOMER_CORRECTED, "clerk", customer)
    assert event.details == {"fields": ["city", "name"], "reason": "Sold to Ms Vogel."}
    names = {
        "city": {"before": "Tübingen", "after": "Kiel"},
        "name": {"before": "Bäckerei Müller & Söhne GmbH", "after": "Backwaren Vogel KG"},
    }
    assert names.items() <= event.personal.items()


def test_nothing_new_is_no_event(customer):
    events = Event.objects.count()

    correct(customer, name="Bäckerei Müller & Söhne GmbH", city=" Tübingen ")

    assert Event.objects.count() == events


@each_row("reason", ["", " \n\t", "– … ."])
def test_it_refuses_a_correction_without_a_reason(customer, reason):
    assert refusal(correct, customer, reason=reason, name="Backwaren Vogel KG") == (
        "reason-too-short" if reason.strip() else "reason-missing",
        "reason",
    )


@each_row("name", ["", "  "])
def test_it_refuses_a_customer_without_a_name(customer, name):
    assert refusal(correct, customer, name=name) == ("value-missing", "name")


def test_it_refuses_the_number_of_another_customer(customer):
    factories.bought(customer_number="K-2")

    assert refusal(correct, customer, number="K-2", name="Backwaren Vogel KG") == ("number-taken", "number")


OTHER_SPELLINGS = [
    ("K-2", "k-2"),
    ("K-2", "K\u20132"),
    ("K-2", "\u200bK-2 "),
    ("k-2", "K-2"),
    ("100123", "0000100123"),
    ("0000100123", "100123"),
    ("000100123", "0000100123"),
]


@each_row(("recorded", "typed"), OTHER_SPELLINGS)
def test_it_refuses_the_number_of_another_customer_in_any_spelling_and_names_them(customer, recorded, typed):
    factories.bought(customer_number=recorded, customer_name="Nordlicht Energie AG")

    refused = refusal_of(correct, customer, number=typed, unchanged=[Customer, Event])

    assert (refused.field, refused.parameters["customer"]) == ("number", "Nordlicht Energie AG")
    assert refused.code == ("number-taken" if recorded == code_text(typed) else "number-taken-otherwise")
    assert refused.parameters.get("known", recorded) == recorded


def test_it_may_write_its_own_number_otherwise(customer):
    correct(customer, number="0017")

    correct(customer, number="17")

    customer.refresh_from_db()
    assert (customer.number, customer.number_key) == ("17", "")


def test_two_that_have_become_one_number_may_still_be_corrected(customer):
    other = factories.bought(customer_number="K-2").site.customer
    Customer.objects.filter(pk=other.pk).update(number="k-1", number_key="K-1")

    correct(customer, number="K-1", contact_phone="07071/555 0199")
    correct(other, number="k-1", contact_phone="07071/555 0198")

    assert Customer.objects.filter(contact_phone__startswith="07071/555 019").count() == 2


def test_a_number_written_otherwise_of_a_customer_who_was_merged_is_the_kept_ones(customer):
    merged = factories.bought(customer_number="0017", customer_name="Nordlicht Energie AG").site.customer
    third = factories.bought(customer_number="K-3", customer_name="Dritte AG").site.customer
    operations.merge_customers(kept_id=customer.pk, merged_id=merged.pk, reason="Same, as told by letter", by="tests")

    refused = refusal_of(correct, third, number="17", unchanged=[Customer])
    correct(customer, number="17")

    assert (refused.code, refused.parameters["customer"]) == ("number-taken-otherwise", customer.name)
    assert Customer.objects.get(pk=customer.pk).number == "17"


def test_many_customers_may_be_without_a_number(customer):
    other = factories.bought(customer_number="K-2").site.customer

    correct(customer, number="")
    correct(other, number="")

    assert Customer.objects.filter(number="").count() == 2


# --- Registering anew ------------------------------------------------------------------------------


def renew(code, reason="Renamed, as told by letter.", **values):
    return operations.renew_registration(serial=code.serial.code, details=details(**values), reason=reason, by="clerk")


def test_new_details_stand_beside_the_old_ones_and_count():
    code = factories.registered()
    before = Registration.objects.get()

    renewed = renew(code, name="Backwaren Vogel KG", address_line1="Am Hafen 3", reason=" Sold to Ms Vogel. ")

    assert (renewed.reason, renewed.entered_by) == ("Sold to Ms Vogel.", "clerk")
    card = serials.site_card(code.serial.code, today=TODAY)
    assert (card.registration, card.earlier_registrations) == (renewed, [before])


def test_the_new_details_are_kept_word_for_word():
    entered = {"name": "  Vogel  &  Töchter ", "address_line1": "hinter der Kirche", "contact_phone": "☎ 0163/-12"}

    renewed = renew(factories.registered(), **entered)

    renewed.refresh_from_db()
    assert {name: getattr(renewed, name) for name in entered} == entered


def test_the_checklist_then_compares_with_the_new_details():
    code = factories.registered()
    renew(code, name="Backwaren Vogel KG")

    def verdict(name):
        request = factories.request(code, customer_name=name)
        return checklist.latest_check(request).items.get(item="customer_name").verdict

    assert verdict("Backwaren Vogel KG") == "match"
    assert verdict("Bäckerei Müller & Söhne GmbH") == "close"  # the customer record bears that name still


def test_neither_customer_nor_code_nor_installation_changes():
    code = factories.registered()

    renew(code, name="Backwaren Vogel KG")

    assert Customer.objects.get().name == "Bäckerei Müller & Söhne GmbH"
    answer = operations.update_installation(
        serial=code.serial.code, site_id=None, versions=None, by="clerk", today=TODAY
    )
    assert (answer.unlock_code, answer.unlock_code.installation.is_live) == (code, True)


def test_it_belongs_to_the_latest_installation_released_or_not():
    old = factories.registered()
    new = factories.relicensed(old)
    place = {"serial": new.serial.code, "site_id": new.installation.site_id}
    operations.release_installation(**place, release_code=new.release_code, by="Xchange Server")

    assert renew(new).installation == new.installation


def test_it_is_an_event_with_the_name_apart():
    code = factories.registered()

    renew(code, name="Backwaren Vogel KG")

    event = Event.objects.first()
    assert (event.kind, event.serial) == (Event.Kind.REGISTRATION_RENEWED, code.serial.code)
    assert event.personal["registered_name"] == "Backwaren Vogel KG"
    assert event.details["reason"] == Registration.objects.latest("pk").reason != ""
    assert "Vogel" not in str(event.details)


@each_row("missing", ["name", "address_line1", "contact_name", "contact_phone"])
def test_it_refuses_new_details_without_one_of_the_four(missing):
    assert refusal(renew, factories.registered(), **{missing: " "}) == ("details-missing", missing)


@each_row("reason", ["", " \n", "– … ."])
def test_it_refuses_new_details_without_a_reason(reason):
    assert refusal(renew, factories.registered(), reason=reason) == (
        "reason-too-short" if reason.strip() else "reason-missing",
        "reason",
    )


def test_it_refuses_new_details_of_a_serial_that_has_none_yet():
    serial = factories.bought()

    def renew_bought():
        operations.renew_registration(
            serial=serial.code, details=details(), reason="Renamed, as told by letter.", by="clerk"
        )

    assert refusal(renew_bought) == ("serial-never-registered", "serial")
