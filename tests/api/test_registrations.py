"""``POST /api/v1/registrations`` (docs/surface.md; docs/domain.md#states-of-a-serial, column "register")."""

import pytest
from django.conf import settings

from licences import imports, operations
from licences.domain import codes
from licences.domain.codes import grouped
from licences.models import Event, Installation, Registration, Serial, UnlockCode
from tests import factories
from tests.api.conftest import CUSTOMER, is_problem
from tests.tables import each_row

pytestmark = pytest.mark.usefixtures("catalogue")


def test_a_purchased_serial_is_registered_and_everything_comes_back(server):
    serial = factories.bought(quantity=3)

    answer = server.register(serial.code)

    assert answer.status_code == 201
    said = answer.json()
    code = UnlockCode.objects.get()
    assert said == {
        "serial": serial.code,
        "site_id": server.site_id,
        "sequence": 1,
        "unlock_code": code.code,
        "licence_file": code.licence_file.text,
        "licences": [{"product": "XCH-SRV", "name": "Xchange Server", "slot": 1, "quantity": 3}],
        "software_assurance_until": "2027-06-30",
        "expires_on": None,
    }
    place = {"serial": serial.code, "site_id": server.site_id}
    assert codes.decode_unlock_code(said["unlock_code"], **place, keys=settings.UNLOCK_KEYS).lines == ((1, 3),)


def test_the_details_are_kept_word_for_word(server):
    entered = {
        "name": "  Müller  &  Söhne (neu) ",
        "address_line1": "hinter der Kirche, 2. Tür",
        "address_line2": "Haus „B“",
        "postcode": "D 72074",
        "city": "Tübingen-Süd",
        "country": "Deutschland",
        "contact_name": "die Chefin",
        "contact_phone": "bitte erst nach 10 Uhr: ☎ 0163 / 555-0199 -12",
        "contact_email": "nicht vorhanden",
    }

    server.register(factories.bought().code, **entered)

    registration = Registration.objects.get()
    assert {name: getattr(registration, name) for name in entered} == entered
    assert registration.entered_by == "Xchange Server"


def test_the_versions_are_recorded(new_server):
    new_server(version="2.6.1").register(factories.bought().code)

    live = Installation.objects.get()
    assert (live.server_version, live.client_version) == ("2.6.1", "2.6.1")
    assert Event.objects.first().details["server_version"] == "2.6.1"


def test_the_same_call_again_is_answered_the_same_and_is_no_second_event(server):
    serial = factories.bought()
    first = server.register(serial.code)
    events = Event.objects.count()

    again = server.register(serial.code)

    assert again.status_code == 200
    assert again.json() == first.json()
    assert Event.objects.count() == events
    assert Registration.objects.count() == 1


def test_after_a_top_up_the_same_call_brings_the_new_licences(server):
    serial = factories.bought(customer_number="K-1")
    server.register(serial.code)
    imports.record_purchase(factories.line(serial=serial.code, customer_number="K-1", quantity=4), by="tests")

    again = server.register(serial.code)

    assert again.status_code == 200
    assert again.json()["sequence"] == 2
    assert again.json()["licences"][0]["quantity"] == 5


@each_row("spelled", [str.lower, grouped, lambda code: f" {code[:3]}–{code[3:]}. ".replace("O", "0")])
def test_codes_are_read_in_any_spelling_and_answered_in_canonical_form(spelled, server):
    serial = factories.bought()
    body = server.registration(spelled(serial.code)) | {"site_id": spelled(server.site_id)}

    answer = server.post("registrations", body)

    assert answer.status_code == 201
    assert (answer.json()["serial"], answer.json()["site_id"]) == (serial.code, server.site_id)


def test_a_serial_in_use_elsewhere_is_refused(server, new_server):
    serial = factories.registered().serial

    assert is_problem(server.register(serial.code), "serial-in-use", 409)
    assert Installation.objects.filter(site_id=server.site_id).count() == 0


