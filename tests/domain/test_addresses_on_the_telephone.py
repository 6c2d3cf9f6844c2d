"""What cannot be heard in an address line is no difference; another house number always is one
(docs/domain.md#names-and-addresses-on-the-telephone)."""

import unicodedata
from collections.abc import Callable

from hypothesis import assume, given
from hypothesis import strategies as st

from licences.domain.telephone_matching import (
    Likeness,
    compare_addresses_as_said,
    compare_with_address_on_record,
)
from licences.domain.telephone_matching.tables import numerals
from licences.domain.telephone_matching.words import number_words
from tests.tables import each_row

MATCH, CLOSE, MISMATCH = Likeness.MATCH, Likeness.CLOSE, Likeness.MISMATCH
WORDS = (
    "Hauptstr. Hauptstraße Haupt Str. St. St High Street Rd Pl. 12 12a 12-14 12/3 – - / , a A b m. bis ter 14 3 Nr. W. "
    "No n° ul. ulica Długa rue r. de la d'Italie 17. Juni 2nd th Flat Dr. & O'Connell № ½ ² Top OG at c/o la NE "
    "Bauerng."
)
pieces = st.tuples(st.sampled_from(WORDS.split()), st.sampled_from(["", " ", " ", " ", ", ", "-", "."]))
realistic = st.lists(pieces, max_size=7).map(lambda parts: "".join(word + gap for word, gap in parts))
lines = realistic | st.text(st.characters(exclude_categories=[]), max_size=40)
streets = st.sampled_from(
    ["Hauptstr.", "Mariahilfer Straße", "Karl-Marx-Allee", "ul. Długa", "rue Lepic", "Am Markt", "Paradise Rd."]
)
suffixes = st.sampled_from(["", "a", "b", "bis", "ter", "-14", "/3", "/3/5", "½"])
house_numbers = st.builds(lambda number, suffix: f"{number}{suffix}", st.integers(1, 400), suffixes)
beside = st.sampled_from(["", ", 3. OG", ", Hinterhaus", " at Harris St.", ", Top 4", ", 1010 Wien", " (Ecke Parkweg)"])


def pairs(*rows: tuple[str, str]) -> Callable:
    return each_row(("said", "recorded"), rows)


def assert_close(said: str, recorded: str, *differences: str) -> None:
    heard = compare_addresses_as_said(said, recorded)
    assert (heard.likeness, heard.differences) == (CLOSE, differences)


# --- Numbers in words ---------------------------------------------------------------------------------


@each_row("language", numerals.CARDINALS)
def test_every_number_of_the_table_is_that_house_and_no_other(language):
    """Behind the street, and in front of it where that language says it there."""
    for number, word in number_words(language):
        lines = [(f"Goethe Road {word.replace('-', ' ')}", "Goethe Road {}")]
        if language in numerals.CARDINALS_IN_FRONT:
            lines.append((f"{word} Goethe Road", "{} Goethe Road"))
        for said, recorded in lines:
            assert compare_addresses_as_said(said, recorded.format(number)).likeness is MATCH, said
            assert compare_addresses_as_said(said, recorded.format(number + 1)).likeness is MISMATCH, said


@pairs(
    ("Via Otto", "Via 8"),
    ("Otto-Hahn-Straße", "8 Hahn-Straße"),
    ("Calle Ocho, 12", "Calle 8"),
    ("Drei Linden 5", "3 Linden 5"),
)
def test_a_number_that_names_the_street_is_no_house_number(said, recorded):
    assert compare_addresses_as_said(said, recorded).likeness is MISMATCH


# --- Cut short ----------------------------------------------------------------------------------------


@pairs(("Kurfürstend 12", "Kurfürstendamm 12"), ("Kurfürst. 12", "Kurfürstendamm 12"), ("Ro. 12", "Rosenstraße 12"))
def test_without_a_dot_or_most_of_the_word_it_is_no_match(said, recorded):
    assert compare_addresses_as_said(said, recorded).likeness is not MATCH


