"""Is this the same company name, as people spell it?"""

import unicodedata
from collections.abc import Callable

from hypothesis import assume, example, given
from hypothesis import strategies as st

from licences.domain.matching import Comparison, Likeness, compare_names, fold_name, name_key
from tests.tables import each_row

SAME, CLOSE, DIFFERENT = Likeness.SAME, Likeness.CLOSE, Likeness.DIFFERENT

spelled = st.text(st.sampled_from("aeouäöüßøéÄÉ &+.'’-,SA1² \u0301"), max_size=20)
names = st.text(max_size=40) | spelled


def pairs(*rows: tuple[str, str]) -> Callable:
    return each_row(("said", "recorded"), rows)


def assert_close(said: str, recorded: str, difference: str) -> None:
    found = compare_names(said, recorded)
    assert found.likeness is CLOSE
    assert difference in found.differences


def assert_different(said: str, recorded: str) -> None:
    assert compare_names(said, recorded) == Comparison(DIFFERENT, ("words",))


# --- The same ------------------------------------------------------------------------------------------


@pairs(
    ("Huber Elektrotechnik GmbH", "Huber Elektrotechnik GmbH"),
    ("  Huber\tElektrotechnik  GmbH\n", "Huber Elektrotechnik GmbH"),
    ("Huber\u00a0Elektrotechnik GmbH", "Huber Elektrotechnik GmbH"),
    ("Mu\u0308ller AG", "Müller AG"),
)
def test_the_same_word_for_word_but_for_white_space(said, recorded):
    assert compare_names(said, recorded) == Comparison(SAME)


# --- Close: one habit of spelling each -----------------------------------------------------------------


@pairs(
    ("HUBER ELEKTROTECHNIK GMBH", "Huber Elektrotechnik GmbH"),
    ("huber elektrotechnik gmbh", "Huber Elektrotechnik GmbH"),
    ("ZAKŁADY MIĘSNE SOKOŁÓW", "Zakłady Mięsne Sokołów"),
)
def test_capital_letters(said, recorded):
    assert compare_names(said, recorded) == Comparison(CLOSE, ("case",))


@pairs(
    ("Mueller Maschinenbau GmbH", "Müller Maschinenbau GmbH"),
    ("Muller Maschinenbau GmbH", "Müller Maschinenbau GmbH"),
    ("Muller Maschinenbau GmbH", "Mueller Maschinenbau GmbH"),
    ("Baeckerei Goettlich", "Bäckerei Göttlich"),
    ("Strasser Grosshandel AG", "Straßer Großhandel AG"),
    ("Zuercher Kaesehandel AG", "Zürcher Käsehandel AG"),
    ("Societe Generale de Menuiserie", "Société Générale de Menuiserie"),
    ("Garcon Traiteur SARL", "Garçon Traiteur SARL"),
    ("Zaklad Lodz", "Zakład Łódź"),
    ("Joergensen & Soen", "Jørgensen & Søn"),
)
def test_accents_and_umlauts(said, recorded):
    assert compare_names(said, recorded) == Comparison(CLOSE, ("accents",))


@pairs(
    ("A.B.C. Elektronik GmbH", "ABC Elektronik GmbH"),
    ("Smith & Sons Ltd.", "Smith & Sons Ltd"),
    ("Smith and Sons Ltd", "Smith & Sons Ltd"),
    ("Meyer und Partner", "Meyer & Partner"),
    ("Meyer + Partner", "Meyer & Partner"),
    ("Dubois et Fils", "Dubois & Fils"),
    ("O’Brien Joinery Ltd", "O'Brien Joinery Ltd"),
    ("OBrien Joinery Ltd", "O'Brien Joinery Ltd"),
    ("Weber-Schmidt AG", "Weber Schmidt AG"),
    ("Hans Meyer e. K.", "Hans Meyer e.K."),
    ("Huber, Elektrotechnik", "Huber Elektrotechnik"),
    ("„Alte Post“ Gasthof", "Alte Post Gasthof"),
)
def test_punctuation(said, recorded):
    assert compare_names(said, recorded) == Comparison(CLOSE, ("punctuation",))


