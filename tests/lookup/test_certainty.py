"""The look-up says “Registered” only of a site that was named, and says of all others what fits
(docs/look-up.md#when-it-is-sure)."""

import pytest
from django.urls import reverse

from licences import operations
from licences.domain.codes import grouped
from licences.lookup import look_up
from licences.lookup.labels import reason_in_words, status_in_words, understood_as
from licences.lookup.match_reasons import MatchKind
from tests import factories
from tests.tables import each_row

pytestmark = pytest.mark.django_db

SITE_ID = "4K7MPO2WQZ8R"


def look_up_all(text: str):
    return look_up(text, with_codes=True)


@pytest.fixture
def bakery(catalogue):
    """A registered bakery, and its unlock code."""
    address = {"postcode": "1204", "city": "Genève", "contact_phone": "022 7654321-0", "country": "CH"}
    serial = factories.bought(
        serial="AB1CO9XZ", customer_number="K-10001", customer_name="Zwieback Backwaren GmbH",
        purchase_reference="PO-2021-00110", contact_email="brot@example.com", address_line1="Kramgasse 61", **address,
    )  # fmt: skip
    return factories.registered(serial, site_id=SITE_ID, name="Zwieback Backwaren GmbH", **address)


@pytest.fixture
def elsewhere(catalogue):
    """A registered company whose words have parts that callers of others say."""
    address = {"postcode": "9020", "city": "Klagenfurt", "contact_phone": "0463 5551234", "country": "AT",
               "address_line1": "Weg 3"}  # fmt: skip
    serial = factories.bought(customer_name="Prüfmitteltechnik AG", contact_email="a@b.example", **address)
    return factories.registered(serial, name="Prüfmitteltechnik AG", **address)


@each_row(
    "typed",
    [
        "AB1C-O9XZ", "ab1co9xz", grouped(SITE_ID), "K-10001", "k-10001", "PO-2021-00110", "022 7654321-0",
        "+41 22 7654321-0", "41227654321 0", "brot@example.com", "<brot@example.com>", "Zwieback Backwaren GmbH",
        "zwieback backwaren", "ZWIEBACK BACKWAREN gmbh",
    ],
)  # fmt: skip
def test_it_is_sure_of_what_names_one_site(bakery, elsewhere, typed, staff):
    assert look_up_all(typed).answer.serial.code == "AB1CO9XZ"

    page = staff.get(reverse("lookup"), {"q": typed}).content.decode()
    heading = page.partition("<h2>Registered</h2>")[2].partition("</hgroup>")[0]
    assert "Zwieback Backwaren GmbH" in heading
    assert "Genève" in heading
    assert "AB1C" in heading
    (result,) = staff.get(reverse("lookup"), {"q": typed, "format": "json"}).json()["results"]
    assert (result["sure"], result["verdict"]["tone"]) == (True, "ok")


@each_row(
    ("typed", "status"),
    [
        ("Genf", "1 site found: town Genève. 1 more only inside a word."),
        ("Genève", "1 site found: town Genève."),
        ("1204", "1 site found: postcode 1204."),
        ("12", "1 site found: postcode 1204."),
        ("Zwieback", "1 site found: name."),
        ("Genf Zwieback", "1 site found: town Genève, name."),
        ("CH-1204 Genève", "1 site found: postcode 1204, town Genève."),
        ("Kramgasse 61", "1 site found: address Kramgasse 61."),
        ("4321-0", "1 site found: telephone 022 7654321-0."),
        ("example.com", "1 site found: e-mail brot@example.com."),
        ("PO2W-QZ8R", "1 site found: part of a code."),
        ("2021-00110", "1 site found: purchase 2021-00110."),
    ],
)
def test_it_is_not_sure_of_what_only_fits_and_says_what_does(bakery, elsewhere, typed, status, staff):
    result = look_up_all(typed)

    assert result.only_match.serial.code == "AB1CO9XZ"
    assert (result.answer, status_in_words(result)) == (None, status)
    page = staff.get(reverse("lookup"), {"q": typed}).content.decode()
    assert "<h2>Registered</h2>" not in page
    assert "badge ok" not in page
    answers = staff.get(reverse("lookup"), {"q": typed, "format": "json"}).json()["results"]
    assert [(each["sure"], each["verdict"]["tone"]) for each in answers] == [(False, "quiet")] * len(answers)