@pairs(
    ("J.-S.-Bach-Str. 3", "Johann-Sebastian-Bach-Straße 3"),
    ("J S Bach Str. 3", "Johann-Sebastian-Bach-Straße 3"),
    ("Käthe-Kollw.-Str. 5", "Käthe-Kollwitz-Straße 5"),
    ("K.-Kollw.-Str. 5", "Käthe-Kollwitz-Straße 5"),
    ("Bgm.-Schmidth.-Weg 9", "Bürgermeister-Schmidthuber-Weg 9"),
    ("Dr.-Schmidth.-Weg 9", "Doktor-Schmidthuber-Weg 9"),
    ("A.-Schweitzer-Str. 2", "Albert-Schweitzer-Straße 2"),
    ("ul. J. Piłsudskiego 7", "ul. Józefa Piłsudskiego 7"),
    ("4 av. Ch. de Gaulle", "4 avenue Charles de Gaulle"),
)
def test_a_person_is_named_by_initials_or_half_of_the_surname(said, recorded):
    assert compare_addresses_as_said(said, recorded).likeness is MATCH


@pairs(
    ("J.-S.-Bach-Str. 3", "Johann-Sebastian-Straße 3"),
    ("J.-S.-Bach-Str. 3", "Johann-Strauß-Straße 3"),
    ("K.-Marx-Str. 3", "Karl-Liebknecht-Straße 3"),
    ("F.-Marx-Str. 3", "Karl-Marx-Straße 3"),
    ("Käthe-Kollw.-Str. 5", "Käthe-Kruse-Straße 5"),
    ("Käthe-Kollw.-Str. 5", "Käthe-Kollwitz-Straße 6"),
    ("Rosa-Luxemb.-Str. 4", "Rosa-Parks-Straße 4"),
)
def test_initials_and_half_a_surname_are_not_somebody_else(said, recorded):
    assert compare_addresses_as_said(said, recorded).likeness is MISMATCH


@pairs(
    ("Käthe-Kol.-Str. 5", "Käthe-Kollwitz-Straße 5"),
    ("Käthe-Kollw-Str. 5", "Käthe-Kollwitz-Straße 5"),
    ("Karl 5", "Karlstraße 5"),
    ("K. Straße 5", "Karl Straße 5"),
)
def test_a_surname_cut_shorter_or_no_surname_is_no_match(said, recorded):
    assert compare_addresses_as_said(said, recorded).likeness is not MATCH


@pairs(("JS Bach Str. 3", "Johann-Sebastian-Bach-Straße 3"), ("Johann-Sebastian-Bach-Straße 3", "JS Bach Str. 3"))
def test_initials_in_one_word_are_an_abbreviation(said, recorded):
    assert_close(said, recorded, "abbreviation")


@pairs(
    ("Straße des siebzehnten Juni 135", "Straße des 17. Juni 135"),
    ("Straße des 17 Juni 135", "Straße des siebzehnten Juni 135"),
    ("Platz des einunddreißigsten Mai 3", "Platz des 31. Mai 3"),
)
def test_a_day_in_the_name_of_a_street_is_said_in_words(said, recorded):
    assert compare_addresses_as_said(said, recorded).likeness is MATCH


# --- Match ---------------------------------------------------------------------------------------------


