"""A value that was copied with its label, or as programs write it, finds the same as the value alone
(docs/look-up.md#1-what-was-typed)."""

import pytest

from licences.lookup import look_up
from licences.lookup.labels import reason_in_words
from licences.lookup.match_kinds import MatchKind
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def alpha(catalogue):
    """The serial number of a customer with all that has a label, among others."""
    factories.bought(
        customer_name="Hafenkante Logistik AG", customer_number="2021001", purchase_reference="PO-2020-1",
        city="Hamburg", contact_phone="040 66969-471", postcode="20457", address_line1="Am Kai 1",
    )  # fmt: skip
    return factories.bought(
        serial="AB1CO9XZ", customer_name="Alpha Telefonbau GmbH", customer_number="K-10201",
        purchase_reference="PO-2021-00110", contact_name="Ines Wagner", contact_email="ines@alpha.example",
        contact_phone="0711 7654321-0", address_line1="Neubaugasse 31/2/14", postcode="1070", city="Wien",
        country="AT",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "kind", "sure"),
    [
        ("Kundennummer K-10201", MatchKind.NUMBER, True),
        ("Kundennr.: K-10201", MatchKind.NUMBER, True),
        ("Kd.-Nr. K-10201.", MatchKind.NUMBER, True),
        ("unsere Kundennummer ist K-10201", MatchKind.NUMBER, True),
        ("customer no. k-10201", MatchKind.NUMBER, True),
        ("Customer number:\tK-10201", MatchKind.NUMBER, True),
        ("Kunde K-10201", MatchKind.NUMBER, True),
        ("Kunde: K-10201", MatchKind.NUMBER, True),
        ("Kundennummer k 10201", MatchKind.NUMBER, False),
        ("Bestellnummer PO-2021-00110", MatchKind.PURCHASE, True),
        ("Bestellung PO-2021-00110", MatchKind.PURCHASE, True),
        ("Best.-Nr. PO-2021-00110", MatchKind.PURCHASE, True),
        ("purchase order PO-2021-00110", MatchKind.PURCHASE, True),
        ("our order number is PO-2021-00110", MatchKind.PURCHASE, True),
        ("Order: PO-2021-00110", MatchKind.PURCHASE, True),
        ("PO no. 2021-00110", MatchKind.PURCHASE, False),
        ("PO - 2021 - 00110", MatchKind.PURCHASE, False),
        ("ＰＯ－２０２１－００１１０", MatchKind.PURCHASE, True),
        ('="PO-2021-00110"', MatchKind.PURCHASE, True),
        ("`AB1C-O9XZ`", MatchKind.SERIAL, True),
        ('="AB1C-O9XZ"', MatchKind.SERIAL, True),
        ("Serial=AB1C-O9XZ", MatchKind.SERIAL, True),
        ("SN=ab1c-o9xz", MatchKind.SERIAL, True),
        ("code=AB1C-O9XZ", MatchKind.SERIAL, True),
        ("Tel.: 0711 7654321-0", MatchKind.TELEPHONE, True),
        ("Telefonnummer: 0711 7654321-0", MatchKind.TELEPHONE, True),
        ("T +49 711 7654321-0", MatchKind.TELEPHONE, True),
        ("M: 0711 7654321-0", MatchKind.TELEPHONE, True),
        ("Rückruf 0711 76543210", MatchKind.TELEPHONE, True),
        ("Anruf von +4971176543210", MatchKind.TELEPHONE, True),
        ("call from 0711 76543210", MatchKind.TELEPHONE, True),
        ('"Anrufer" <sip:+4971176543210@pbx.example>', MatchKind.TELEPHONE, True),
        ("Wagner, Ines <tel:+4971176543210>", MatchKind.TELEPHONE, True),
        ("0711 7654321 DW 0", MatchKind.TELEPHONE, True),
        ("0711 7654321, ext. 0", MatchKind.TELEPHONE, True),
        ("E-Mail: ines@alpha.example", MatchKind.EMAIL, True),
        ("email ines@alpha.example", MatchKind.EMAIL, True),
        ("Von: ines@alpha.example", MatchKind.EMAIL, True),
        ("MAILTO:ines@alpha.example", MatchKind.EMAIL, True),
        ("[ines@alpha.example](mailto:ines@alpha.example)", MatchKind.EMAIL, True),
        ("Name: Alpha Telefonbau GmbH", MatchKind.NAME, True),
        ("Kunde: Alpha Telefonbau GmbH", MatchKind.NAME, True),
        ("Ansprechpartner: Ines Wagner", MatchKind.CONTACT, False),
        ("Adresse: Neubaugasse 31/2/14", MatchKind.STREET, False),
        ("Neubaugasse 31/2/14", MatchKind.STREET, False),
        ("Neubaugasse31/2/14", MatchKind.STREET, False),
        ("PLZ 1070", MatchKind.POSTCODE, False),
        ("Ort: Wien", MatchKind.TOWN, False),
        ("z. Hd. Frau Ines Wagner", MatchKind.CONTACT, False),
        ("Hier ist Wagner", MatchKind.CONTACT, False),
        ("die Firma Alpha Telefonbau GmbH in Wien", MatchKind.SEVERAL, False),
        ("Neubaugasse Nr. 31/2/14", MatchKind.STREET, False),
        ("Alpha Telefonbau, Tel. 0711 765 43210", MatchKind.SEVERAL, False),
        ("+49 711 765 432 10 Telefonbau", MatchKind.SEVERAL, False),
    ],
)
def test_the_value_is_found_and_as_sure_as_alone(alpha, typed, kind, sure):
    result = look_up(typed, with_codes=True)

    assert not result.near
    assert [(hit.serial.code, hit.reason.kind) for hit in result.hits] == [("AB1CO9XZ", kind)]
    assert (result.answer is not None) is sure


