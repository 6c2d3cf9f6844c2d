"""Parts of codes that have letters or digits only, and references and customer numbers without their dashes."""

import pytest

from licences.domain.codes import grouped
from licences.domain.reference_spellings import with_dashes_anywhere, with_dashes_for_blanks
from licences.lookup import look_up
from licences.lookup.labels import reason_in_words
from licences.lookup.match_reasons import MatchKind
from licences.lookup.statements import CANDIDATES
from licences.models import Serial
from tests import factories
from tests.tables import each_row

pytestmark = pytest.mark.django_db


def found(typed: str) -> list[tuple[str, MatchKind]]:
    return [(hit.serial.code, hit.reason.kind) for hit in look_up(typed, with_codes=True).hits]


@pytest.fixture
def site(catalogue):
    """A site whose codes have letters only, among others."""
    factories.bought(customer_name="Hafenkante Logistik", contact_phone="07115550190")
    serial = factories.bought(serial="KTUYUMVB", customer_name="Weberei Anton")
    factories.registered(serial, site_id="QWPZXCVBHJKL", name="Weberei Anton")
    return serial


# --- Parts of codes that have letters only --------------------------------------------------------------


def assert_part_of_a_code(typed, code):
    """The text finds the serial with this code alone, as similar."""
    result = look_up(typed, with_codes=True)

    assert [hit.serial.code for hit in result.hits] == [code]
    assert reason_in_words(result.hits[0]) == "part of a code"
    assert (result.near, result.fits, result.answer) == (True, [], None)


@each_row("typed", ["KTUY", "ktuy", "UMVB", "(TUYU)", "KTUYUM", "KTUY-UM", "XCVB", "WPZXCVBH"])
def test_a_part_of_a_code_that_has_only_letters_is_similar_and_never_sure(site, typed):
    assert_part_of_a_code(typed, "KTUYUMVB")


def test_a_word_that_fits_is_no_part_of_a_code(site):
    serial = factories.bought(customer_name="Ktuy Fensterbau")

    assert found("KTUY") == [(serial.code, MatchKind.NAME)]


def test_similar_names_come_before_codes_and_without_capitals_instead_of_them(site):
    similar = factories.bought(customer_name="Ktuyu Fensterbau")
    assert [code for code, _kind in found("KTUYM")][:1] == [similar.code]

    factories.bought(serial="KTUYMAAB", customer_name="Weberei Berta")

    assert [code for code, _kind in found("KTUYM")] == [similar.code, "KTUYMAAB"]
    assert [code for code, _kind in found("ktuym")] == [similar.code]


@each_row(("name", "expected"), [("Weberei", CANDIDATES), ("Xqvv Weberei", CANDIDATES)])
def test_of_many_codes_with_the_letters_some_are_listed(catalogue, name, expected):
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    for first in letters:
        factories.bought(serial=f"{first}{first}XQVW{first}{first}", customer_name=f"{name} {first * 3}")

    assert len(found("XQVW")) == expected
    assert any(kind is MatchKind.CODE_PART for _code, kind in found("XQVW"))


# --- Parts of codes that have digits only ------------------------------------------------------------------


@pytest.fixture
def numbered(catalogue):
    """A site whose codes have groups of digits, among others with telephone numbers."""
    factories.bought(customer_name="Hafenkante Logistik", contact_phone="0711 9123456")
    serial = factories.bought(serial="AB47119Z", customer_name="Weberei Anton")
    factories.registered(serial, site_id="QWPZ8642BJ21", name="Weberei Anton")
    return serial


@each_row("typed", ["4711", "47119", "8642", "86-42", "(8642)"])
def test_a_part_of_a_code_that_has_only_digits_is_similar_and_never_sure(numbered, typed):
    assert_part_of_a_code(typed, "AB47119Z")


def test_digits_within_a_telephone_number_are_no_part_of_a_code(numbered):
    assert found("9123") == [(Serial.objects.exclude(pk=numbered.pk).get().code, MatchKind.TELEPHONE)]


def test_digits_that_fit_are_no_part_of_a_code(numbered):
    serial = factories.bought(customer_name="Weberei Berta", contact_phone="8642 1122")

    assert found("8642") == [(serial.code, MatchKind.TELEPHONE)]


def test_digits_within_numbers_leave_room_for_codes_with_them(numbered):
    for extension in range(10, 10 + CANDIDATES):
        factories.bought(customer_name=f"Weberei {extension}", contact_phone=f"0711 9864{extension}2")
        factories.bought(customer_name=f"Spinnerei {extension}", contact_phone=f"0711 98642{extension}")

    codes = [code for code, _kind in found("8642")]

    assert len(codes) == CANDIDATES
    assert codes[-1] == "AB47119Z"


def test_a_site_id_of_the_past_is_found_by_its_digits(numbered):
    code = factories.registered(
        factories.bought(serial="BB22CCDD", customer_name="Weberei Carla"), site_id="XYZA1357BCDE", name="Weberei Carla"
    )

    assert found("1357") == [(code.serial.code, MatchKind.CODE_PART)]


# --- References and numbers without their dashes ----------------------------------------------------------


@each_row("typed", ["ug2026004", "UG2026004", "UG-2026004", "ug 2026 004", "UG/2026/004", "UG.2026.004", "ug2026-004"])
def test_a_purchase_is_found_by_its_letters_and_digits_but_not_sure(site, typed):
    serial = factories.bought(purchase_reference="UG-2026-004", customer_name="Weberei Berta")
    factories.bought(purchase_reference="UG-2026-005", customer_name="Weberei Carla")

    result = look_up(typed, with_codes=True)

    assert [(hit.serial.code, hit.reason.kind) for hit in result.fits] == [(serial.code, MatchKind.PURCHASE)]
    assert not result.near
    assert result.answer is None


@each_row("typed", ["ugly 07", "UGLY 07", "Ugly-07", "ugly/07", "ugly07", "ugly.07,"])
def test_a_customer_number_with_another_sign_for_its_dash_is_found_first(site, typed):
    factories.bought(customer_number="UGLY-04", contact_phone="071 555 22 10")
    serial = factories.bought(customer_number="UGLY-07", customer_name="Weberei Berta")

    assert found(typed)[:1] == [(serial.code, MatchKind.NUMBER)]


def test_another_sign_for_the_dash_of_a_number_names_nobody(site):
    factories.bought(customer_number="UGLY-07", customer_name="Weberei Berta")

    for typed in ("ugly 07", "ugly/07", "UGLY.07"):
        assert look_up(typed, with_codes=True).answer is None
    assert look_up("UGLY-07", with_codes=True).answer is not None


def test_the_spellings_of_a_reference_are_bounded():
    assert with_dashes_for_blanks("ugly 07") == ("UGLY-07", "UGLY07")
    assert with_dashes_for_blanks("Hauptstraße 7") == with_dashes_for_blanks("Roth Metallbau") == ()
    assert "UG-2026-004" in with_dashes_anywhere("ug2026004")
    assert len(with_dashes_anywhere("a-1" + "a1" * 9)) == 190
    for nothing in ("a1" * 11, "a123", "2026004", "abcdefgh", "roth metallbau", "grün12"):
        assert with_dashes_anywhere(nothing) == []


def test_a_whole_code_is_still_found_by_itself(site):
    assert found(grouped("KTUYUMVB")) == [("KTUYUMVB", MatchKind.SERIAL)]
