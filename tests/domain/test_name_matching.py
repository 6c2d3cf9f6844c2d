"""Is what the caller says the company name on record?"""

import pytest

from licences.domain.matching import Comparison, Likeness, compare_names, fold_name, name_key

CLOSE = [
    # capital letters
    ("contoso", "Contoso", "case"),
    ("MÜLLER BAU", "Müller Bau", "case"),
    ("Northwind traders ltd", "Northwind Traders Ltd", "case"),
    # accents, umlauts, sharp s
    ("Mueller Bau", "Müller Bau", "accents"),
    ("Muller Bau", "Müller Bau", "accents"),
    ("Muller Bau", "Mueller Bau", "accents"),
    ("Gärtnerei Böhm", "Gaertnerei Boehm", "accents"),
    ("Strauss Optik", "Strauß Optik", "accents"),
    ("Societe de Conseil", "Société de Conseil", "accents"),
    ("Lodz Serwis", "Łódź Serwis", "accents"),
    ("Zaklad Uslugowy Wisniewski", "Zakład Usługowy Wiśniewski", "accents"),
    ("Soendergaard Handel", "Søndergaard Handel", "accents"),
    ("Œuvre Conseil", "Oeuvre Conseil", "accents"),
    ("MUELLER BAU", "Müller Bau", "case accents"),
    ("STRASSENBAU NORD", "Straßenbau Nord", "case accents"),
    # punctuation
    ("Müller-Bau", "Müller Bau", "punctuation"),
    ("Müller-Bau", "MüllerBau", "punctuation"),
    ("Schmidt, Weber und Partner", "Schmidt Weber und Partner", "punctuation"),
    ("ABC Elektro", "A.B.C. Elektro", "punctuation"),
    ("Contoso SA", "Contoso S.A.", "punctuation"),
    ("Contoso, Inc.", "Contoso Inc.", "punctuation"),
    ("„Contoso“ Handel", "Contoso Handel", "punctuation"),
    ("ONeill Shipping", "O'Neill Shipping", "punctuation"),
    ("O’Neill Shipping", "O'Neill Shipping", "punctuation"),
    ("Contoso™", "Contoso", "punctuation"),
    ("Contoso 🦊", "Contoso", "punctuation"),
    ("Con\u00adtoso", "Contoso", "punctuation"),
    # legal forms: absent, written otherwise, or another one
    ("Contoso", "Contoso GmbH", "legal-form"),
    ("Contoso", "Contoso GmbH & Co. KG", "legal-form"),
    ("Contoso GmbH", "Contoso GmbH & Co. KG", "legal-form"),
    ("Contoso AG", "Contoso GmbH", "legal-form"),
    ("Contoso Limited", "Contoso Ltd", "legal-form"),
    ("Contoso Aktiengesellschaft", "Contoso AG", "legal-form"),
    ("Contoso", "Contoso, Inc.", "legal-form"),
    ("Dupont", "SARL Dupont", "legal-form"),
    ("Müller Hamburg", "Müller GmbH & Co. KG Hamburg", "legal-form"),
    ("Contoso (UK)", "Contoso (UK) Ltd", "legal-form"),
    ("mueller bau", "Müller Bau GmbH", "case accents legal-form"),
    # connecting words and short forms
    ("Müller und Söhne", "Müller & Söhne", "abbreviation"),
    ("Smith and Sons", "Smith & Sons", "abbreviation"),
    ("Dupont et Fils", "Dupont & Fils", "abbreviation"),
    ("Müller u. Söhne", "Müller und Söhne", "abbreviation"),
    ("Kowalski i Synowie", "Kowalski & Synowie", "abbreviation"),
    ("Contoso Trading", "The Contoso Trading", "abbreviation"),
    ("Haus Künste", "Haus der Künste", "abbreviation"),
    ("Atelier Dupont", "L'Atelier Dupont", "abbreviation"),
    ("Gebr. Weber", "Gebrüder Weber", "abbreviation"),
    ("Sankt Georg Apotheke", "St. Georg Apotheke", "abbreviation"),
    # word order
    ("Bau Müller", "Müller Bau", "word-order"),
    ("Weber Schmidt und Partner", "Schmidt Weber und Partner", "word-order"),
    ("Dupont SARL", "SARL Dupont", "word-order"),
    # slips
    ("Maschienenbau Weber", "Maschinenbau Weber", "spelling"),
    ("Mueler Bau", "Müller Bau", "accents spelling"),
    ("Schmitt Elektro", "Schmidt Elektro", "spelling"),
    ("Shcmidt Elektro", "Schmidt Elektro", "spelling"),
    ("Hofmann Elektro", "Hoffmann Elektro", "spelling"),
    ("Northwind Tradrs", "Northwind Traders", "spelling"),
    ("Consultng Partners", "Consulting Partners", "spelling"),
    ("Kowalsky Serwis", "Kowalski Serwis", "spelling"),
    ("HOFMANN Elektro", "Hoffmann Elektro", "case spelling"),
    # words split or joined
    ("Fach Handel Weber", "Fachhandel Weber", "spacing"),
    ("Fachhandel Weber", "Fach Handel Weber", "spacing"),
    ("Bau Elemente", "Bauelemente", "spacing"),
    ("I B M Systeme", "IBM Systeme", "spacing"),
    ("Autohaus24", "Autohaus 24", "spacing"),
    ("3 M Handel", "3M Handel", "spacing"),
    ("Müller&Söhne", "Müller & Söhne", "spacing"),
    ("Maschienen Bau Weber", "Maschinenbau Weber", "spelling spacing"),
    # several at once
    ("weber maschienenbau", "Maschinenbau Weber GmbH", "case legal-form word-order spelling"),
]

