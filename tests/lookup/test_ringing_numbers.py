"""The look-up as the pop-up of a telephone system, and as a link that can be sent
(docs/look-up.md#from-a-telephone-system)."""

import pytest
from django.urls import reverse

from licences.domain.codes import grouped
from licences.domain.dialled_numbers import labelled_number
from tests import factories
from tests.tables import each_row

pytestmark = pytest.mark.django_db

RINGING = [
    "+49 711 7654321", "+497117654321", "%2B497117654321", "00497117654321", "497117654321", "0711 7654321",
    "tel:+49-711-7654321", "tel:+497117654321;ext=3", "<tel:07117654321>", "sip:+497117654321@pbx.example;user=phone",
    "callto://+497117654321", "Tel. 0711 7654321", "Telefon: +49 (0)711 7654321",
]  # fmt: skip


@pytest.fixture
def code(catalogue):
    """The unlock code of a registered site with a telephone, beside one without that number."""
    factories.bought(customer_name="Hafenkante Logistik AG", contact_phone="040 66969-471")
    address = {"contact_phone": "0711 7654321", "city": "Stuttgart"}
    serial = factories.bought(serial="AB1CO9XZ", customer_name="Alpha Telefonbau GmbH", **address)
    return factories.registered(serial, name="Alpha Telefonbau GmbH", **address)


@each_row("number", RINGING)
def test_a_ringing_number_in_any_form_opens_the_answer_with_the_way_to_the_card(code, support_agent, as_user, number):
    page = as_user(support_agent).get(f"{reverse('lookup')}?q={number}").content.decode()

    band = page.partition("<h2>Registered</h2>")[2].partition("</div>\n</div>")[0]
    assert "Alpha Telefonbau GmbH" in band
    assert f'href="{code.serial.get_absolute_url()}"' in band


def test_who_is_not_logged_in_comes_back_to_the_number(code, client):
    answer = client.get(f"{reverse('lookup')}?q=%2B497117654321")

    assert answer.status_code == 302
    assert answer["Location"].endswith("?next=/lookup/%3Fq%3D%252B497117654321")


def test_a_name_with_a_number_is_no_telephone():
    for text in ("Mobile 2000 GmbH", "Handy-Shop 24", "Fon", "tel:", "Telekom 0711 7654321", "Fax 12"):
        assert labelled_number(text) == ""
    assert labelled_number("Mobile 0171 555016") == "0171 555016"


def test_the_link_of_a_result_is_its_address_with_the_plus_written_out(code, staff):
    page = staff.get(reverse("lookup"), {"q": "+49 711 7654321"}).content.decode()

    assert 'data-copy-link="/lookup/?q=%2B49+711+7654321"' in page
    assert 'data-looked-up="+49 711 7654321" data-found="Alpha Telefonbau GmbH"' in page


@each_row("kind", ["code", "release_code", "beginning", "without groups", "pasted"])
def test_no_secret_code_becomes_a_link_or_a_recent_look_up(code, staff, kind):
    typed = {
        "beginning": grouped(code.code)[:17],
        "without groups": code.code.lower(),
        "pasted": f"Freischaltcode: {grouped(code.code)}",
    }.get(kind) or getattr(code, kind)

    page = staff.get(reverse("lookup"), {"q": typed}).content.decode()
    answer = staff.get(reverse("lookup"), {"q": typed, "format": "json"}).json()

    assert [result["customer"] for result in answer["results"]] == ["Alpha Telefonbau GmbH"]
    assert answer["secret"] is True
    assert "data-looked-up" not in page
    assert "data-copy-link" not in page


def test_other_codes_are_no_secret(code, staff):
    for typed in (code.serial.code, code.installation.site_id, "Alpha Telefonbau GmbH", "AB1C"):
        assert staff.get(reverse("lookup"), {"q": typed, "format": "json"}).json()["secret"] is False
        assert "data-copy-link" in staff.get(reverse("lookup"), {"q": typed}).content.decode()
