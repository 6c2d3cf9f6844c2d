"""What stored keys are made of never changes unnoticed: golden values of the keys that tables hold.

A change here means that stored keys have to be made again, in batches (docs/decisions.md#schema-changes).
"""

from licences.domain.customer_keys import match_key, site_key
from licences.domain.matching import address_key, fold_name, name_key
from licences.domain.search_words import SearchableParty, search_text

NAME_KEYS = {
    "Huber Elektrotechnik GmbH & Co. KG": "huber elektrotechnik",
    "Müller & Söhne i.G.": "muller und sohne ig",
    "Lebenshilfe gemeinnützige GmbH": "lebenshilfe gemeinnutzige",
    "Stadtwerke X AöR": "stadtwerke x aor",
    "Gebrüder Meier OHG": "gebr meier",
    "SARL Dupont et Fils": "dupont und fils",
    "Kowalski i Synowie Sp. z o.o.": "kowalski und synowie",
    "Coyote Cafe (Las Vegas)": "coyote cafe las vegas",
    "The Oak Bakery Ltd": "the oak bakery",
    "Contoso Handelsges.m.b.H.": "contoso handels",
    "株式会社": "株式会社",
    "A. B. C. Elektronik": "abc elektronik",
    "!?": "!?",
    "St. Mary's N.H.S. Trust": "st marys nhs trust",
    "Doktor Oetker KG": "dr otker",
    "3 M Deutschland": "3 m deutschland",
}
ADDRESS_KEYS = {
    "Bauerng. 12": "baurng 12",
    "Bauerngasse 12": "baurngasse 12",
    "Str. d. 17. Juni 135": "str d 17 juni 135",
    "Bgm.-Müller-Str. 3": "bgm muller str 3",
    "An d. Kirche 4": "an d kirche 4",
    "255 Courtland St. at Harris St.": "255 courtland st at harris st",
    "3000 W. Paradise Rd.": "3000w paradise rd",
    "7 Claude La.": "7 claude la",
    "7 Claude Ln.": "7 claude ln",
    "Hauptstraße 12, 3. OG": "hauptstr 12 3 og",
    "12 bis, rue de l'Église": "12bis ru de leglise",
    "ul. Długa 10 m. 5": "ul dluga 10over5",
    "Hauptstr. Nr. 12 a - c": "hauptstr 12a c",
    "C 4, 12": "c4 12",
    "Postfach 12 34": "pf 1234",
    "Viale Monza 7": "viale monza 7",
    "C/ Mayor 12": "c mayor 12",
    "Kerkstr. 5": "kerkstr 5",
    "Hauptstraße 12½": "hauptstr 12 1over2",
}
FOLDED = {
    "Huber Elektrotechnik GmbH & Co. KG": "huber elektrotechnik gmbh und co kg",
    "Müller & Söhne i.G.": "muller und sohne ig",
    "Lebenshilfe gemeinnützige GmbH": "lebenshilfe gemeinnutzige gmbh",
    "Stadtwerke X AöR": "stadtwerke x aor",
    "Gebrüder Meier OHG": "gebruder meier ohg",
    "SARL Dupont et Fils": "sarl dupont und fils",
    "Kowalski i Synowie Sp. z o.o.": "kowalski i synowie sp zoo",
    "Coyote Cafe (Las Vegas)": "coyote cafe las vegas",
}
MATCH_KEYS = {
    ("Huber Elektrotechnik GmbH & Co. KG", "Bauerng. 12", "01067"): "5671d2534315211a68e3e7d057c8f2cc",
    ("Müller & Söhne i.G.", "Bauerngasse 12", "1067"): "a638e078724bdb4a41bc8aebcb5ff422",
    ("Lebenshilfe gemeinnützige GmbH", "Str. d. 17. Juni 135", "A-1010 "): "4d1f28bc009993e8035053faaa23b339",
    ("Stadtwerke X AöR", "Bgm.-Müller-Str. 3", "sw1a 1AA"): "4d4426936065960cbf9488cee48173a8",
}
SITE_KEYS = {"Filiale Nr. 2, Köln": "filiale nr 2 koln", "St. Gallen": "st gallen", "Werk Süd": "werk sud"}
SEARCH_TEXT = (
    "  huber  elektrotechnik  gmbh  jurgen  grossmann  koln  50667  j.gross@example.com  49221123450  0221123450  k100"
    "  werk  sud"
)


def test_the_key_of_a_name_is_what_it_was():
    assert {name: name_key(name) for name in NAME_KEYS} == NAME_KEYS


def test_the_key_of_an_address_line_is_what_it_was():
    assert {line: address_key(line) for line in ADDRESS_KEYS} == ADDRESS_KEYS


def test_the_folded_name_is_what_it_was():
    assert {name: fold_name(name) for name in FOLDED} == FOLDED


def test_the_key_of_a_customer_is_what_it_was():
    assert {parts: match_key(*parts) for parts in MATCH_KEYS} == MATCH_KEYS


def test_the_key_of_a_site_is_what_it_was():
    assert {name: site_key(name) for name in SITE_KEYS} == SITE_KEYS


def test_the_text_that_is_searched_is_what_it_was():
    customer = SearchableParty(
        name="Huber Elektrotechnik GmbH", contact_name="Jürgen Großmann", city="Köln", postcode="D-50667",
        contact_email="j.gross@example.com", contact_phone="+49 (0)221 12345-0", number="K-100",
    )  # fmt: skip
    assert search_text([customer], "Werk Süd") == SEARCH_TEXT
