"""A serial goes to another customer, with a reason, an event and a new registration (docs/decisions.md#transfers)."""

import pytest

from customers.models import Customer, Site
from licences import imports, operations
from licences.lookup import look_up
from licences.lookup.match_kinds import MatchKind
from licences.models import Event, LicenceGrant, Registration, Serial, UnlockCode
from licences.queries import checklist, serials
from tests import factories
from tests.factories import TODAY, details
from tests.questions import refusal_of
from tests.tables import each_row

pytestmark = pytest.mark.usefixtures("catalogue")


@pytest.fixture
def code(catalogue):
    """The unlock code of a serial of the customer that is taken over."""
    return factories.registered(factories.bought(customer_number="K-OLD"))


@pytest.fixture
def buyer(catalogue):
    """The customer that serials are transferred to."""
    return factories.bought(
        customer_number="K-NEW", customer_name="Nordlicht Energie AG", site_name="Kiel"
    ).site.customer


def transfer(serial, customer, *, reason="Taken over in October.", **values):
    return operations.transfer_serial(
        serial=serial.code,
        customer=customer,
        details=details(**{"name": "Nordlicht Energie AG", "address_line1": "Am Hafen 3", **values}),
        reason=reason,
        by="supervisor",
    )


def refusal(*arguments, **values):
    refused = refusal_of(transfer, *arguments, unchanged=[Serial, Site, Customer, Registration, Event], **values)
    return refused.code, refused.field


def owners():
    return {serial.code: serial.site.customer.number for serial in Serial.objects.select_related("site__customer")}


def problem(**values):
    """The code of the refusal of a purchase, or None."""
    outcome = imports.record_purchases([(2, factories.line(**values))], by="importer")
    return outcome.rejected[0].problem.reason if outcome.rejected else None


# --- What changes, and what does not ---------------------------------------------------------------


def test_serial_and_site_belong_to_the_other_customer_and_nothing_else_does(code, buyer):
    other = factories.bought(customer_number="K-OLD", site_name="Werk 2")

    transfer(code.serial, buyer)

    assert owners()[code.serial.code] == "K-NEW"
    assert owners()[other.code] == "K-OLD"


def test_a_new_registration_stands_beside_the_old_one(code, buyer):
    before = Registration.objects.get()

    registration = transfer(code.serial, buyer, reason="  Taken over in October. ")

    assert (registration.name, registration.reason) == ("Nordlicht Energie AG", "Taken over in October.")
    assert (registration.installation, registration.entered_by) == (code.installation, "supervisor")
    card = serials.site_card(code.serial.code, today=TODAY)
    assert (card.registration, card.earlier_registrations) == (registration, [before])
    assert before.name == "Bäckerei Müller & Söhne GmbH"


def test_the_server_goes_on_with_the_same_code(code, buyer):
    transfer(code.serial, buyer)

    answer = operations.update_installation(
        serial=code.serial.code, site_id=code.installation.site_id, versions=None, by="server", today=TODAY
    )

    assert (answer.unlock_code, answer.changed) == (code, False)


def test_the_licences_and_what_was_bought_stay_on_the_serial(code, buyer):
    grants = list(LicenceGrant.objects.filter(serial=code.serial).values())

    transfer(code.serial, buyer)

    assert list(LicenceGrant.objects.filter(serial=code.serial).values()) == grants


def test_the_caller_is_then_asked_for_the_new_name_and_address(code, buyer):
    transfer(code.serial, buyer)

    new = factories.relicensed(code, customer_name="Nordlicht Energie AG", address_line1="Am Hafen 3")

    assert new.sequence == 2
    request = factories.request(new, customer_name="Bäckerei Müller & Söhne GmbH")
    assert checklist.latest_check(request).items.get(item="customer_name").verdict == "mismatch"