@pairs(
    ("bauerngasse 12", "Bauerngasse 12"),
    ("Bauerng. 12", "Bauerngasse 12"),
    ("Bauerng 12", "Bauerngasse 12"),
    ("Str. d. 17. Juni 135", "Straße des 17. Juni 135"),
    ("Bgm.-Müller-Str. 3", "Bürgermeister-Müller-Straße 3"),
    ("Friedr.-Ebert-Str. 1", "Friedrich-Ebert-Straße 1"),
    ("An d. Kirche 4", "An der Kirche 4"),
    ("A. d. Kirche 4", "An der Kirche 4"),
    ("7 Claude La.", "7 Claude Ln."),
    ("7 Claude Lane", "7 Claude La"),
    ("12 a Hauptstraße", "12a Hauptstraße"),
    ("3 Elm Blvd", "3 Elm Boulevard"),
    ("5 Sunset Dr. NE", "5 Sunset Drive Northeast"),
    ("8 bd Voltaire", "8 boulevard Voltaire"),
    ("4 r. de la Paix", "4 rue de la Paix"),
    ("al. Róż 3", "Aleja Róż 3"),
    ("pl. Zamkowy 4", "plac Zamkowy 4"),
    ("V.le Monza 7", "Viale Monza 7"),
    ("C/ Mayor, 12", "Calle Mayor 12"),
    ("Kerkstr. 5", "Kerkstraat 5"),
    ("12 Second Ave", "12 2nd Avenue"),
    ("1 Market Plaza", "One Market Plaza"),
)
def test_what_cannot_be_heard_is_no_difference(said, recorded):
    assert compare_addresses_as_said(said, recorded).likeness is MATCH


# --- Close ---------------------------------------------------------------------------------------------


@each_row(
    ("said", "recorded", "missing"),
    [
        ("255 Courtland St.", "255 Courtland St. at Harris St.", ("Harris", "St")),
        ("3434 Peachtree Rd.", "3434 Peachtree Rd. NE", ("NE",)),
        ("3000 Paradise Rd.", "3000 W. Paradise Rd.", ("W",)),
        ("3000 Paradise Rd.", "3000 W Paradise Rd.", ("W",)),
        ("Hauptstraße 12", "Hauptstraße 12, 3. OG", ("3. OG",)),
        ("Hauptstraße 12", "c/o Meier, Hauptstraße 12", ("Meier",)),
        ("Hauptstraße 12", "Hauptstraße 12, 01067 Dresden", ("01067", "Dresden")),
        ("10 High Street", "Flat 2, 10 High Street", ("Flat 2",)),
    ],
)
def test_what_stands_beside_the_street_is_less_or_more(said, recorded, missing):
    heard = compare_addresses_as_said(said, recorded)
    assert (heard.likeness, heard.differences, heard.missing) == (CLOSE, ("shorter",), missing)

    more = compare_addresses_as_said(recorded, said)
    assert (more.likeness, more.differences, more.added) == (CLOSE, ("longer",), missing)


def test_the_number_before_or_behind_can_be_heard():
    assert_close("12 rue Lepic", "rue Lepic 12", "word-order")


def test_one_slip_can_be_heard():
    assert_close("Lindenwag 3", "Lindenweg 3", "spelling")


def test_a_missing_article_can_be_heard():
    assert_close("4 rue Paix", "4 rue de la Paix", "small-words")


# --- Line 2 --------------------------------------------------------------------------------------------


@each_row(
    ("said", "line1", "line2"),
    [
        ("Hauptstraße 12", "c/o Hausverwaltung Meier", "Hauptstraße 12"),
        ("hauptstr. 12", "c/o Hausverwaltung Meier", "Hauptstraße 12"),
        ("Hauptstraße 12, 3. OG", "Hauptstraße 12", "3. OG"),
        ("Hauptstraße 12", "Hauptstraße", "12"),
    ],
)
def test_where_line_2_has_it_the_reason_says_so(said, line1, line2):
    heard = compare_with_address_on_record(said, line1, line2)
    assert (heard.likeness, heard.differences) == (CLOSE, ("line-2",))


@each_row(("said", "line2"), [("Hauptstraße 13", "Hauptstraße 12"), ("Hauptstraße", "Hauptstraße 12")])
def test_another_house_number_than_line_2_has_is_a_mismatch(said, line2):
    assert compare_with_address_on_record(said, "c/o Hausverwaltung Meier", line2).likeness is MISMATCH