@pairs(
    ("Huber Elektrotechnik", "Huber Elektrotechnik GmbH"),
    ("Huber Elektrotechnik GmbH", "Huber Elektrotechnik GmbH & Co. KG"),
    ("Huber Elektrotechnik", "Huber Elektrotechnik GmbH & Co. KG"),
    ("Huber Elektrotechnik AG", "Huber Elektrotechnik GmbH"),
    ("Huber Elektrotechnik", "Huber Elektrotechnik Gesellschaft mit beschränkter Haftung"),
    ("Firma Huber Elektrotechnik", "Huber Elektrotechnik"),
    ("Neubau UG", "Neubau UG (haftungsbeschränkt)"),
    ("Bergkäse Genossenschaft", "Bergkäse Genossenschaft eG"),
    ("Alpenblick Touristik", "Alpenblick Touristik e.U."),
    ("Smith & Sons Limited", "Smith & Sons Ltd"),
    ("Barton Legal", "Barton Legal LLP"),
    ("Garage Dupont", "Garage Dupont SARL"),
    ("Garage Dupont S.à r.l.", "Garage Dupont"),
    ("SARL Dupont Menuiserie", "Dupont Menuiserie"),
    ("Kowalski Transport", "Kowalski Transport Sp. z o.o."),
    ("Kowalski Transport Sp. z o.o.", "Kowalski Transport spółka z ograniczoną odpowiedzialnością"),
    ("Kowalski Transport", "Kowalski Transport sp z oo"),
    ("Kowalski Transport", "Kowalski Transport Sp. zo.o. Sp. k."),
    ("Polski Chleb", "Polski Chleb S.A."),
    ("Polski Chleb PSA", "Polski Chleb prosta spółka akcyjna"),
    ("Alpenland Bau Ges.m.b.H.", "Alpenland Bau GmbH"),
    ("Alpenland Bau GesmbH", "Alpenland Bau"),
    ("Alpenland Bau Ges.m.b.H. & Co KG", "Alpenland Bau"),
    ("Contoso Handelsgesellschaft mbH", "Contoso Handels GmbH"),
    ("Contoso Handelsges.m.b.H.", "Contoso Handels-GmbH"),
    ("Stadtwerke Bonn Gesellschaft mbH", "Stadtwerke Bonn GmbH"),
    ("Fischer & Cie. AG", "Fischer"),
    ("Fischer SE & Co. KGaA", "Fischer"),
    ("Dupont & Cie", "Dupont"),
    ("Huber offene Handelsgesellschaft", "Huber OHG"),
)
def test_the_legal_form(said, recorded):
    assert_close(said, recorded, "legal-form")


@pairs(
    ("Gebr. Meier", "Gebrüder Meier"),
    ("Smith Bros Ltd", "Smith Brothers Ltd"),
    ("Ets. Dupont", "Établissements Dupont"),
    ("Sté Dupont", "Société Dupont"),
    ("Cie Générale des Eaux", "Compagnie Générale des Eaux"),
    ("Doktor Oetker KG", "Dr. Oetker KG"),
    ("Meier u. Söhne", "Meier & Söhne"),
    ("Kowalski i Synowie", "Kowalski & Synowie"),
)
def test_abbreviations(said, recorded):
    assert_close(said, recorded, "abbreviation")


@pairs(
    ("Elektrotechnik Huber", "Huber Elektrotechnik"),
    ("Elektrotechnik Huber GmbH", "Huber Elektrotechnik GmbH"),
    ("SARL Dupont", "Dupont SARL"),
    ("Transport Kowalski", "Kowalski Transport"),
)
def test_word_order(said, recorded):
    assert compare_names(said, recorded) == Comparison(CLOSE, ("word-order",))


