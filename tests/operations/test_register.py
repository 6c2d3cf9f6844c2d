"""The first registration of a serial (docs/domain.md#registration-details and docs/domain.md#first-registration, and
docs/domain.md#states-of-a-serial, column "register")."""

import pytest
from django.conf import settings

from licences import imports, operations
from licences.domain import codes
from licences.domain.codes import new_site_id
from licences.domain.errors import Refusal
from licences.models import Event, Installation, Registration, Serial, UnlockCode
from licences.queries import serials
from licences.queries.serials import SerialState
from tests import factories
from tests.factories import COVERED_UNTIL, TODAY, details, versions
from tests.questions import why_refused
from tests.tables import each_row

pytestmark = pytest.mark.usefixtures("catalogue")

SITE_ID = "4K7MPO2WQZ8R"


def register(serial, site_id=SITE_ID, *, version="2.6", **values):
    return operations.register_installation(
        serial=serial if isinstance(serial, str) else serial.code,
        site_id=site_id,
        versions=versions(version) if isinstance(version, str) else version,
        details=details(**values),
        by="clerk",
        today=TODAY,
    )


def refusal(*arguments, **values):
    """The code of the refusal; asserts that nothing was stored."""
    return why_refused(register, *arguments, unchanged=[Installation, Registration, UnlockCode, Event], **values)


def state(serial):
    return serials.site_card(serial.code, today=TODAY).state


# --- A purchased serial ----------------------------------------------------------------------------


def test_a_purchased_serial_is_registered_and_gets_its_first_code():
    serial = factories.bought(quantity=3)
    assert state(serial) == SerialState.PURCHASED

    answer = register(serial)

    assert answer.changed
    assert answer.unlock_code.sequence == 1
    assert answer.unlock_code.occasion == UnlockCode.Occasion.REGISTRATION
    assert answer.unlock_code.installation.site_id == SITE_ID
    assert answer.unlock_code.issued_by == "clerk"
    assert state(serial) == SerialState.LIVE


def test_the_code_says_what_the_serial_is_worth_and_fits_this_installation_only():
    serial = factories.bought(quantity=3)
    imports.record_purchase(
        factories.line(serial=serial.code, customer_number=serial.site.customer.number, product="XCH-CTI", quantity=20),
        by="tests",
    )

    code = register(serial).unlock_code

    place = {"serial": serial.code, "site_id": SITE_ID}
    statement = codes.decode_unlock_code(code.code, **place, keys=settings.UNLOCK_KEYS)
    assert statement.lines == ((1, 3), (3, 20))
    assert statement.assured_month == codes.month_number(COVERED_UNTIL)
    assert statement.expires_on is None
    assert statement.key_id == next(iter(settings.UNLOCK_KEYS))
    assert code.release_code == codes.release_code(code.code, **place)
    with pytest.raises(Refusal, match="unlock-code-forged"):
        codes.decode_unlock_code(code.code, serial=serial.code, site_id=new_site_id(), keys=settings.UNLOCK_KEYS)


def test_it_is_one_event_with_the_names_apart():
    serial = factories.bought()

    register(serial, name="Müller Backwaren")

    event = Event.objects.first()
    assert (event.kind, event.serial, event.actor) == (Event.Kind.REGISTERED, serial.code, "clerk")
    assert set(event.details.pop("made")) == {"version", "code", "file"}
    assert event.details == {
        "site_id": SITE_ID,
        "server_version": "2.6",
        "client_version": "2.6",
        "sequence": 1,
    }
    assert {"customer": serial.customer_name, "registered_name": "Müller Backwaren"}.items() <= event.personal.items()


def test_the_details_are_kept_word_for_word_and_the_customer_stays_as_it_was():
    serial = factories.bought()
    entered = {
        "name": "  Müller  &  Söhne (neu) ",
        "address_line1": "hinter der Kirche, 2. Tür",
        "contact_name": "die Chefin",
        "contact_phone": "bitte erst nach 10 Uhr: ☎ 0163 / 555-0199 -12",
    }

    register(serial, **entered)

    registration = Registration.objects.get()
    assert {name: getattr(registration, name) for name in entered} == entered
    assert registration.reason == ""
    assert Serial.objects.get().customer_name == "Bäckerei Müller & Söhne GmbH"


@each_row("missing", ["name", "address_line1", "contact_name", "contact_phone"])
@each_row("value", ["", "  \t"])
def test_each_of_the_four_details_must_be_there(missing, value):
    serial = factories.bought()

    with pytest.raises(Refusal, match="details-missing") as refused:
        register(serial, **{missing: value})

    assert refused.value.field == missing
    assert not Installation.objects.exists()


