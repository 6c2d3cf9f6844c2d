"""The look-up finds serial numbers by anything that a caller may give, exact or mistaken, on either database."""

from copy import deepcopy

import pytest
from django.urls import reverse

from licences import operations
from licences.domain.codes import grouped
from licences.lookup import look_up
from licences.lookup.labels import reason_in_words, status_in_words, understood_as
from licences.lookup.match_reasons import MatchKind
from licences.models import SearchText, Serial, UnlockCode
from tests import factories
from tests.beginnings import EIGHT_CUSTOMERS
from tests.tables import each_row

pytestmark = pytest.mark.django_db


@pytest.fixture
def eight_customers(beginning, db):
    """Number of the customer → serial number."""
    return deepcopy(beginning)


def look_up_all(text: str, *, with_codes: bool = True):
    return look_up(text, with_codes=with_codes)


def numbers(text: str) -> list[str]:
    return [hit.serial.number for hit in look_up_all(text).hits]


# --- What fits ---------------------------------------------------------------------------------------


@each_row(
    ("typed", "expected", "why"),
    [
        ("müller metall", "K-2", MatchKind.NAME),
        ("mueller METALL", "K-2", MatchKind.NAME),
        ("Metallbau Müller", "K-2", MatchKind.NAME),
        ("muller leeds", "K-3", MatchKind.SEVERAL),
        ("Soehne", "K-1", MatchKind.NAME),
        ("Gross", "K-6", MatchKind.CONTACT),
        ("groß nürnberg", "K-6", MatchKind.SEVERAL),
        ("electricite", "K-5", MatchKind.NAME),
        ("zolty lisc", "K-7", MatchKind.NAME),
        ("O'Neill", "K-3", MatchKind.CONTACT),
        ("Weiss", "K-2", MatchKind.CONTACT),
        ("Weg 1 Lyon", "K-5", MatchKind.SEVERAL),
        ("Herr Groß", "K-6", MatchKind.CONTACT),
        ("Metallbau in Leipzig", "K-2", MatchKind.SEVERAL),
        ("493415550177", "K-2", MatchKind.TELEPHONE),
        ("0341–555 01 77", "K-2", MatchKind.TELEPHONE),
        ("D-04109", "K-2", MatchKind.POSTCODE),
        ("D 04109", "K-2", MatchKind.POSTCODE),
        ("PL-00-950", "K-7", MatchKind.POSTCODE),
        ("Warschau", "K-7", MatchKind.TOWN),
        ("Nuremberg", "K-6", MatchKind.TOWN),
        ("Lipsk", "K-2", MatchKind.TOWN),
        ("<vogel@example.com>", "K-1", MatchKind.EMAIL),
        ("mailto:vogel@example.com", "K-1", MatchKind.EMAIL),
        ("Sabine Vogel <vogel@example.com>,", "K-1", MatchKind.EMAIL),
        ("07071 5550163", "K-1", MatchKind.TELEPHONE),
        ("0163", "K-1", MatchKind.TELEPHONE),
        ("+49 341 5550177", "K-2", MatchKind.TELEPHONE),
        ("0341 555 01 77", "K-2", MatchKind.TELEPHONE),
        ("(0341) 555/0177", "K-2", MatchKind.TELEPHONE),
        ("0044 113 4960123", "K-3", MatchKind.TELEPHONE),
        ("66969", "K-8", MatchKind.TELEPHONE),
        ("04109", "K-2", MatchKind.POSTCODE),
        ("ls14ap", "K-3", MatchKind.POSTCODE),
        ("LS1 4AP", "K-3", MatchKind.POSTCODE),
        ("00950", "K-7", MatchKind.POSTCODE),
        ("Lyon", "K-5", MatchKind.TOWN),
        ("vogel@example.com", "K-1", MatchKind.EMAIL),
        ("lisc.example", "K-7", MatchKind.EMAIL),
        ("K-4", "K-4", MatchKind.NUMBER),
        ("Żak", "K-7", MatchKind.CONTACT),
        ("zö nü", "K-6", MatchKind.SEVERAL),
        ("ly", "K-5", MatchKind.TOWN),
    ],
)
def test_it_finds_a_site_by_any_scrap_and_says_by_which(eight_customers, typed, expected, why):
    result = look_up_all(typed)

    assert not result.near
    assert result.hits[0].serial.pk == eight_customers[expected].pk
    assert result.hits[0].reason.kind == why