@pytest.mark.parametrize(
    "typed",
    ["Bestellnummer 2021001", "Rechnung 2021001", "Tel. 2021001", "E-Mail: 2021001", "PLZ 2021001", "Ticket 2021001"],
)
def test_a_label_of_something_else_is_never_sure(alpha, typed):
    assert look_up("2021001", with_codes=True).answer is not None
    assert look_up("Kundennummer 2021001", with_codes=True).answer is not None

    assert look_up(typed, with_codes=True).answer is None


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("Bestellung 24 GmbH", "Bestellung 24"),
        ("Mail Boxes GmbH", "Mail Boxes"),
        ("Kunde & Sohn GmbH", "Kunde & Sohn"),
        ("Ortmann KG", "Ort"),
        ("Order Logistik 2000 GmbH", "Order Logistik 2000"),
        ("Kontakt 2000 AG", "Kontakt 2000 AG"),
        ("T 4 Mobile GmbH", "T 4 Mobile"),
    ],
)
def test_a_name_that_begins_like_a_label_is_a_name(catalogue, name, typed):
    factories.bought(customer_name=name)

    result = look_up(typed, with_codes=True)

    assert not result.near
    assert [hit.serial.customer_name for hit in result.hits] == [name]


@pytest.mark.parametrize("typed", ["K-1O2O1", "k-1o201", "Kundennummer K-1O201"])
def test_a_customer_number_with_o_for_zero_is_near(alpha, typed):
    result = look_up(typed, with_codes=True)

    assert result.near
    assert [(hit.serial.code, reason_in_words(hit)) for hit in result.hits] == [
        ("AB1CO9XZ", "similar customer number: check O and 0")
    ]


@pytest.mark.parametrize("typed", ["MÃ¼llerstÃ¤tter", "Müllerstätter", "Ute GÃ¤ÃŸchen", "GÃ¤ÃŸchen MÃ¼llerstÃ¤tter"])
def test_umlauts_that_a_spreadsheet_read_wrongly_are_read(catalogue, typed):
    factories.bought(customer_name="Müllerstätter GmbH", contact_name="Ute Gäßchen")

    assert [hit.serial.customer_name for hit in look_up(typed, with_codes=True).fits] == ["Müllerstätter GmbH"]


def test_a_postcode_whose_zero_a_spreadsheet_dropped_is_found_beside_the_town(catalogue):
    factories.bought(customer_name="Hafenkante Logistik AG", postcode="20457", city="Hamburg")
    factories.bought(customer_name="Elbdruck GmbH", postcode="01067", city="Dresden")

    result = look_up("1067 Dresden", with_codes=True)

    assert ([hit.serial.customer_name for hit in result.hits], result.near) == (["Elbdruck GmbH"], False)