@each_row("typed", ["Zwieback Backwaren AG", "zwieback backwaren kg", "Zwieback", "K-100", "Backwaren"])
def test_another_legal_form_or_less_than_the_name_names_nobody(bakery, typed):
    assert look_up_all(typed).answer is None


def test_a_short_number_names_nobody(catalogue):
    factories.bought(customer_number="K-4")

    result = look_up_all("K-4")

    assert result.hits[0].reason.kind == MatchKind.NUMBER
    assert result.answer is None


def test_the_digits_of_a_customer_number_may_be_a_postcode(catalogue):
    serial = factories.bought(customer_number="K-10115")

    result = look_up_all("10115")

    assert [(hit.serial.code, hit.reason.kind) for hit in result.hits] == [(serial.code, MatchKind.NUMBER)]
    assert result.answer is None
    assert look_up_all("k-10115").answer.serial.code == serial.code


def test_a_customer_number_of_digits_names_nobody_where_others_have_that_postcode(catalogue):
    serial = factories.bought(customer_number="10115")
    assert look_up_all("10115").answer.serial.code == serial.code

    factories.bought(postcode="10115", city="Berlin")

    assert len(look_up_all("10115").fits) == 2
    assert look_up_all("10115").answer is None


def test_a_part_of_a_code_is_not_called_a_whole_one(catalogue):
    factories.registered(site_id="4K7MPO2WQZ8R")

    assert understood_as(look_up_all("4K7M-PO2W")) == "Part of a code"
    assert understood_as(look_up_all("4K7M-PO2X")) == "Serial number 4K7M-PO2X"


def test_what_names_several_sites_gives_no_verdict(bakery):
    factories.bought(customer_number="K-10001", customer_name="Zwieback Backwaren GmbH", site_name="Filiale")

    for typed in ("K-10001", "Zwieback Backwaren GmbH"):
        assert len(look_up_all(typed).fits) == 2
        assert look_up_all(typed).answer is None


@each_row("typed", ["mitteltechnik", "agenfur", "fmittelt"])
def test_a_part_inside_a_word_is_never_a_fit(elsewhere, typed, staff):
    result = look_up_all(typed)

    assert (result.near, result.fits, result.only_match) == (True, [], None)
    assert reason_in_words(result.hits[0]).startswith("only inside a word: ")
    assert "No exact match" in staff.get(reverse("lookup"), {"q": typed}).content.decode()


def test_a_part_inside_a_word_comes_after_all_that_fits(bakery, elsewhere):
    towns = [hit.serial.city for hit in look_up_all("Genf").hits]

    assert towns == ["Genève", "Klagenfurt"]


@each_row("typed", ["Bauerngasse Klagenfurt", "Hauptstraße 12", "0463 9876543", "Omega Klagenfurt 99"])
def test_a_stranger_does_not_look_like_it(elsewhere, typed):
    assert look_up_all(typed).hits == []


def test_an_erased_customer_is_found_by_its_code_only(bakery):
    customer = bakery.serial.site.customer
    operations.erase_customer(customer_id=customer.pk, reason="They asked for it.", by="auditor")

    words = [f"[{customer.pk}]", str(customer.pk), "Zwieback Backwaren", "Kramgasse 61", "Genf", "AB1C-O9X2"]
    assert [look_up_all(typed).hits for typed in words] == [[]] * len(words)
    assert look_up_all("AB1C-O9XZ").answer.serial.code == "AB1CO9XZ"


def test_a_house_number_is_not_called_a_version(catalogue):
    factories.bought(customer_name="Hotel Adler", address_line1="Am Markt 77")

    found = look_up_all("77")

    assert [hit.serial.customer_name for hit in found.hits] == ["Hotel Adler"]
    assert understood_as(found) == "Telephone number, postcode or other number"


def test_a_telephone_number_comes_before_customers_who_have_its_digits_inside_their_number(catalogue):
    for first in range(3):
        factories.bought(customer_name=f"Weberei {first}", customer_number=f"C{first}233130")
    meant = factories.bought(customer_name="Spinnerei", contact_phone="0711 / 5233-130")

    hits = look_up("233130", with_codes=False).hits

    assert [(hit.serial.pk, hit.is_fit) for hit in hits[:1]] == [(meant.pk, True)]
    assert [hit.is_fit for hit in hits[1:]] == [False] * 3