def test_a_released_serial_is_refused_until_it_is_licensed_again(server):
    code = factories.registered(site_id=server.site_id)
    server.release(code.serial.code, code.release_code)

    assert is_problem(server.register(code.serial.code), "relicensing-required", 409)


def test_a_re_licensed_serial_registers_on_its_new_server(server):
    code = factories.relicensed(factories.registered(), site_id=server.site_id)

    answer = server.register(code.serial.code)

    assert answer.status_code == 200
    assert answer.json()["unlock_code"] == code.code


def test_a_server_that_runs_another_serial_is_refused(server):
    factories.registered(site_id=server.site_id)

    assert is_problem(server.register(factories.bought().code), "site-id-in-use", 409)


def test_an_unknown_serial_is_refused(server, db):
    assert is_problem(server.register("AB1C-O9XZ"), "unknown-serial", 404)


def test_a_blocked_serial_is_refused(server):
    serial = factories.bought()
    operations.block_serial(serial=serial.code, reason="Invoice disputed.", by="supervisor")

    refused = server.register(serial.code)

    assert is_problem(refused, "serial-blocked", 403)
    assert "disputed" not in refused.content.decode()


def test_a_serial_whose_licences_were_returned_is_refused(server):
    serial = factories.bought(customer_number="K-1")
    imports.record_purchase(factories.line(serial=serial.code, customer_number="K-1", quantity=-1), by="tests")

    assert is_problem(server.register(serial.code), "nothing-licensed", 409)


def test_from_2_5_on_software_assurance_is_required(server):
    serial = factories.bought(software_assurance_until=None)

    refused = server.register(serial.code)

    assert is_problem(refused, "software-assurance-required", 403)
    assert "2.6" in refused.json()["detail"]


@each_row("missing", CUSTOMER)
@each_row("value", [None, "", "  \t", "\u3000"])
def test_each_of_the_four_details_must_be_there(missing, value, server):
    body = server.registration(factories.bought().code)
    if value is None:
        del body["customer"][missing]
    else:
        body["customer"][missing] = value

    refused = server.post("registrations", body)

    assert is_problem(refused, "invalid-request", 422)
    assert list(refused.json()["errors"]) == [f"customer.{missing}"]
    assert not Installation.objects.exists()


def test_all_that_is_wrong_is_said_at_once_field_by_field(server, db):
    body = {
        "serial": "AB1C-O9X",
        "site_id": "4K7M-PO2W-QZ8?",
        "installation_token": "too short",
        "unlock_code": "ABCDE",
        "server_version": "new",
        "client_version": 2.6,
        "customer": {"name": "\x00", "adress_line1": "Hauptstraße 1", "city": "x" * 101, "contact_phone": None},
    }

    refused = server.post("registrations", body)

    assert is_problem(refused, "invalid-request", 422)
    errors = refused.json()["errors"]
    assert set(errors) == {
        "serial",
        "site_id",
        "installation_token",
        "unlock_code",
        "server_version",
        "client_version",
        "customer.name",
        "customer.address_line1",
        "customer.city",
        "customer.contact_name",
        "customer.contact_phone",
    }
    assert "7 characters" in errors["serial"][0]
    assert "position 14" in errors["site_id"][0]
    assert "101" in errors["customer.city"][0]


def test_the_sentences_are_in_the_language_that_is_asked_for(server, db):
    body = server.registration("AB1CO9XZ", name="")

    german = server.post("registrations", body, headers={"Accept-Language": "de-AT,de;q=0.9"})

    assert german.headers["Content-Language"] == "de"
    assert (
        german.json()["errors"]["customer.name"] != server.post("registrations", body).json()["errors"]["customer.name"]
    )


def test_a_session_gives_no_right_and_no_login_is_asked_for(server, clerk):
    serial = factories.bought()
    server.client.force_login(clerk)

    server.register(serial.code)

    assert Registration.objects.get().entered_by == "Xchange Server"
    assert Serial.objects.get().installations.get().site_id == server.site_id
