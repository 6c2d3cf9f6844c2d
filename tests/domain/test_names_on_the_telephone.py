"""What cannot be heard in a company name is no difference (docs/domain.md#names-and-addresses-on-the-telephone)."""

import unicodedata
from collections.abc import Callable

from hypothesis import assume, given
from hypothesis import strategies as st

from licences.domain.telephone_matching import Likeness, compare_names_as_said
from licences.domain.telephone_matching.comparison import ORDER
from licences.domain.telephone_matching.name_words import take_name_apart
from tests.tables import each_row

MATCH, CLOSE, MISMATCH = Likeness.MATCH, Likeness.CLOSE, Likeness.MISMATCH
WORDS = (
    "Müller Mueller Huber Bau Maschinenbau Handel Société Łódź Contoso 24 42 GmbH AG & und et Co. KG Sp. z o.o. S.A. "
    "SARL Ltd Limited e.K. The de L'Or O'Neill A. B Restaurant Hotel Berlin Wien Dr. Prof. Gebr. i.G. AöR Second 2nd"
)
pieces = st.tuples(st.sampled_from(WORDS.split()), st.sampled_from(["", " ", " ", " ", ", ", "-", "."]))
realistic = st.lists(pieces, max_size=7).map(lambda parts: "".join(word + gap for word, gap in parts))
names = realistic | st.text(st.characters(exclude_categories=[]), max_size=40)


def pairs(*rows: tuple[str, str]) -> Callable:
    return each_row(("said", "recorded"), rows)


def assert_close(said: str, recorded: str, *differences: str) -> None:
    heard = compare_names_as_said(said, recorded)
    assert (heard.likeness, heard.differences) == (CLOSE, differences)


# --- Match ---------------------------------------------------------------------------------------------


@pairs(
    ("muster gmbh", "Muster GmbH"),
    ("Lebenshilfe gemeinnützige GmbH", "Lebenshilfe gGmbH"),
    ("Lebenshilfe gemeinnützige Gesellschaft mit beschränkter Haftung", "Lebenshilfe gGmbH"),
    ("Stadtwerke X AöR", "Stadtwerke X Anstalt des öffentlichen Rechts"),
    ("Stadtwerke X A.ö.R.", "Stadtwerke X AöR"),
    ("Kammer Ulm KdöR", "Kammer Ulm Körperschaft des öffentlichen Rechts"),
    ("Muster GmbH i. G.", "Muster GmbH in Gründung"),
    ("Muster GmbH in Liquidation", "Muster GmbH i.L."),
    ("Muster GmbH und Co KG", "Muster GmbH & Co. KG"),
    ("Contoso Handelsges.m.b.H.", "Contoso Handels-GmbH"),
    ("Kowalski sp zoo", "Kowalski Sp. z o.o."),
    ("Dupont S.à r.l.", "Dupont Société à responsabilité limitée"),
    ("Rossi Spa", "Rossi Società per azioni"),
    ("De Wit B.V.", "De Wit besloten vennootschap"),
    ("Ibarra SL", "Ibarra Sociedad Limitada"),
    ("Doktor Oetker", "Dr. Oetker"),
    ("Gebrüder Meier", "Gebr. Meier"),
    ("St Marys", "Saint Mary's"),
    ("Second Avenue Deli", "2nd Ave. Delicatessen"),
    ("A B C Elektronik", "ABC Elektronik"),
    ("\u200bHuber\u00ad", "Huber"),
)
def test_what_cannot_be_heard_is_no_difference(said, recorded):
    assert compare_names_as_said(said, recorded).likeness is MATCH


# --- Close ---------------------------------------------------------------------------------------------


@pairs(
    ("Muster GmbH i.G.", "Muster GmbH"), ("Muster", "Muster GmbH"), ("Muster AG", "Muster KG"),
    ("Muster GmbH", "Muster GmbH & Co. KG"), ("Smith", "Smith Ltd"),
)  # fmt: skip
def test_another_legal_form_or_none_is_close(said, recorded):
    assert_close(said, recorded, "legal-form")


@pairs(("Meier Holzbau", "Meyer Holzbau"), ("Schmitt Bau", "Schmidt Bau"), ("Technik Grubr", "Technik Gruber"))
def test_a_slip_or_another_spelling_of_a_sound_is_close(said, recorded):
    assert_close(said, recorded, "spelling")


@pairs(("Hotel Bel-Air", "Bel-Air Hotel"), ("SARL Dupont", "Dupont SARL"), ("Huber Elektro", "Elektro Huber"))
def test_another_word_order_is_close(said, recorded):
    assert_close(said, recorded, "word-order")


@pairs(("Huber Techn. Bauteile", "Huber Technischewerke Bauteile"), ("J. Winterfeld", "Johannes Winterfeld"))
def test_an_abbreviation_that_no_table_knows_is_close(said, recorded):
    assert_close(said, recorded, "abbreviation")


