"""Is this the same address line, as people spell it? The house number must be the same to the letter."""

import unicodedata
from collections.abc import Callable

from hypothesis import assume, example, given
from hypothesis import strategies as st

from licences.domain.matching import Comparison, Likeness, address_key, compare_address_lines
from tests.tables import each_row

SAME, CLOSE, DIFFERENT = Likeness.SAME, Likeness.CLOSE, Likeness.DIFFERENT

spelled = st.text(st.sampled_from("abrtuestraße.-/, 12345½²°'"), max_size=20)
lines = st.text(max_size=40) | spelled


def pairs(*rows: tuple[str, str]) -> Callable:
    return each_row(("said", "recorded"), rows)


def likeness(said: str, recorded: str) -> Likeness:
    found = compare_address_lines(said, recorded)
    assert found == compare_address_lines(recorded, said)
    return found.likeness


@pairs(("Hauptstraße 12a", " Hauptstraße  12a "), ("Rue de l'E\u0301glise 3", "Rue de l'Église 3"))
def test_the_same_word_for_word_but_for_white_space(said, recorded):
    assert compare_address_lines(said, recorded) == Comparison(SAME)


# --- Close: one habit of spelling each -----------------------------------------------------------------


@pairs(
    ("HAUPTSTRASSE 12", "Hauptstrasse 12"),
    ("10 downing street", "10 Downing Street"),
    ("hauptstraße 12A", "Hauptstraße 12a"),
)
def test_capital_letters(said, recorded):
    assert compare_address_lines(said, recorded) == Comparison(CLOSE, ("case",))


@pairs(
    ("Hauptstrasse 12", "Hauptstraße 12"),
    ("Koenigsallee 60", "Königsallee 60"),
    ("3 Rue de l'Eglise", "3 Rue de l'Église"),
    ("ul. Dluga 10", "ul. Długa 10"),
)
def test_accents_and_umlauts(said, recorded):
    assert compare_address_lines(said, recorded) == Comparison(CLOSE, ("accents",))


@pairs(
    ("Hauptstr.12", "Hauptstr. 12"),
    ("Hauptstraße, 12", "Hauptstraße 12"),
    ("Straße des 17 Juni 135", "Straße des 17. Juni 135"),
    ("Karl Marx Allee 3", "Karl-Marx-Allee 3"),
    ("12, Rue Victor Hugo", "12 Rue Victor Hugo"),
    ("2 St Marys Close", "2 St Mary's Close"),
)
def test_punctuation(said, recorded):
    assert compare_address_lines(said, recorded) == Comparison(CLOSE, ("punctuation",))


@pairs(
    ("Hauptstr. 12", "Hauptstraße 12"),
    ("Hauptstr 12", "Hauptstrasse 12"),
    ("Bahnhofpl. 1", "Bahnhofplatz 1"),
    ("Mariahilfer Str. 45", "Mariahilfer Straße 45"),
    ("10 Downing St", "10 Downing Street"),
    ("10 Station Rd.", "10 Station Road"),
    ("7 Park Ave", "7 Park Avenue"),
    ("5 Mill Ln", "5 Mill Lane"),
    ("12 av. Foch", "12 avenue Foch"),
    ("8 bd Voltaire", "8 boulevard Voltaire"),
    ("4 r. de la Paix", "4 rue de la Paix"),
    ("5 ch. des Vignes", "5 chemin des Vignes"),
    ("ulica Długa 10", "ul. Długa 10"),
    ("al. Jerozolimskie 65", "Aleje Jerozolimskie 65"),
    ("pl. Zamkowy 4", "plac Zamkowy 4"),
    ("Hauptstraße Nr. 12", "Hauptstraße 12"),
    ("n° 12 rue Foch", "12 rue Foch"),
    ("No. 12 Hill Street", "12 Hill Street"),
    ("Hauptstraße Hausnr. 12", "Hauptstraße 12"),
    ("Hauptstraße # 12", "Hauptstraße 12"),
    ("Str. d. Republik 5", "Straße der Republik 5"),
    ("Doktor-Karl-Renner-Ring 3", "Dr.-Karl-Renner-Ring 3"),
    ("Ring 8, Stiege 2", "Ring 8, Stg. 2"),
    ("5 all. des Tilleuls", "5 allée des Tilleuls"),
    ("5 chem. du Moulin", "5 chemin du Moulin"),
    ("8 rue Ste Anne", "8 rue Sainte-Anne"),
    ("8 bd du Gal de Gaulle", "8 boulevard du Général de Gaulle"),
    ("4 r de la Paix", "4 rue de la Paix"),
    ("ul. gen. Andersa 5", "ul. Generała Andersa 5"),
    ("ul. św. Anny 5", "ul. Świętej Anny 5"),
    ("4 Queens Gdns", "4 Queens Gardens"),
    ("4 Riverside Ind Est", "4 Riverside Industrial Estate"),
    ("PF 1234", "Postfach 1234"),
)
def test_abbreviations(said, recorded):
    found = compare_address_lines(said, recorded)
    assert found.likeness is CLOSE
    assert "abbreviation" in found.differences