def test_the_other_details_may_be_missing():
    register(factories.bought(), postcode="", city="", country="")

    assert Registration.objects.get().city == ""


def test_an_unknown_serial_is_refused():
    assert refusal("AB1CO9XZ") == "unknown-serial"


# --- A live serial ---------------------------------------------------------------------------------


def test_the_same_installation_again_gets_the_same_code_and_its_registration_stays():
    serial = factories.bought()
    first = register(serial).unlock_code
    events = Event.objects.count()

    again = register(serial, name="Another Name")

    assert again.unlock_code == first
    assert not again.changed
    assert Registration.objects.get().name == "Bäckerei Müller & Söhne GmbH"
    assert Event.objects.count() == events


def test_the_same_installation_again_gets_a_new_code_after_a_top_up():
    serial = factories.bought(customer_number="K-1")
    register(serial)
    imports.record_purchase(factories.line(serial=serial.code, customer_number="K-1"), by="tests")

    again = register(serial)

    assert (again.changed, again.unlock_code.sequence) == (True, 2)
    assert again.unlock_code.lines == [{"product": "XCH-SRV", "slot": 1, "quantity": 2}]


def test_another_installation_is_refused_while_the_serial_is_in_use():
    serial = factories.bought()
    register(serial)

    assert refusal(serial, new_site_id()) == "serial-in-use"


# --- A released serial -----------------------------------------------------------------------------


@each_row("site_id", [SITE_ID, "O" * 12])
def test_a_released_serial_registers_nowhere(site_id):
    code = factories.registered(site_id=SITE_ID)
    operations.release_installation(
        serial=code.serial.code, site_id=SITE_ID, release_code=code.release_code, by="Xchange Server"
    )
    assert state(code.serial) == SerialState.RELEASED

    assert refusal(code.serial, site_id) == "relicensing-required"


# --- A serial taken over ---------------------------------------------------------------------------


def test_a_serial_taken_over_gets_its_first_code_and_keeps_its_registration():
    installation = factories.taken_over(name="Alte Bäckerei")
    assert state(installation.serial) == SerialState.TAKEN_OVER

    answer = register(installation.serial, installation.site_id)

    assert answer.unlock_code.sequence == 1
    assert Registration.objects.get().name == "Alte Bäckerei"
    assert state(installation.serial) == SerialState.LIVE


def test_a_serial_taken_over_is_in_use_where_it_is():
    assert refusal(factories.taken_over().serial, new_site_id()) == "serial-in-use"


# --- Blocked, empty, uncovered, occupied -----------------------------------------------------------


def test_a_blocked_serial_is_refused_in_every_state():
    purchased, live = factories.bought(), factories.registered(site_id=SITE_ID).serial
    for serial in (purchased, live):
        operations.block_serial(serial=serial.code, reason="Invoice disputed.", by="supervisor")

    assert refusal(purchased, new_site_id()) == "serial-blocked"
    assert refusal(live) == "serial-blocked"


def test_a_serial_whose_licences_were_all_returned_gets_no_code():
    serial = factories.bought(customer_number="K-1")
    imports.record_purchase(factories.line(serial=serial.code, customer_number="K-1", quantity=-1), by="tests")

    assert refusal(serial) == "nothing-licensed"


def test_a_site_id_in_use_is_refused():
    factories.registered(site_id=SITE_ID)

    assert refusal(factories.bought()) == "site-id-in-use"


def test_a_site_id_that_gave_its_serial_back_may_take_another():
    code = factories.registered(site_id=SITE_ID)
    operations.release_installation(
        serial=code.serial.code, site_id=SITE_ID, release_code=code.release_code, by="Xchange Server"
    )

    assert register(factories.bought()).changed


@each_row(("server", "client"), [("2.5", "2.4"), ("2.4", "2.5"), ("3", "3")])
def test_from_2_5_on_software_assurance_is_required(server, client):
    serial = factories.bought(software_assurance_until=None)

    assert refusal(serial, version=versions(server, client)) == "software-assurance-required"
    serial.refresh_from_db()
    assert serial.highest_version == ""


def test_the_refusal_names_the_version_that_needs_software_assurance():
    serial = factories.bought(software_assurance_until=None)

    with pytest.raises(Refusal) as refused:
        register(serial, version=versions("2.4", "2.5"))

    assert refused.value.field == "client_version"
    assert refused.value.parameters == {"version": "2.5", "ceiling": "2.4", "since": ""}


def test_below_2_5_no_software_assurance_is_required():
    assert register(factories.bought(software_assurance_until=None), version="2.4.9").changed


def test_software_assurance_covers_its_last_day():
    assert register(factories.bought(software_assurance_until=TODAY)).changed
