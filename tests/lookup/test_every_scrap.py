"""Every scrap finds its site: parts of codes, pasted texts, numbers, streets, towns, former names, tickets."""

import pytest
from django.urls import reverse

from licences import operations
from licences.domain.call_notes import CallerDetails
from licences.domain.codes import grouped
from licences.lookup import look_up
from licences.lookup.labels import reason_in_words
from licences.lookup.match_reasons import MatchKind
from licences.models import SearchText
from tests import factories
from tests.tables import each_row

pytestmark = pytest.mark.django_db


def look_up_all(text: str, *, with_codes: bool = True):
    return look_up(text, with_codes=with_codes)


@pytest.fixture
def code(catalogue):
    """The unlock code of a registered site, among others."""
    factories.bought(customer_name="Hafenkante Logistik AG", city="Hamburg", contact_phone="040 66969-471",
                     postcode="20457", address_line1="Am Kai 1")  # fmt: skip
    address = {"contact_phone": "0711 7654321-0", "postcode": "01067", "city": "Dresden", "address_line1": "Str. 1"}
    serial = factories.bought(
        serial="AB1CO9XZ", customer_name="Alpha Telefonbau GmbH", contact_name="Ines Wagner",
        purchase_reference="PO-2021-00110", **{**address, "address_line1": "Straße des 17. Juni 135"},
    )  # fmt: skip
    return factories.registered(serial, site_id="4K7MPO2WQZ8R", name="Alpha Telefonbau GmbH", **address)


@each_row(
    ("typed", "kind"),
    [
        ("AB1C-O9XZ,", MatchKind.SERIAL),
        ('"AB1C-O9XZ"', MatchKind.SERIAL),
        ("„AB1C-O9XZ“", MatchKind.SERIAL),
        ("(AB1C-O9XZ)", MatchKind.SERIAL),
        ("S/N: AB1C-O9XZ", MatchKind.SERIAL),
        ("Seriennummer AB1C-O9XZ", MatchKind.SERIAL),
        ("Serial number: AB1C–O9XZ.", MatchKind.SERIAL),
        ("AB1C\u200b-O9\u200bXZ", MatchKind.SERIAL),
        ("Site-ID: 4K7M-PO2W-QZ8R", MatchKind.SITE_ID),
        ("4K7M-PO2W", MatchKind.CODE_PART),
        ("QZ8R", MatchKind.CODE_PART),
        ("po2w", MatchKind.CODE_PART),
        ("PO2W-QZ8R", MatchKind.CODE_PART),
        ("P02W QZ8R", MatchKind.CODE_PART),
        ("O9XZ", MatchKind.CODE_PART),
        ("0711 7654321-0", MatchKind.TELEPHONE),
        ("07117654321", MatchKind.TELEPHONE),
        ("497117654321", MatchKind.TELEPHONE),
        ("0049 (711) 7654321", MatchKind.TELEPHONE),
        ("0711–7654321", MatchKind.TELEPHONE),
        ("D-01067", MatchKind.POSTCODE),
        ("D01067", MatchKind.POSTCODE),
        ("DE 01067", MatchKind.POSTCODE),
        ("Straße des 17. Juni 135", MatchKind.STREET),
        ("Str. d. 17. Juni 135", MatchKind.STREET),
        ("Herr Wagner", MatchKind.CONTACT),
        ("Mme Wagner", MatchKind.CONTACT),
        ("Telefonbau in Dresden", MatchKind.SEVERAL),
        ("Dresde", MatchKind.TOWN),
        ("PO-2021-00110", MatchKind.PURCHASE),
        ("2021-00110", MatchKind.PURCHASE),
    ],
)
def test_it_fits(code, typed, kind):
    result = look_up_all(typed)

    assert not result.near
    assert (result.hits[0].serial.code, result.hits[0].reason.kind) == ("AB1CO9XZ", kind)


@each_row(
    ("typed", "reason"),
    [
        ("0711 7654321-15", "telephone, another extension: 0711 7654321-0"),
        ("+49 711 7654321-15", "telephone, another extension: 0711 7654321-0"),
        ("0711765432115", "telephone, another extension: 0711 7654321-0"),
        ("PO-2021-0011O", "similar purchase reference: check O and 0"),
        ("P0-2021-00110", "similar purchase reference: check O and 0"),
        ("2021-0011O", "similar purchase reference: check O and 0"),
    ],
)
def test_it_is_near(code, typed, reason):
    result = look_up_all(typed)

    assert result.near
    assert [(hit.serial.code, reason_in_words(hit)) for hit in result.hits] == [("AB1CO9XZ", reason)]