@pairs(
    ("12 rue Lepic", "rue Lepic 12"),
    ("rue de la Paix 5", "5 rue de la Paix"),
    ("5 quai Voltaire", "quai Voltaire 5"),
    ("5 Terrace Road", "Terrace Road 5"),
    ("10 High Street Flat 2", "Flat 2 10 High Street"),
    ("rue du 8 Mai 1945 12", "12 rue du 8 Mai 1945"),
)
def test_word_order(said, recorded):
    assert compare_address_lines(said, recorded) == Comparison(CLOSE, ("word-order",))


@pairs(("Haupt straße 12", "Hauptstraße 12"), ("Linden Weg 3", "Lindenweg 3"))
def test_word_division(said, recorded):
    found = compare_address_lines(said, recorded)
    assert found.likeness is CLOSE
    assert "spacing" in found.differences


@pairs(
    ("Lindenwag 3", "Lindenweg 3"),
    ("Unter den Lnden 77", "Unter den Linden 77"),
    ("Marszalkowsak 10", "Marszałkowska 10"),
    ("10 Donwing Street", "10 Downing Street"),
    ("10 Downing Steet", "10 Downing Street"),
    ("10 Station Raod", "10 Station Road"),
    ("Banhofplatz 1", "Bahnhofplatz 1"),
)
def test_a_small_typo(said, recorded):
    found = compare_address_lines(said, recorded)
    assert found.likeness is CLOSE
    assert "spelling" in found.differences


@pairs(("Marszałkowska 10", "ul. Marszałkowska 10"), ("4 rue Paix", "4 rue de la Paix"))
def test_small_words_may_be_left_out(said, recorded):
    assert likeness(said, recorded) is CLOSE


def test_a_street_without_its_sharp_s_is_a_street():
    assert likeness("Hauptstrase 12", "Hauptstr. 12") is CLOSE


# --- House numbers ---------------------------------------------------------------------------------------


@pairs(
    ("Hauptstraße 12 a", "Hauptstraße 12a"),
    ("Hauptstraße 12 A", "Hauptstraße 12a"),
    ("Königsallee 60 F", "Königsallee 60F"),
    ("Hauptstraße 12/a", "Hauptstraße 12a"),
    ("221 B Baker Street", "221b Baker Street"),
    ("12bis rue Lepic", "12 bis rue Lepic"),
    ("12 Bis, rue Lepic", "12 bis rue Lepic"),
    ("Hauptstraße 12 - 14", "Hauptstraße 12-14"),
    ("Hauptstraße 12–14", "Hauptstraße 12-14"),
    ("Hauptstraße 12 a - 12 c", "Hauptstraße 12a-12c"),
    ("Mariahilfer Straße 12 / 3", "Mariahilfer Straße 12/3"),
    ("Mariahilfer Str. 12/3/5", "Mariahilfer Straße 12/3/5"),
    ("Hauptstraße １２", "Hauptstraße 12"),
    ("Hauptstraße 12½", "Hauptstraße 12 1/2"),
    ("Hauptstraße 12 bis 14", "Hauptstraße 12-14"),
    ("12 à 14 rue Foch", "12-14 rue Foch"),
    ("10 to 12 High Street", "10-12 High Street"),
    ("Hauptstraße 12 a-c", "Hauptstraße 12a-c"),
    ("Hauptstraße 5 u. 7", "Hauptstraße 5+7"),
    ("Hauptstraße 5 und 7", "Hauptstraße 5 & 7"),
    ("ul. Długa 10 m. 5", "ul. Długa 10/5"),
    ("ul. Długa 10 m 5", "ul. Długa 10/5"),
    ("ul. Długa 10 lok. 5", "ul. Długa 10/5"),
    ("ul. Długa 10 A lok. 5", "ul. Długa 10a/5"),
    ("ul. 3-go Maja 5", "ul. 3 Maja 5"),
    ("C4, 12", "C 4, 12"),
    ("Halle A7", "Halle A 7"),
    ("Postfach 12 34", "Postfach 1234"),
    ("Top 3, Hauptstraße 12", "Haupt Straße 12 Top 3"),
    ("rue Lepic 12, bât. 3", "12 rue Lepic, bat 3"),
)
def test_the_same_house_number_in_another_spelling_is_close(said, recorded):
    assert likeness(said, recorded) is CLOSE


