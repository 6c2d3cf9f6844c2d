"""``/register/`` helps its customers: whom to call, what browsers fill in, and characters that are easily confused."""

import re

import pytest
from django.template import Context, Template
from django.utils import translation

from licences import operations
from licences.models import Registration
from tests import factories
from tests.tables import each_row
from tests.views.test_public_registration import FIELDS, words

pytestmark = pytest.mark.usefixtures("catalogue")

NUMBER = "+49 (0)30 23125-100"


@pytest.fixture
def with_number(settings):
    settings.LICENSING_PHONE = NUMBER


def field(html, name):
    """The opening tag of a field."""
    return re.search(rf'<input[^>]* name="{name}"[^>]*>', html)[0]


def blocked():
    serial = factories.bought()
    operations.block_serial(serial=serial.code, reason="Invoice disputed.", by="supervisor")
    return serial.code


# --- Whom to call ----------------------------------------------------------------------------------------


def test_the_page_gives_the_number_with_a_link_that_dials_it(client, with_number):
    html = client.get("/register/").content.decode()

    assert f'then call the licensing team (<a href="tel:+493023125100">{NUMBER}</a>).' in " ".join(html.split())


def test_without_a_number_the_page_says_to_call_all_the_same(client):
    assert "then call the licensing team." in words(client.get("/register/"))


def test_the_page_with_the_code_gives_it_as_well(client, with_number):
    shown = words(client.post("/register/", {"serial": factories.bought().code, **FIELDS}))

    assert f"If you lose it, call the licensing team ( {NUMBER} ): this page will not show it again." in shown


def test_e_mail_gives_it_as_plain_text(with_number):
    template = Template("{% load licensing_phone %}call us{% licensing_phone plain=True %}.")

    assert template.render(Context()) == f"call us ({NUMBER})."


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", f"This serial number is blocked. Call the licensing team ({NUMBER})."),
        ("de", f"Diese Seriennummer ist gesperrt. Rufen Sie das Lizenzteam ({NUMBER}) an."),
    ],
)
def test_refusals_give_it_in_both_languages(client, with_number, language, sentence):
    with translation.override(language):
        answer = client.post("/register/", {"serial": blocked(), **FIELDS}, headers={"Accept-Language": language})

    assert sentence in words(answer)


def test_a_refusal_without_a_number_ends_its_sentence(client):
    answer = client.post("/register/", {"serial": blocked(), **FIELDS})

    assert "This serial number is blocked. Call the licensing team." in words(answer)


@each_row("number", [NUMBER, ""])
def test_problems_of_servers_give_it_too(client, settings, number):
    settings.LICENSING_PHONE = number
    body = {"serial": blocked(), "site_id": FIELDS["site_id"], "installation_token": "t" * 43}
    body |= {"server_version": "2.6", "client_version": "2.6"}
    customer = {name: FIELDS[name] for name in ("name", "address_line1", "contact_name", "contact_phone")}

    answer = client.post("/api/v1/registrations", body | {"customer": customer}, content_type="application/json")

    in_brackets = f" ({number})" if number else ""
    assert answer.json()["detail"] == f"This serial number is blocked. Call the licensing team{in_brackets}."


# --- What browsers fill in -------------------------------------------------------------------------------


def test_telephone_and_e_mail_have_their_input_types_and_browsers_fill_in_what_they_know(client):
    html = client.get("/register/").content.decode()

    assert 'type="tel"' in field(html, "contact_phone")
    assert 'type="email"' in field(html, "contact_email")
    filled_in = {
        name: re.search(r'autocomplete="([^"]*)"', field(html, name))[1]
        for name in ("name", "address_line1", "postcode", "city", "country", "contact_name", "contact_phone")
    }
    assert filled_in == {
        "name": "organization",
        "address_line1": "address-line1",
        "postcode": "postal-code",
        "city": "address-level2",
        "country": "country-name",
        "contact_name": "name",
        "contact_phone": "tel",
    }
    assert 'autocomplete="off"' in field(html, "serial")


def test_staff_who_register_by_hand_are_not_offered_their_own_address(staff):
    html = staff.get("/registrations/new/").content.decode()

    assert 'autocomplete="off"' in field(html, "contact_phone")


# --- Characters that are easily confused ------------------------------------------------------------------


def test_an_unknown_serial_asks_about_the_characters_that_were_typed(client):
    answer = client.post("/register/", {"serial": "ABlC-D8XY", **FIELDS})

    assert "This serial number is unknown" in words(answer)
    assert "Easily confused: B or 8? l or 1 or I? Compare with the original." in words(answer)


def test_a_code_of_the_wrong_length_asks_about_them_at_its_field(client):
    answer = client.post("/register/", {"serial": "AB1C-O9X", **FIELDS})

    assert "Easily confused: B or 8? 1 or I or l? O or 0 or Q?" in words(answer)


def test_a_code_without_such_characters_gets_no_hint(client):
    assert "Easily confused" not in words(client.post("/register/", {"serial": "ACDEFHJ", **FIELDS}))


def test_there_is_no_hint_while_a_code_is_missing(client):
    assert "Easily confused" not in words(client.post("/register/", {**FIELDS, "serial": ""}))


# --- Versions ---------------------------------------------------------------------------------------------


def test_a_version_may_have_a_german_comma(client):
    answer = client.post(
        "/register/", {"serial": factories.bought().code, **FIELDS, "server_version": "2,4", "client_version": "2,4"}
    )

    assert answer.status_code == 200
    assert Registration.objects.count() == 1