@pairs(
    ("Elektro Technik Huber", "Elektrotechnik Huber"),
    ("Soft ware Haus Bonn", "Software Haus Bonn"),
    ("Green field Partners", "Greenfield Partners"),
    ("3 M Deutschland", "3M Deutschland"),
)
def test_word_division(said, recorded):
    assert_close(said, recorded, "spacing")


@pairs(("Huber Elektro technik", "Elektrotechnik Huber"), ("Bonn Soft ware Haus", "Software Haus Bonn"))
def test_word_order_and_word_division_together(said, recorded):
    assert compare_names(said, recorded) == Comparison(CLOSE, ("word-order", "spacing"))


@pairs(
    ("Hans Meier Bau", "Hans Meyer Bau"),
    ("Schmitt Logistik", "Schmidt Logistik"),
    ("Huber Elektrotechnk GmbH", "Huber Elektrotechnik GmbH"),
    ("Huber Elektortechnik", "Huber Elektrotechnik"),
    ("Willams Plumbing", "Williams Plumbing"),
    ("Dupond Menuiserie", "Dupont Menuiserie"),
    ("Kowalsky Transport", "Kowalski Transport"),
    ("Technik Huver", "Huber Technik"),
    ("Kovalski Transprt Miedzynarodowy", "Kowalski Transport Międzynarodowy"),
    ("Smith Limtied", "Smith Limited"),
    ("Huber Gmhb", "Huber GmbH"),
)
def test_a_small_typo(said, recorded):
    assert_close(said, recorded, "spelling")


@pairs(("Elektro Technk Huber", "Elektrotechnik Huber"), ("Green fild Partners", "Greenfield Partners"))
def test_a_small_typo_in_words_divided_otherwise(said, recorded):
    found = compare_names(said, recorded)
    assert found.likeness is CLOSE
    assert {"spacing", "spelling"} <= set(found.differences)


@pairs(("The Oak Bakery", "Oak Bakery"), ("Verband für Pflege", "Verband Pflege"), ("Le Jardin", "Jardin"))
def test_small_words_may_be_left_out(said, recorded):
    assert compare_names(said, recorded).likeness is CLOSE


def test_several_habits_are_all_named():
    found = compare_names("MUELLER TECHNIK UND HANDEL", "Müller Technik & Handel GmbH")
    assert found == Comparison(CLOSE, ("case", "accents", "punctuation", "legal-form"))


# --- Different -----------------------------------------------------------------------------------------


@pairs(
    ("Gruber Dachbau", "Huber Elektrotechnik"),
    ("Schmidt Transporte", "Schmidt Logistik"),
    ("Stadtwerke Bonn", "Stadtwerke Köln"),
    ("Gasthof Rose", "Gasthof Post"),
    ("Müller Süd GmbH", "Müller Nord GmbH"),
    ("Garage Martin", "Garage Dupont"),
    ("Nowak Transport", "Kowalski Transport"),
)
def test_another_word_is_another_company(said, recorded):
    assert_different(said, recorded)


@pairs(
    ("Schmidt Logistik Nord", "Schmidt Logistik"), ("Huber", "Huber Elektrotechnik"), ("Oak Bakery Leeds", "Oak Bakery")
)
def test_a_word_more_or_less_is_another_company(said, recorded):
    assert_different(said, recorded)


@pairs(("BMV AG", "BMW AG"), ("ABD GmbH", "ABC GmbH"), ("Bau KG", "Rau KG"))
def test_short_words_have_no_typos(said, recorded):
    assert_different(said, recorded)


@pairs(("Schmull Logistik", "Schmidt Logistik"), ("Bernecker Handel", "Bergackar Handel"))
def test_more_than_small_typos_are_another_word(said, recorded):
    assert_different(said, recorded)