@pairs(
    ("Hauptstraße 13", "Hauptstraße 12"),
    ("Hauptstraße 21", "Hauptstraße 12"),
    ("Hauptstraße 112", "Hauptstraße 12"),
    ("Hauptstraße 12", "Hauptstraße 12a"),
    ("Hauptstraße 12b", "Hauptstraße 12a"),
    ("Hauptstraße 12 B", "Hauptstraße 12 A"),
    ("Hauptstraße 12/b", "Hauptstraße 12/a"),
    ("Hauptstraße", "Hauptstraße 12"),
    ("Hauptstraße 12", "Hauptstraße 12-14"),
    ("Hauptstraße 14", "Hauptstraße 12-14"),
    ("Hauptstraße 12-16", "Hauptstraße 12-14"),
    ("Hauptstraße 1214", "Hauptstraße 12-14"),
    ("Hauptstraße 12 14", "Hauptstraße 12-14"),
    ("Hauptstraße 12/14", "Hauptstraße 12-14"),
    ("Mariahilfer Straße 12", "Mariahilfer Straße 12/3"),
    ("Mariahilfer Straße 123", "Mariahilfer Straße 12/3"),
    ("Mariahilfer Straße 3/12", "Mariahilfer Straße 12/3"),
    ("Mariahilfer Straße 12/3", "Mariahilfer Straße 12/3/5"),
    ("12 rue Lepic", "12 bis rue Lepic"),
    ("12 ter rue Lepic", "12 bis rue Lepic"),
    ("12b rue Lepic", "12 bis rue Lepic"),
    ("221c Baker Street", "221b Baker Street"),
    ("Flat 3, 10 High Street", "Flat 2, 10 High Street"),
    ("Flat 10, 2 High Street", "Flat 2, 10 High Street"),
    ("2 High Street, Flat 10", "Flat 2, 10 High Street"),
    ("Haus 2 Flat 10", "Flat 2 Haus 10"),
    ("Tor 2 Werk 5", "Werk 2 Tor 5"),
    ("8 rue du 12 Mai", "12 rue du 8 Mai"),
    ("Hauptstraße 12a", "Hauptstraße 12a-c"),
    ("Hauptstraße 12a", "Hauptstraße 12 a+b"),
    ("Hauptstraße 12 bis 16", "Hauptstraße 12-14"),
    ("Hauptstraße 5", "Hauptstraße 5+7"),
    ("ul. Długa 10 m. 6", "ul. Długa 10/5"),
    ("ul. Długa 5 m. 10", "ul. Długa 10/5"),
    ("C 5, 12", "C 4, 12"),
    ("C 41 2", "C 4, 12"),
    ("Hauptstraße 1 2", "Hauptstraße 12"),
    ("Postfach 12 43", "Postfach 1234"),
    ("Postfach 1243", "Postfach 1234"),
    ("ul. Długa 10/6", "ul. Długa 10/5"),
    ("Hauptstraße 122", "Hauptstraße 12²"),
    ("Hauptstraße 121 2", "Hauptstraße 12½"),
    ("Hauptstraße 12", "Hauptstraße 12½"),
    ("Hauptstraße I", "Hauptstraße 1"),
)
def test_another_house_number_is_never_close(said, recorded):
    assert likeness(said, recorded) is DIFFERENT
    assert compare_address_lines(said, recorded).differences == ("house-number",)