@each_row("line2", ["", "  ", "Hinterhaus"])
def test_line_1_alone_decides_where_it_fits(line2):
    assert compare_with_address_on_record("Hauptstr. 12", "Hauptstraße 12", line2).likeness is MATCH
    assert compare_with_address_on_record("Hauptstr. 13", "Hauptstraße 12", line2).differences == ("house-number",)


# --- Mismatch: the reason names what differs, and nothing else -------------------------------------------


@each_row(
    ("said", "recorded", "differences"),
    [
        ("Hauptstraße 13", "Hauptstraße 12", ("house-number",)),
        ("Hauptstraße 12", "Hauptstraße 12a", ("house-number",)),
        ("Hauptstraße 12", "Hauptstraße 12-14", ("house-number",)),
        ("3100 W. Paradise Rd.", "3000 Paradise Rd.", ("house-number",)),
        ("Hauptstraße", "Hauptstraße 12", ("house-number-not-said",)),
        ("Hauptstraße 12", "Hauptstraße", ("house-number-not-on-record",)),
        ("Bahnhofstraße 12", "Hauptstraße 12", ("street",)),
        ("3000 W. Paradise Rd.", "3000 E. Paradise Rd.", ("street",)),
        ("Bahnhofstraße 13", "Hauptstraße 12", ("house-number", "street")),
        ("Hauptstraße 12, 4. OG", "Hauptstraße 12, 3. OG", ("unit-number",)),
        ("Flat 3, 10 High Street", "Flat 2, 10 High Street", ("unit-number",)),
        ("10 Main Street", "10 Old Main Street", ("street",)),
        ("", "Hauptstraße", ("street",)),
        ("!", "?", ("street",)),
    ],
)
def test_the_reason_names_what_differs_and_nothing_else(said, recorded, differences):
    heard = compare_addresses_as_said(said, recorded)
    assert (heard.likeness, heard.differences) == (MISMATCH, differences)


# --- For any text ----------------------------------------------------------------------------------------


@given(streets, streets, house_numbers, house_numbers, beside, beside)
def test_a_changed_house_number_is_never_close(street, other_street, number, other, more, other_more):
    assume(number != other)
    heard = compare_addresses_as_said(f"{street} {number}{more}", f"{other_street} {other}{other_more}")
    assert heard.likeness is MISMATCH


@given(realistic, st.integers(1, 999), st.integers(1, 999))
def test_another_number_behind_any_line_is_never_close(line, number, other):
    assume(number != other)
    assert compare_addresses_as_said(f"{line} Weg {number}", f"{line} Weg {other}").likeness is MISMATCH


@given(streets, house_numbers, beside)
def test_what_stands_beside_a_street_is_close_at_least(street, number, more):
    assert compare_addresses_as_said(f"{street} {number}{more}", f"{street} {number}").likeness is not MISMATCH


@given(lines, lines)
def test_it_does_not_matter_who_said_which(one, other):
    assert compare_addresses_as_said(one, other) == compare_addresses_as_said(other, one).turned_round()


@given(lines)
def test_blanks_and_invisible_characters_never_change_a_match(line):
    for other in (f"  {line.replace(' ', '   ')}\n", unicodedata.normalize("NFD", line)):
        assert compare_addresses_as_said(line, other).likeness is MATCH, other


@given(realistic)
def test_capitals_never_change_a_match(line):
    for other in (line.upper(), line.lower()):
        assert compare_addresses_as_said(line, other).likeness is MATCH, other


@each_row("piece", ["x", "1", "12-", "1/", "str. ", "a1", "1 a ", "½", "n°", "12 und ", "at b ", "c/o "])
def test_very_long_lines_are_compared_as_well(piece):
    for size in (200, 9_000, 100_000):
        long = (piece * size)[:size]
        assert compare_addresses_as_said(long, long).likeness is MATCH
        assert compare_addresses_as_said(long, "Hauptstraße 12").likeness is MISMATCH