@pairs(
    ("Lauer & Beier", "Bauer & Meier"),
    ("Kovalsky Transprt", "Kowalski Transport"),
    ("Hotel Ostbahnhof", "Hotel Westbahnhof"),
    ("Autohaus Ostring", "Autohaus Westring"),
)
def test_many_small_typos_are_another_name(said, recorded):
    assert_different(said, recorded)


@pairs(("Elektro A Huber", "Elektro Huber"), ("Hotel am Markt B", "Hotel am Markt"), ("Stary Sad", "Stary"))
def test_a_single_letter_or_a_short_word_counts(said, recorded):
    assert_different(said, recorded)


@pairs(
    ("Werk 2", "Werk 1"),
    ("3N Deutschland", "3M Deutschland"),
    ("Hotel 1900", "Hotel 1901"),
    ("Tankstelle 24", "Tankstelle"),
    ("Autohaus A10", "Autohaus A100"),
    ("Werk 2 Halle 1", "Werk 1 Halle 2"),
)
def test_a_number_is_never_a_typo(said, recorded):
    assert_different(said, recorded)


@pairs(("GmbH", "AG"), ("", "Huber"), ("GmbH", ""), ("!!!", "???"))
def test_next_to_nothing_is_like_nothing_else(said, recorded):
    assert_different(said, recorded)


def test_a_name_that_is_only_a_legal_form_keeps_it():
    assert name_key("GmbH & Co. KG") != ""
    assert name_key("SA SA") == "sa"


def test_the_legal_form_is_taken_off_but_not_out_of_the_middle():
    assert name_key("AG Bau Huber GmbH") == "ag bau huber"


@pairs(("Müller", "MUELLER"), ("Smith & Co", "smith and co"), ("Łódź", "lodz"), ("S. A. Dupont", "SA Dupont"))
def test_the_folded_form_is_one_for_all_spellings(said, recorded):
    assert fold_name(said) == fold_name(recorded)


def test_the_folded_form_keeps_the_legal_form_and_symbols_alone():
    assert fold_name("Huber GmbH") == "huber gmbh"
    assert fold_name("!?") == "!?"


# --- For any text ----------------------------------------------------------------------------------------


def plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


@given(names, names)
@example("\ud800", "\udfff")
def test_it_does_not_matter_who_said_which(one, other):
    assert compare_names(one, other) == compare_names(other, one)


@given(names, names)
def test_same_means_equal_but_for_white_space_and_composition(one, other):
    assert (compare_names(one, other).likeness is SAME) == (plain(one) == plain(other))


@given(names)
def test_any_name_is_the_same_as_itself_spelled_out(name):
    assert compare_names(name, f"  {unicodedata.normalize('NFD', name)} ").likeness is SAME


@given(names)
@example("ae" * 300)
@example("a.e.e. s. a. s")
def test_folding_twice_changes_nothing(name):
    assert fold_name(fold_name(name)) == fold_name(name)
    assert name_key(name_key(name)) == name_key(name)


@given(names, st.sampled_from([str.upper, str.casefold, lambda name: name.replace("ü", "ue"), fold_name]))
@example("Müller", str.upper)
def test_what_folds_to_the_same_is_never_different(name, respell):
    other = respell(name)
    assume(fold_name(name) and fold_name(name) == fold_name(other))
    assert compare_names(name, other).likeness is not DIFFERENT


@each_row("piece", ["x", "wort ", "ae", "ﷺ", "a.", "GmbH ", "\u0301", "1 ", "- "])
def test_very_long_names_are_compared_as_well(piece):
    long = (piece * 100_000)[:100_000]
    assert compare_names(long, long).likeness is SAME
    assert compare_names(long, "Huber").likeness is DIFFERENT
    assert compare_names(long, long + "x") == Comparison(DIFFERENT, ("words",))


def test_long_names_with_the_same_rest_are_compared_by_their_beginning():
    rest = "x" * 600
    assert compare_names(f"Müller {rest}", f"Mvller {rest}").likeness is CLOSE
    assert compare_names(f"Müller {rest}", f"Gruber {rest}").likeness is DIFFERENT