streets = st.sampled_from(["Hauptstr.", "Mariahilfer Straße", "Karl-Marx-Allee", "ul. Długa", "rue Lepic", "Am Markt"])
suffixes = st.sampled_from(["", "a", "b", "bis", "ter", "-14", "/3", "/3/5", "½", " 1/3"])
house_numbers = st.builds(lambda number, suffix: f"{number}{suffix}", st.integers(1, 400), suffixes)


@given(streets, streets, house_numbers, house_numbers)
def test_two_house_numbers_are_never_close_in_any_street(street, other_street, number, other):
    assume(number != other)
    assert likeness(f"{street} {number}", f"{other_street} {other}") is DIFFERENT


@given(streets, house_numbers)
def test_a_house_number_may_stand_before_or_behind(street, number):
    assert likeness(f"{street} {number}", f"{number} {street}") is CLOSE


# --- Different -----------------------------------------------------------------------------------------


@pairs(
    ("Bahnhofstraße 12", "Hauptstraße 12"),
    ("Hauptgasse 12", "Hauptstraße 12"),
    ("Lindenallee 3", "Lindenweg 3"),
    ("Ostring 3", "Westring 3"),
    ("Feldsteg 3", "Feldweg 3"),
    ("Unit 5 Mill Road", "Unit A 5 Mill Road"),
    ("Straße 4", "Straße D 4"),
    ("Am Neuen Markt 7", "Am Alten Markt 7"),
    ("10 Upping Street", "10 Downing Street"),
    ("10 Downing Road", "10 Downing Street"),
    ("12 avenue Foch", "12 rue Foch"),
    ("12 avenue Foch", "12 avenue Victor Hugo"),
    ("Krótka 10", "ul. Długa 10"),
    ("Unit B 5 Mill Road", "Unit A 5 Mill Road"),
    ("Quadrat D 4", "Quadrat C 4"),
    ("", "Hauptstraße"),
    ("!", "?"),
)
def test_another_street_is_different(said, recorded):
    assert likeness(said, recorded) is DIFFERENT
    assert compare_address_lines(said, recorded).differences == ("words",)


# --- For any text ----------------------------------------------------------------------------------------


@pairs(
    ("Hauptstraße 12 A", "HAUPTSTR.12a"), ("4, Rue de la Paix", "4 r. de la paix"), ("12 Avenue Foch", "12 av. foch")
)
def test_the_key_is_one_for_all_spellings(said, recorded):
    assert address_key(said) == address_key(recorded)


def plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


@given(lines, lines)
@example("\ud800", "\udfff")
def test_it_does_not_matter_who_said_which(one, other):
    assert compare_address_lines(one, other) == compare_address_lines(other, one)


@given(lines, lines)
def test_same_means_equal_but_for_white_space_and_composition(one, other):
    assert (compare_address_lines(one, other).likeness is SAME) == (plain(one) == plain(other))


@given(lines)
@example("5 rue Lepic")
@example("5 terrace road")
@example("12 quai")
def test_folding_twice_changes_nothing(line):
    assert address_key(address_key(line)) == address_key(line)


@given(lines, st.sampled_from([str.upper, str.casefold, lambda line: line.replace(" ", "  "), address_key]))
@example("Hauptstraße 12 A", address_key)
def test_what_has_the_same_key_is_never_different(line, respell):
    other = respell(line)
    assume(address_key(line) and address_key(line) == address_key(other))
    assert compare_address_lines(line, other).likeness is not DIFFERENT


@each_row("piece", ["x", "1", "12-", "1/", "str. ", "a1", "1 a ", "½", "n°"])
def test_very_long_lines_are_compared_as_well(piece):
    long = (piece * 100_000)[:100_000]
    assert likeness(long, long) is SAME
    assert likeness(long, "Hauptstraße 12") is DIFFERENT
    assert likeness(long, long + "x") is DIFFERENT