def test_several_words_narrow_down(eight_customers):
    assert set(numbers("müller")) == {"K-1", "K-2", "K-3"}
    assert numbers("müller leeds") == ["K-3"]


def test_one_letter_finds_what_begins_with_it(eight_customers):
    assert set(numbers("x")) == set()
    assert "K-7" in numbers("ż")
    assert set(numbers("h")) >= {"K-8"}


@each_row("typed", ["%", "_", "%%%", "\\", '"', "'", "a_c%", '"x" OR "y"', "*", "NEAR(a b)", "müller AND"])
def test_signs_that_mean_something_to_a_database_are_only_signs(eight_customers, typed):
    assert look_up_all(typed).query.text == typed
    assert "K-5" not in numbers(typed)


def test_whole_names_come_before_parts_and_short_ones_before_long_ones(catalogue):
    for name in ("Smithson Partners", "Smith", "Blacksmith Ltd", "Smith & Sons Ltd", "John Smith Holdings"):
        factories.bought(customer_name=name)

    names = [hit.serial.customer_name for hit in look_up_all("smith").hits]

    assert names == ["Smith", "Smith & Sons Ltd", "John Smith Holdings", "Smithson Partners", "Blacksmith Ltd"]


def test_an_exact_name_is_first_however_many_are_alike(catalogue):
    for number in range(40):
        factories.bought(customer_name=f"Ader {number} Smith & Sons Ltd")
    exact = factories.bought(customer_name="Smith & Sons Ltd")

    result = look_up_all("Smith and Sons")

    assert result.hits[0].serial.pk == exact.pk
    assert result.more


@each_row("spelling", [str, str.lower, lambda code: grouped(code).replace("O", "0"), lambda c: " ".join(c)])
def test_a_serial_number_is_found_in_any_spelling(eight_customers, spelling):
    serial = eight_customers["K-4"]

    result = look_up_all(spelling(grouped(serial.code)))

    assert result.only_match.serial.code == serial.code
    assert result.only_match.reason.kind == MatchKind.SERIAL


def test_codes_of_all_kinds_are_found_by_those_who_may_see_them(catalogue):
    code = factories.registered()
    installation = code.installation
    expected = {
        grouped(installation.site_id): MatchKind.SITE_ID,
        grouped(code.code): MatchKind.UNLOCK_CODE,
        grouped(code.release_code): MatchKind.RELEASE_CODE,
        code.serial.grants.get().purchase_reference.lower(): MatchKind.PURCHASE,
    }

    assert {text: look_up_all(text).only_match.reason.kind for text in expected} == expected


@each_row("which", ["code", "release_code"])
def test_who_may_not_see_codes_does_not_find_by_them(catalogue, which):
    code = getattr(factories.registered(), which)

    assert look_up_all(grouped(code), with_codes=False).hits == []


def test_a_release_code_that_an_old_installation_reported_is_found(catalogue):
    installation = factories.taken_over()
    operations.release_installation(
        serial=installation.serial.code, site_id=installation.site_id, release_code="AB1CO9XZ11", by="Xchange Server"
    )

    assert look_up_all("AB1CO-9XZ11").only_match.reason.kind == MatchKind.RELEASE_CODE


def test_a_former_site_id_is_found_and_called_former(catalogue):
    first = factories.registered(site_id="4K7MPO2WQZ8R")
    factories.relicensed(first)

    assert look_up_all(first.installation.site_id).only_match.reason.kind == MatchKind.FORMER_SITE_ID


def test_the_beginning_of_a_code_is_enough(eight_customers, catalogue):
    code = factories.registered(factories.bought(serial="QQ7XW2AA"), site_id="ZZ9XPO2WQZ8R")

    assert look_up_all("QQ7X-W").only_match.serial.code == code.serial.code
    assert look_up_all("zz9x-p0").only_match.serial.code == code.serial.code


def test_who_registered_is_found_though_another_bought(catalogue):
    code = factories.registered(name="Kornblume Naturkost eG", contact_name="Ida Unverzagt")

    assert look_up_all("Kornblume").only_match.serial.code == code.serial.code
    assert look_up_all("unverzagt").only_match.reason.kind == MatchKind.REGISTRATION