DIFFERENT = [
    ("Contoso", "Fabrikam"),
    ("Müller Bau", "Müller Bau Holding Nord"),
    ("Müller Bau GmbH", "Müller Bau Holding Nord GmbH"),
    ("Contoso Nord", "Contoso Süd"),
    ("Contoso", "Contoso UK"),
    ("Autohaus 24", "Autohaus 42"),
    ("Autohaus 24", "Autohaus"),
    ("Autohaus24", "Autohaus42"),
    ("Autohaus 2 4", "Autohaus 24"),
    ("Web 2.0 Agentur", "Web 20 Agentur"),
    ("A1 Telefon", "A2 Telefon"),
    ("Ost Handel", "West Handel"),
    ("Bau Weber", "Tau Weber"),  # too short a word for a slip
    ("Müller", "Möbius"),
    ("Weber Elektro", "Berger Elektro"),
    ("Kowalski Serwis", "Nowak Serwis"),
    ("Boulangerie Dupont", "Boucherie Dupont"),
    ("Die Bank", "Der Markt"),
    ("The", "Der"),
    ("Hans I. Weber", "Hans U. Weber"),
    ("AG", "GmbH"),
    ("", "Contoso"),
    ("   ", "Contoso"),
    ("!!!", "Contoso"),
    ("!!!", "???"),
    ("東京電力会社", "東京電気会社"),  # one ideograph is a word, not a slip
    ("Ромашка", "Василёк"),
    ("אורן", "ברוש"),
    ("Ελιά", "Πεύκο"),
]


@pytest.mark.parametrize(("said", "recorded", "differences"), CLOSE)
def test_it_is_close_when_people_spell_one_name_in_two_ways(said: str, recorded: str, differences: str) -> None:
    expected = Comparison(Likeness.CLOSE, tuple(differences.split()))
    assert compare_names(said, recorded) == expected
    assert compare_names(recorded, said) == expected


@pytest.mark.parametrize(("said", "recorded"), DIFFERENT)
def test_it_is_different_when_a_word_or_number_that_matters_differs(said: str, recorded: str) -> None:
    comparison = compare_names(said, recorded)
    assert comparison.likeness is Likeness.DIFFERENT
    assert "words" in comparison.differences


@pytest.mark.parametrize(
    ("said", "recorded"),
    [("Contoso  GmbH ", "Contoso GmbH"), ("Mu\u0308ller", "Müller"), ("", " \n"), ("AG", "AG"), ("!", "!")],
)
def test_it_is_the_same_apart_from_white_space_and_unicode_composition(said: str, recorded: str) -> None:
    assert compare_names(said, recorded) == Comparison(Likeness.SAME, ())


def test_a_different_name_lists_the_lesser_differences_too() -> None:
    comparison = compare_names("mueller bau", "Müller Bau Holding Nord GmbH")
    assert comparison.differences == ("case", "accents", "legal-form", "words")


