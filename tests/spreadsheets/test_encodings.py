"""The code page of a CSV is recognised by the words of the languages that customers write, or it is asked for."""

import re
from pathlib import Path

from babel import Locale
from hypothesis import given
from hypothesis import strategies as st

from licences.spreadsheets.encodings import CODE_PAGES, ENCODINGS, EncodingGuess, encoding_name, guess_encoding
from licences.wording.tables import ENCODING_NAMES, encoding_label
from tests.spreadsheets.files import HEADER, joined, read
from tests.tables import each_row

# Some names and addresses in each language, with the code pages in which its programs save them.
NAMES = {
    "German": (["cp1252", "mac-roman", "cp850"], "Bäckerei Müller & Söhne|Hauptstraße 12|Köln|Gebäude Groß KG|Jäger"),
    "French": (["cp1252", "mac-roman"], "Société Générale|Hôtel de la Forêt|Rue de l’Église 4|Besançon|Garage Lefèvre"),
    "Italian": (["cp1252"], "Società Elettrica Forlì|Caffè Nicolò|Via Libertà 12|Università Pietà"),
    "Spanish": (["cp1252"], "Peluquería Muñoz|Calle Núñez 4|Logroño|Construcciones Peña|Málaga"),
    "Portuguese": (["cp1252"], "Construções São João|Comércio de Pães|Guimarães|Conceição"),
    "Danish": (["cp1252"], "Møbelhuset Sørensen|Ålborg Smørrebrød|København Ø|Bjørn Kjær|Ærø|Næstved"),
    "Polish": (["cp1250", "iso8859-2", "cp852"],
               "Łódzka Spółka Śląsk|Zakład Usług Wąsik|ul. Świętojańska 5|Gdańsk|Żółć|Poznań"),
    "Czech": (["cp1250", "iso8859-2"], "Železářství Novák|Průmyslová 8|Plzeň|Řeznictví Dvořák|Účetní Žižka"),
    "Slovak": (["cp1250"], "Košická strojáreň|Žilina|Ľubomír Šťastný|Námestie|Prešov|Vráble|Dunajská|Spišská"),
    "Hungarian": (["cp1250"], "Győri Kereskedőház|Széchenyi út|Székesfehérvár|Fűtéstechnika Győző|Erdős|Sűrű|Hűtő"),
    "Croatian": (["cp1250"], "Željko Građevina|Čakovec|Šibenik|Đurđevac|Kovačić|Žagar"),
    "Romanian": (["cp1250"], "Construcţii Braşov|Strada Înfrăţirii|Timişoara|Iaşi|Piteşti"),
    "Greek": (["cp1253", "iso8859-7"], "Ελληνική Εταιρεία|Οδός Ερμού 15|Αθήνα|Θεσσαλονίκη|Παπαδόπουλος & Υιοί"),
    "Turkish": (["cp1254"], "Işık Elektrik|Atatürk Caddesi 12|İstanbul|Şişli|Öztürk İnşaat Ltd. Şti.|Yıldız|Gümüşhane"),
    "Russian": (["cp1251", "koi8-u", "iso8859-5"], "Общество Ромашка|ул. Ленина 5|Москва|Завод Электрик|Петербург"),
    "Ukrainian": (["cp1251", "koi8-u"], "Київська Компанія|вул. Шевченка 3|Львів|Запоріжжя"),
    "Bulgarian": (["cp1251"], "Строителна фирма Иванов|София|Пловдив|бул. Витоша 1"),
    "Lithuanian": (["cp1257"], "Šiaulių Statyba|Žvėrynas|Panevėžys|Ąžuolų gatvė|Kėdainių"),
}  # fmt: skip
CASES = [(language, encoding) for language, (encodings, _names) in NAMES.items() for encoding in encodings]


def guess(tmp_path: Path, text: str, encoding: str) -> EncodingGuess:
    path = tmp_path / "purchases.csv"
    path.write_bytes(text.encode(encoding))
    return guess_encoding(path)


@each_row(("language", "encoding"), CASES)
@each_row("repeated", [1, 50])
def test_the_names_of_a_language_are_read_as_they_were_written(language, encoding, repeated, tmp_path):
    names = NAMES[language][1].split("|")
    lines = [f"PO-{number},1,{name},Ulm" for number in range(repeated) for name in names]
    path = tmp_path / "purchases.csv"
    path.write_bytes(joined([HEADER, *lines]).encode(encoding))

    found = guess_encoding(path)

    reads_right = [
        each for each in found.samples if path.read_bytes().decode(each, "replace") == joined([HEADER, *lines])
    ]
    assert (reads_right[:1], found.is_sure or len(found.samples) > 1) == ([found.encoding], True)
    if encoding not in ("iso8859-2", "iso8859-7"):
        assert found.is_sure