def test_a_site_is_found_by_its_own_name(catalogue):
    leeds = factories.bought(customer_number="K-77", customer_name="Contoso Ltd", site_name="Leeds warehouse")
    factories.bought(customer_number="K-77", customer_name="Contoso Ltd", site_name="York")

    assert look_up_all("contoso leeds").only_match.serial.code == leeds.code


def test_a_correction_is_searched_at_once_and_what_it_replaced_is_called_former(eight_customers):
    customer = eight_customers["K-4"].site.customer
    values = {"name": "Brandneu AG", "contact_name": "Paul Smythe"}
    operations.correct_customer(
        customer_id=customer.pk, correction=operations.Correction(values, "They were renamed."), by="tests"
    )

    assert numbers("brandneu") == ["K-4"]
    found = look_up_all("smith & sons")
    assert [reason_in_words(hit) for hit in found.hits] == ["formerly: Smith & Sons Ltd"]
    assert found.answer is None


# --- What is near --------------------------------------------------------------------------------------


@each_row(
    ("typed", "expected"),
    [
        ("Hafenkannte Logistikberatung", "K-8"),
        ("Hafnekante", "K-8"),
        ("Hafenkante Logstikberatung AG", "K-8"),
        ("Smiht & Sons", "K-4"),
        ("Smyth and Sons", "K-4"),
        ("Smith & Sons PLC", "K-4"),
        ("Prüfmitteltechnick Zöbelein", "K-6"),
        ("Bäkerei Müler Söhne", "K-1"),
        ("Miller Metallbau", "K-2"),
        ("Logistikberatung Petersen GmbH Hamburg Hafen Ost", "K-8"),
        ("Zolti Lisch", "K-7"),
        ("Societe Generale d'Elektricite", "K-5"),
    ],
)
def test_names_that_sound_or_look_alike_are_found_first(eight_customers, typed, expected):
    result = look_up_all(typed)

    assert result.hits[0].serial.pk == eight_customers[expected].pk


def test_it_says_how_a_name_comes_near(eight_customers):
    assert (
        reason_in_words(look_up_all("Hafenkannte Logistikberatung").hits[0])
        == "differs in punctuation, legal form, spelling"
    )
    assert reason_in_words(look_up_all("Hafnekante").hits[0]) == "sounds similar"
    assert reason_in_words(look_up_all("Hafankante Lagistik").hits[0]) == "similar spelling"


@each_row(("typed", "reason"), [("Pettersen", "similar contact: Jan Petersen"), ("Hambrug", "similar town: Hamburg")])
def test_it_names_the_contact_or_the_town_that_comes_nearer_than_the_name(eight_customers, typed, reason):
    assert reason in {reason_in_words(hit) for hit in look_up_all(typed).hits}


@each_row("typed", ["AB1C-O9X2", "AB1CO9Z", "AB1CO9XZZ", "BA1C-O9XZ"])
def test_a_serial_number_one_slip_away_is_named_with_its_customer(catalogue, typed):
    serial = factories.bought(serial="AB1CO9XZ")

    result = look_up_all(typed)

    assert result.near
    assert result.only_match is None
    assert [hit.serial.code for hit in result.hits] == [serial.code]
    assert result.hits[0].reason.kind == MatchKind.SERIAL_SLIP


def test_a_site_id_one_slip_away_is_named_with_its_group(catalogue):
    code = factories.registered(site_id="4K7MPO2WQZ8R")

    result = look_up_all("4K7M-PO2W-QZ8P")

    assert [hit.serial.code for hit in result.hits] == [code.serial.code]
    assert reason_in_words(result.hits[0]) == "similar site ID: check group 3"


def test_unlock_and_release_codes_are_never_guessed_at(catalogue):
    code = factories.registered()

    for known in (code.release_code, code.code):
        assert look_up_all(known[:-1] + ("2" if known[-1] != "2" else "3")).hits == []


def test_nothing_is_made_up(eight_customers):
    result = look_up_all("Quetzalcoatl Xylophon")

    assert (result.hits, result.facts) == ([], [])
    assert status_in_words(result) == "Nothing found."


# --- What it says ----------------------------------------------------------------------------------------