@pytest.mark.parametrize(
    ("name", "folded"),
    [
        ("  Müller   Bau ", "muller bau"),
        ("Mueller-Bau", "muller bau"),
        ("Strauß & Söhne GmbH", "strauss und sohne gmbh"),
        ("Smith and Sons Ltd.", "smith und sons ltd"),
        ("Dupont et Fils S.A.", "dupont und fils s a"),
        ("H+M Handel", "h und m handel"),
        ("Ærø Łódź Đurić Œuvre", "aro lodz duric ouvre"),
        ("ＣＯＮＴＯＳＯ ﬁlm №5", "contoso film no5"),
        ("Autohaus ٢٤", "autohaus 24"),
        ("Ελιά ΑΕ", "ελια αε"),
        ("Йод Ромашка", "иод ромашка"),
        ("אֹרֶן", "ארן"),
        ("株式会社ガス", "株式会社ガス"),
        ("हिन्दी सेवा", "हिन्दी सेवा"),
        ("🦊", "🦊"),
        ("", ""),
        (" \t", ""),
    ],
)
def test_a_folded_name_has_one_spelling_and_keeps_its_legal_form(name: str, folded: str) -> None:
    assert fold_name(name) == folded


LEGAL_FORMS = [
    "GmbH", "GMBH", "G.m.b.H.", "gGmbH", "mbH", "Gesellschaft mit beschränkter Haftung", "AG", "A.G.",
    "Aktiengesellschaft", "KG", "Kommanditgesellschaft", "GmbH & Co. KG", "GmbH & Co KG", "GmbH und Co. KG",
    "GmbH Co. KG", "AG & Co. KG", "AG & Co. KGaA", "SE & Co. KGaA", "KGaA", "UG (haftungsbeschränkt) & Co. KG",
    "UG", "UG (haftungsbeschränkt)", "Unternehmergesellschaft (haftungsbeschränkt)", "OHG", "GbR", "GesbR", "OG",
    "e.K.", "eK", "e. K.", "e.Kfm.", "e.Kfr.", "e.V.", "eV", "eG", "e.G.", "e.U.", "PartG", "PartG mbB", "SE",
    "Ltd", "Ltd.", "Limited", "Ltd & Co KG", "Limited & Co. KG", "PLC", "plc", "P.L.C.", "Public Limited Company",
    "LLP", "L.L.P.", "LLC", "Inc", "Inc.", "Incorporated", "Corp.", "Corporation", "& Co.", "and Company",
    "SA", "S.A.", "Société Anonyme", "SARL", "S.A.R.L.", "Sàrl", "S.à r.l.", "SAS", "S.A.S.", "SASU", "EURL",
    "SNC", "SCI", "Société à responsabilité limitée", "Société par actions simplifiée", "S.p.A.", "S.r.l.",
    "Sp. z o.o.", "Sp. z o. o.", "sp.z o.o.", "Sp. zo.o.", "Spółka z o.o.", "SPÓŁKA Z OGRANICZONĄ ODPOWIEDZIALNOŚCIĄ",
    "Sp.k.", "Sp. k.", "sp. z o.o. sp. k.", "Sp. j.", "S.K.A.", "s.c.", "Spółka Akcyjna", "Spółka Komandytowa",
    "B.V.", "BV", "N.V.", "A/S", "AB", "Oy", "s.r.o.", "Kft.",
]  # fmt: skip


@pytest.mark.parametrize("legal_form", LEGAL_FORMS)
def test_the_key_leaves_the_legal_form_out(legal_form: str) -> None:
    assert name_key(f"Adventure Müller {legal_form}") == name_key("Adventure Müller")


@pytest.mark.parametrize("name", ["SARL Dupont", "S.A.S. Dupont", "SCI Dupont", "Société Anonyme Dupont"])
def test_the_key_leaves_out_a_french_legal_form_in_front(name: str) -> None:
    assert name_key(name) == "dupont"


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("AG", "ag"),
        ("GmbH & Co. KG", "gmbh"),
        ("Contoso AS Logistik", "contoso as logistik"),
        ("Contoso SE Logistik", "contoso se logistik"),
        ("Wellness Spa", "wellness spa"),
        ("Contoso UK", "contoso uk"),
        ("Contoso NL", "contoso nl"),
        ("Contoso EU", "contoso eu"),
        ("Limited Edition Wines Ltd", "limited edition wines"),
        ("Company of Friends", "company of friends"),
        ("Müller und Partner", "muller und partner"),
        ("AB Elektro", "ab elektro"),
        ("!!!", "!!!"),
    ],
)
def test_the_key_keeps_words_that_only_look_like_legal_forms(name: str, key: str) -> None:
    assert name_key(name) == key