LANGUAGES = {
    "de": "cp1252", "fr": "cp1252", "it": "cp1252", "es": "cp1252", "pt": "cp1252", "nl": "cp1252", "nb": "cp1252",
    "da": "cp1252", "sv": "cp1252", "pl": "cp1250", "cs": "cp1250", "sk": "cp1250", "hu": "cp1250", "hr": "cp1250",
    "sl": "cp1250", "el": "cp1253", "tr": "cp1254", "ru": "cp1251", "uk": "cp1251", "bg": "cp1251", "lt": "cp1257",
}  # fmt: skip


def vocabulary(language: str, encoding: str) -> list[str]:
    """Words with letters beyond ASCII, from the names of countries and languages in a language."""
    locale = Locale.parse(language)
    names = (*locale.territories.values(), *locale.languages.values())
    words = {word for name in names for word in re.findall(r"[^\W\d_]+", name) if not word.isascii()}
    return sorted(word for word in words if word.encode(encoding, "ignore").decode(encoding) == word)


@each_row(("language", "encoding"), LANGUAGES.items())
def test_no_vocabulary_is_misread_without_a_question(language, encoding, tmp_path):
    words = vocabulary(language, encoding)

    for size in (1, 3, 10, 40, len(words)):
        for begin in range(0, min(len(words), 40), 4):
            text = " ".join([*words, *words][begin::7][:size])
            found = guess(tmp_path, text, encoding)
            assert not found.is_sure or text.encode(encoding).decode(found.encoding) == text, found


@each_row("word", ["Müller", "Groß & Söhne", "Café Zürich", "„Alte Post“ – 5 €", "ÄÖÜ GmbH & Söhne", "STRAßE"])
def test_letters_that_all_code_pages_have_alike_ask_nothing(word, tmp_path):
    found = guess(tmp_path, word, "cp1252")

    assert (found.encoding, found.is_sure) == ("cp1252", True)


@each_row(("word", "other"), [("Gdańsk", "Gdañsk"), ("Genève", "Genčve")])
def test_one_word_that_may_be_of_two_languages_is_asked_about(word, other, tmp_path):
    encoding = "cp1250" if word == "Gdańsk" else "cp1252"

    found = guess(tmp_path, f"PO-1;{word};5\r\n", encoding)

    assert not found.is_sure
    assert {f"PO-1;{word};5", f"PO-1;{other};5"} <= {line for lines in found.samples.values() for line in lines}


def test_the_words_that_tell_are_found_anywhere_in_the_file(tmp_path):
    german = [f"PO-{number},1,Müller{number} & Söhne,Köln" for number in range(20_000)]
    polish = [f"PO,1,{name},Ulm" for name in NAMES["Polish"][1].split("|")]

    for lines in ([*german, *polish], [*polish, *german]):
        assert guess(tmp_path, joined(lines), "cp1250").encoding == "cp1250"


def test_a_guess_is_always_the_same(tmp_path):
    text = " ".join(vocabulary("fr", "cp1252"))

    assert len({str(guess(tmp_path, text, "cp1252")) for _ in range(3)}) == 1


@given(st.binary(max_size=300))
def test_any_bytes_have_a_guess(tmp_path_factory, content):
    path = tmp_path_factory.getbasetemp() / "any"
    path.write_bytes(content)

    found = guess_encoding(path)

    assert found.encoding in CODE_PAGES
    assert found.encoding in found.samples


def test_every_encoding_has_a_name_and_every_code_page_a_region():
    assert set(ENCODINGS) == set(ENCODING_NAMES)
    assert set(CODE_PAGES) == {each for each in ENCODING_NAMES if "(" in encoding_label(each)}


@each_row(
    ("typed", "encoding"),
    [("windows-1250", "cp1250"), ("CP1250", "cp1250"), ("Windows 1252", "cp1252"), ("latin1", "cp1252"),
     ("ISO-8859-1", "cp1252"), ("ISO-8859-2", "iso8859-2"), ("latin2", "iso8859-2"), ("utf8", "utf-8"),
     ("UTF-16", "utf-16-le"), ("macintosh", "mac-roman"), ("KOI8-R", "koi8-u"), ("klingon", ""), ("", "")],
)  # fmt: skip
def test_an_encoding_is_named_as_people_and_programs_name_it(typed, encoding):
    assert encoding_name(typed) == encoding


def test_a_file_is_read_in_the_encoding_that_is_found():
    text = joined(
        [HEADER, *(f"PO-{number},1,{name},Łódź" for number, name in enumerate(NAMES["Polish"][1].split("|")))]
    )

    found = read(text.encode("cp1250"))

    assert (found.table.encoding, found.table.encoding_is_sure) == ("cp1250", True)
    assert found.rows[0] == ("PO-0", "1", "Łódzka Spółka Śląsk", "Łódź")