@each_row(
    ("typed", "understood"),
    [
        ("ab1c 09xz", "Serial number AB1C-O9XZ"),
        ("4k7mp02wqz8r", "Site ID 4K7M-PO2W-QZ8R"),
        ("müller leeds", "Name or other words"),
        ("0341 555", "Telephone number, postcode or other number"),
        ("a@b.example", "E-mail address"),
        ("PO-2019-00167", "Purchase reference or customer number"),
        ("2.6", "Version of Xchange"),
    ],
)
def test_it_says_what_it_understood(db, typed, understood):
    assert understood_as(look_up_all(typed)) == understood


# --- The page and the JSON ---------------------------------------------------------------------------------


def test_one_site_that_fits_has_its_verdict_on_top(catalogue, staff):
    code = factories.registered()
    factories.bought(customer_name="Wartende Werkstatt")

    page = staff.get(reverse("lookup"), {"q": code.serial.code}).content.decode()
    assert "<h2>Registered</h2>" in page
    page = staff.get(reverse("lookup"), {"q": "wartende werkstatt"}).content.decode()
    assert "Bought but not registered: support may be refused" in page


def test_a_blocked_and_a_released_site_say_so(catalogue, staff):
    blocked, released = factories.registered(), factories.registered()
    operations.block_serial(serial=blocked.serial.code, reason="Invoice disputed", by="supervisor")
    operations.release_installation(
        serial=released.serial.code, site_id=released.installation.site_id, release_code=released.release_code, by="it"
    )

    assert "Invoice disputed" in staff.get(reverse("lookup"), {"q": blocked.serial.code}).content.decode()
    page = staff.get(reverse("lookup"), {"q": released.serial.code}).content.decode()
    assert "Released, awaiting re-licensing" in page


def test_what_is_not_on_record_is_unknown(catalogue, staff):
    assert "<h2>No match</h2>" in staff.get(reverse("lookup"), {"q": "Quetzalcoatl"}).content.decode()


def test_near_names_are_not_passed_off_as_the_answer(eight_customers, staff):
    page = staff.get(reverse("lookup"), {"q": "Hafnekante"}).content.decode()

    assert "No exact match" in page
    assert "<h2>Registered</h2>" not in page


def test_the_json_keeps_its_contract_and_says_why(eight_customers, staff):
    response = staff.get(reverse("lookup"), {"q": "lyon", "format": "json"}).json()

    result = response["results"][0]
    assert result["serial"] == grouped(eight_customers["K-5"].code)
    assert (result["site_id"], result["registered"]) == (None, False)
    assert result["customer"] == "Société Générale d'Électricité SARL"
    assert result["reason"] == "town: Lyon"
    assert response["status"] == "1 site found: town Lyon."
    assert (result["sure"], response["near"]) == (False, False)


@each_row("typed", ["serial", "müller", "Smiht Sons Lonndon", "AB1C-O9X2", "nobody at all", "0163", "2.6"])
def test_the_page_takes_at_most_8_queries_and_the_json_6(eight_customers, staff, typed, django_assert_max_num_queries):
    typed = eight_customers["K-1"].code if typed == "serial" else typed

    with django_assert_max_num_queries(8):
        staff.get(reverse("lookup"), {"q": typed})
    with django_assert_max_num_queries(6):
        staff.get(reverse("lookup"), {"q": typed, "format": "json"})


def test_a_support_agent_gets_no_code_in_the_json(catalogue, support_agent, as_user):
    factories.registered()
    code = UnlockCode.objects.get()

    text = as_user(support_agent).get(reverse("lookup"), {"q": "müller", "format": "json"}).content.decode()

    assert "M\\u00fcller" in text
    for part in (code.code[:5], code.release_code[:5]):
        assert part not in text


def test_a_text_with_a_control_character_is_refused_politely(staff):
    response = staff.get(reverse("lookup"), {"q": "a\x00b", "format": "json"})

    assert response.status_code == 400
    assert response.json()["results"] == []


# --- What is searched ----------------------------------------------------------------------------------------


def test_every_serial_number_has_its_search_text(eight_customers):
    assert SearchText.objects.count() == Serial.objects.count() == len(EIGHT_CUSTOMERS)
    text = SearchText.objects.get(serial=eight_customers["K-1"]).text
    assert (
        text
        == "  backerei  muller  und  sohne  gmbh  sabine  vogel  tubingen  72074  vogel@example.com  070715550163  k1"
        f"  weg  1  {eight_customers['K-1'].code}"
    )