@each_row(
    ("said", "recorded", "missing"),
    [
        ("Ciboulette", "Ciboulette Restaurant", ("Restaurant",)),
        ("Coyote Cafe", "Coyote Cafe (Las Vegas)", ("Las Vegas",)),
        ("Huber", "Huber Elektrotechnik", ("Elektrotechnik",)),
        ("Tannert", "Reisebüro Tannert Nürnberg", ("Reisebüro", "Nürnberg")),
    ],
)
def test_less_than_on_record_is_close_with_the_words_that_are_missing(said, recorded, missing):
    heard = compare_names_as_said(said, recorded)
    assert (heard.likeness, heard.differences, heard.missing) == (CLOSE, ("shorter",), missing)

    more = compare_names_as_said(recorded, said)
    assert (more.likeness, more.differences, more.added) == (CLOSE, ("longer",), missing)


# --- Mismatch ------------------------------------------------------------------------------------------


@pairs(
    ("Restaurant", "Ciboulette Restaurant"),
    ("Hotel Berlin", "Hotel Berlin Hasenheide"),
    ("Autohaus", "Autohaus Wagner"),
    ("Deutschland GmbH", "Contoso Deutschland GmbH"),
    ("Daniel", "Daniel Boulud"),
    ("Metallbau", "Metallbau Kern"),
    ("Nürnberger", "Nürnberger Lebkuchen Schmidt"),
    ("GmbH", "Huber GmbH"),
    ("Dr.", "Dr. Wendlandt"),
    ("Gebäudereinigung", "Gebäudereinigung Kraft"),
)
def test_what_both_share_has_to_be_distinctive(said, recorded):
    assert compare_names_as_said(said, recorded).likeness is MISMATCH


@pairs(
    ("Shun Lee West", "Shun Lee Palace"),
    ("Coyote Cafe (Las Vegas)", "Coyote Cafe (Santa Fe)"),
    ("Schmidt Transporte", "Schmidt Logistik"),
    ("Werk 1", "Werk 2"),
    ("Werk 1 2", "Werk 12"),
    ("Bau KG", "Rau KG"),
    ("GmbH", "AG"),
    ("", "Huber"),
    ("!!!", "???"),
)
def test_another_word_is_another_company(said, recorded):
    heard = compare_names_as_said(said, recorded)
    assert (heard.likeness, heard.differences) == (MISMATCH, ("words",))


# --- For any text ----------------------------------------------------------------------------------------


@given(names, names)
def test_it_does_not_matter_who_said_which(one, other):
    heard, turned = compare_names_as_said(one, other), compare_names_as_said(other, one)
    assert heard == turned.turned_round()
    assert heard.likeness is turned.likeness


@given(names)
def test_case_blanks_and_invisible_characters_never_change_a_match(name):
    for other in (name.swapcase().swapcase(), f"  {name.replace(' ', '   ')}\n", unicodedata.normalize("NFD", name)):
        assert compare_names_as_said(name, other).likeness is MATCH, other


@given(realistic)
def test_capitals_and_accents_never_change_a_match(name):
    bare = "".join(each for each in unicodedata.normalize("NFD", name) if not unicodedata.combining(each))
    for other in (name.upper(), name.lower(), bare, name.replace(".", " "), name.replace("-", " ")):
        assert any(map(str.isalnum, other)) != any(map(str.isalnum, name)) or (
            compare_names_as_said(name, other).likeness is MATCH
        ), other


@given(realistic, st.integers(1, 999), st.integers(1, 999))
def test_another_number_is_another_company(name, number, other):
    assume(number != other)
    assert compare_names_as_said(f"{name} Depot {number}", f"{name} Depot {other}").likeness is MISMATCH


@given(names, names)
def test_the_differences_have_an_order_and_a_match_has_none(one, other):
    heard = compare_names_as_said(one, other)
    assert list(heard.differences) == [each for each in ORDER if each in heard.differences]
    assert (heard.likeness is MATCH) == (heard.differences == ())


@given(names)
def test_a_name_is_taken_apart_without_losing_all_of_it(name):
    parts = take_name_apart(name)
    assert parts.words or not any(each.isascii() and each.isalnum() for each in name)
    assert len(parts.words) <= 80


@each_row("piece", ["x", "wort ", "ae", "ﷺ", "a.", "GmbH ", "\u0301", "1 ", "- ", "& ", "e i "])
def test_very_long_names_are_compared_as_well(piece):
    for size in (200, 9_000, 100_000):
        long = (piece * size)[:size]
        assert compare_names_as_said(long, long).likeness is MATCH
        assert compare_names_as_said(long, "Huber").likeness is MISMATCH