@each_row(
    ("typed", "address"),
    [
        ("Bgm.-Müller-Str. 3", "Bürgermeister-Müller-Straße 3"),
        ("Bürgermeister Müller Straße 3", "Bgm.-Müller-Str. 3"),
        ("Müllerstraße 3", "Müllerstr. 3"),
        ("Müllerstr. 3", "Müllerstraße 3"),
        ("Lange Straße 3", "Lange Str. 3"),
        ("Ku'damm 12", "Kurfürstendamm 12"),
        ("12 av. du Gal Leclerc", "12 avenue du Général Leclerc"),
        ("12 Highgate Road", "12 Highgate Rd"),
        ("12 Highgate Rd", "12 Highgate Road"),
        ("12 Highgate Avenue", "12 Highgate Ave."),
        ("12 Highgate Ave", "12 Highgate Avenue"),
        ("12 Highgate Blvd", "12 Highgate Boulevard"),
        ("12 Highgate Boulevard", "12 Highgate Blvd."),
        ("12 Highgate Highway", "12 Highgate Hwy"),
        ("12 Highgate Hwy", "12 Highgate Highway"),
        ("12 North Highgate Street", "12 N Highgate St."),
        ("12 N. Highgate St", "12 North Highgate Street"),
        ("Saint Anna Street 3", "St. Anna St. 3"),
        ("St. Anna-Platz 3", "Sankt-Anna-Platz 3"),
        ("Sankt-Anna-Platz 3", "St.-Anna-Pl. 3"),
        ("Schillerplatz 3", "Schillerpl. 3"),
        ("Schillerpl. 3", "Schillerplatz 3"),
        ("Bauerngasse 3", "Bauerng. 3"),
        ("Fischmkt. 3", "Fischmarkt 3"),
        ("Lange Gasse 3", "Lange G. 3"),
        ("Via Torino 3", "V. Torino 3"),
        ("v. Torino 3", "Via Torino 3"),
        ("Viale Torino 3", "V.le Torino 3"),
        ("V.le Torino 3", "Viale Torino 3"),
        ("Piazza Torino 3", "P.za Torino 3"),
        ("P.zza Torino 3", "Piazza Torino 3"),
        ("Rue Molière 3", "R. Molière 3"),
        ("Calle Mayor 3", "C/ Mayor 3"),
        ("ulica Długa 3", "ul. Długa 3"),
        ("ul. Długa 3", "Długa 3"),
        ("Plac Wolności 3", "pl. Wolności 3"),
        ("Damstraat 3", "Damstr. 3"),
        ("Lange Straat 3", "Lange Str. 3"),
    ],
)
def test_a_street_is_found_however_its_words_are_written_short(code, typed, address):
    factories.bought(address_line1=address)

    assert [reason_in_words(hit) for hit in look_up_all(typed).fits] == [f"address: {address}"]


@each_row("typed", ["13 Highgate Road", "12 Highgate Lane", "12 Road", "Road 12 Highbury"])
def test_another_street_or_number_is_not_found_by_its_kind(code, typed):
    factories.bought(address_line1="12 Highgate Rd")

    assert [hit for hit in look_up_all(typed).fits if typed != "12 Road"] == []


def test_a_misspelled_street_is_named_as_the_reason(code):
    found = look_up_all("Straße des 17. Juny 135")

    assert [reason_in_words(hit) for hit in found.hits] == ["similar address: Straße des 17. Juni 135"]


def test_another_house_number_is_not_similar(code):
    assert look_up_all("Straße des 17. Juni 153").hits == []
    assert look_up_all("Straße des 17. Juny 153").hits == []


@each_row("stored", ["0711–7654321", "0711 / 7654321", "497117654321", "+49 (0)711 7654321"])
@each_row("typed", ["0711 7654321", "+49 711 7654321", "497117654321"])
def test_a_number_is_found_however_it_is_written_on_either_side(catalogue, stored, typed):
    serial = factories.bought(contact_phone=stored)

    assert [hit.serial.code for hit in look_up_all(typed).fits] == [serial.code]


@each_row("stored", ["+49 911 5550190", "0911 5550190", "0911/555-01 90", "+49(0)911-5550190", "0049 911 5550190"])
@each_row("typed", ["0911", "0911-", "(0911)", "(0)911", "911", "+49 911", "+49(0)911", "0049 911"])
def test_a_number_is_found_by_its_area_code_alone_however_that_is_written(catalogue, stored, typed):
    serial = factories.bought(customer_name="Kornblume", contact_phone=stored)
    factories.bought(customer_name="Kornblume", contact_phone="+49 711 5091155")

    assert [hit.serial.code for hit in look_up_all(typed).fits] == [serial.code]
    assert [hit.serial.code for hit in look_up_all(f"{typed} Kornblume").fits] == [serial.code]


@each_row("typed", ["030", "+49 30"])
def test_an_area_code_of_two_digits_needs_its_zero_or_country(catalogue, typed):
    serial = factories.bought(contact_phone="+49 30 5550190")

    assert [hit.serial.code for hit in look_up_all(typed).fits] == [serial.code]


def test_the_area_code_of_another_town_is_no_area_code(catalogue):
    factories.bought(contact_phone="+49 9112 5550190")
    factories.bought(contact_phone="+49 711 0911555")

    assert look_up_all("911").fits == []


def test_a_postcode_on_record_may_have_the_prefix(catalogue):
    serial = factories.bought(postcode="D-01067")

    assert [hit.serial.code for hit in look_up_all("01067").fits] == [serial.code]