def test_the_look_up_finds_it_by_the_new_customer(code, buyer):
    transfer(code.serial, buyer)

    assert code.serial.code in [hit.serial.code for hit in look_up("Nordlicht", with_codes=False).hits]
    (hit,) = look_up("Bäckerei", with_codes=False).hits
    assert (hit.serial.code, hit.reason.kind, hit.sure) == (code.serial.code, MatchKind.FORMER, False)


def test_only_the_new_customer_may_buy_for_it(code, buyer):
    transfer(code.serial, buyer)

    assert problem(serial=code.serial.code, customer_number="K-OLD") == "serial-of-another-customer"
    assert problem(serial=code.serial.code, customer_number="K-NEW", customer_name=buyer.name) is None


def test_an_import_of_the_old_purchases_changes_nothing(buyer):
    bought = factories.line(customer_number="K-OLD")
    serial = imports.record_purchase(bought, by="importer").serial
    transfer(serial, buyer)

    outcome = imports.record_purchases([(2, bought)], by="importer")

    assert outcome.unchanged == 1
    assert owners()[serial.code] == "K-NEW"


def test_a_serial_that_runs_nowhere_yet_has_nothing_to_register(buyer):
    serial = factories.bought()

    assert transfer(serial, buyer, name="", contact_phone="") is None

    assert owners()[serial.code] == "K-NEW"
    assert not Registration.objects.exists()


def test_a_released_serial_may_be_transferred(code, buyer):
    place = {"serial": code.serial.code, "site_id": code.installation.site_id}
    operations.release_installation(**place, release_code=code.release_code, by="Xchange Server")

    assert transfer(code.serial, buyer).installation == code.installation


def test_it_is_one_event_with_the_reason_and_with_the_names_apart(code, buyer):
    before = Event.objects.latest("pk").pk

    transfer(code.serial, buyer)

    (event,) = Event.objects.filter(pk__gt=before)
    assert (event.kind, event.serial, event.actor) == (Event.Kind.TRANSFERRED, code.serial.code, "supervisor")
    seller, entered = code.serial.site.customer, Registration.objects.latest("pk")
    about = {"reason": "Taken over in October.", "previous": seller.pk, "registration": entered.pk}
    assert (event.customer, event.details) == (buyer, about)
    names = {
        "customer": "Nordlicht Energie AG",
        "previous_customer": "Bäckerei Müller & Söhne GmbH",
    }
    assert names.items() <= event.personal.items()
    assert UnlockCode.objects.count() == 1


# --- What is refused -------------------------------------------------------------------------------


@each_row("reason", ["", " \n\t", "– … ."])
def test_it_refuses_a_transfer_without_a_reason(code, buyer, reason):
    assert refusal(code.serial, buyer, reason=reason) == (
        "reason-too-short" if reason.strip() else "reason-missing",
        "reason",
    )


def test_it_refuses_a_transfer_to_the_same_customer(code, buyer):
    assert refusal(code.serial, code.serial.site.customer) == ("same-customer", "customer")


@each_row("missing", ["name", "address_line1", "contact_name", "contact_phone"])
def test_it_refuses_a_registration_without_one_of_the_four_details(code, buyer, missing):
    assert refusal(code.serial, buyer, **{missing: " "}) == ("details-missing", missing)


def test_it_refuses_an_unknown_serial(code, buyer):
    assert refusal(Serial(code="AB1CO9XZ"), buyer) == ("unknown-serial", "serial")


def test_a_customer_that_was_merged_or_erased_meanwhile_gets_nothing(code, buyer):
    kept = factories.bought(customer_number="K-3", customer_name="Contoso Ltd").site.customer
    operations.merge_customers(kept_id=kept.pk, merged_id=buyer.pk, reason="One company.", by="supervisor")
    assert refusal(code.serial, buyer) == ("customer-unknown", "customer")

    operations.erase_customer(customer_id=kept.pk, reason="Asked for by letter.", by="supervisor")
    assert refusal(code.serial, kept) == ("customer-unknown", "customer")