def test_the_beginning_of_an_unlock_code_is_for_those_who_may_see_codes(code):
    beginning = grouped(code.code)[:23]

    assert look_up_all(beginning).only_match.serial.code == "AB1CO9XZ"
    assert look_up_all(beginning, with_codes=False).hits == []


def test_a_former_name_is_called_so(code):
    correction = operations.Correction({"name": "Omega Systems GmbH"}, "They were renamed.")
    customer_id = code.serial.site.customer_id
    operations.correct_customer(customer_id=customer_id, correction=correction, by="clerk")
    details = factories.details(name="Omega Systems GmbH")
    operations.renew_registration(serial="AB1CO9XZ", details=details, reason="They were renamed.", by="clerk")

    assert reason_in_words(look_up_all("Alpha Telefonbau").hits[0]) == "formerly: Alpha Telefonbau GmbH"
    assert look_up_all("Alpha Telefonbau GmbH").answer is None
    assert look_up_all("Omega Systems").answer.serial.code == "AB1CO9XZ"


def test_the_seller_of_a_site_is_a_former_name_until_it_is_erased(code):
    buyer = factories.bought(customer_name="Omega Systems AG").site.customer
    seller = code.serial.site.customer
    operations.transfer_serial(
        serial="AB1CO9XZ", customer=buyer, details=factories.details(name="Omega Systems AG"),
        reason="It was sold to them.", by="clerk",
    )  # fmt: skip
    assert reason_in_words(look_up_all("Alpha Telefonbau").hits[0]) == "formerly: Alpha Telefonbau GmbH"

    operations.erase_customer(customer_id=seller.pk, reason="They asked for it.", by="auditor")

    assert look_up_all("Alpha Telefonbau").hits == []
    assert not SearchText.objects.filter(former_names__contains="Alpha").exists()
    assert not SearchText.objects.filter(text__contains="telefonbau").exists()


def test_a_customer_that_was_merged_is_found_under_its_name(code):
    other = factories.bought(customer_name="Kornblume Naturkost eG").site.customer
    kept = code.serial.site.customer
    operations.merge_customers(kept_id=kept.pk, merged_id=other.pk, reason="It is one company.", by="supervisor")

    found = {hit.serial.code: reason_in_words(hit) for hit in look_up_all("Kornblume Naturkost").hits}
    assert found["AB1CO9XZ"] == "formerly: Kornblume Naturkost eG"


def test_the_reference_of_a_ticket_is_found_until_it_is_emptied(code):
    request = factories.request(code)
    caller = CallerDetails(ticket_reference="HELP-4711")
    operations.note_caller(request_id=request.pk, caller=caller, by="clerk")
    assert reason_in_words(look_up_all("HELP-4711").hits[0]) == "ticket: HELP-4711"

    operations.note_caller(request_id=request.pk, caller=CallerDetails(), by="clerk")

    assert look_up_all("HELP-4711").fits == []


def test_a_new_site_id_is_found_by_a_part_after_relicensing(code):
    relicensed = factories.relicensed(code)
    part = relicensed.installation.site_id[4:]

    assert part in SearchText.objects.get(serial=code.serial_id).text
    assert "4K7MPO2WQZ8R" in SearchText.objects.get(serial=code.serial_id).text


@each_row("exists", [True, False])
def test_whoever_may_not_see_codes_reads_that_none_was_looked_up(code, support_agent, as_user, exists):
    typed = code.code if exists else code.code[::-1]

    page = as_user(support_agent).get(reverse("lookup"), {"q": typed}).content.decode()

    assert "<h2>Your role does not find unlock codes</h2>" in page
    assert "<h2>No match</h2>" not in page
    assert "Nothing found." not in page
    assert "Searched as" not in page


def test_a_code_that_nobody_has_is_no_match_for_those_who_may_see_codes(code, staff):
    page = staff.get(reverse("lookup"), {"q": code.code[::-1]}).content.decode()

    assert "<h2>No match</h2>" in page


def test_a_code_is_told_in_sentences(code, staff):
    page = staff.get(reverse("lookup"), {"q": code.code}, headers={"accept-language": "de"}).content.decode()

    assert "Registrierung.</p>" in page


@pytest.mark.parametrize(
    ("postcode", "city"),
    [
        ("CF11 9LN", "Cardiff"),
        ("L1 8JQ", "Liverpool"),
        ("B1 1AA", "Birmingham"),
        ("G3 8BW", "Glasgow"),
        ("AB10 1AB", "Aberdeen"),
        ("NR2 2PA", "Norwich"),
    ],
)
def test_a_british_postcode_keeps_the_letters_that_are_also_prefixes_of_countries(catalogue, postcode, city):
    factories.bought(customer_name="Hafenkante Logistik AG", postcode="20457", city="Hamburg")
    serial = factories.bought(customer_name="Cwmllwydan Housing Ltd", postcode=postcode, city=city, country="GB")

    for typed in (postcode, postcode.replace(" ", ""), postcode.lower(), f"{postcode} {city}", f"GB-{postcode}",
                  f"Cwmllwydan, {postcode}", f"UK {postcode}"):  # fmt: skip
        result = look_up_all(typed)
        assert ([hit.serial.code for hit in result.hits], result.near) == ([serial.code], False), typed
