"""Names in every script, printed as they are on record.

``NOTO_FONTS`` names a folder with Noto's fonts; without it, the system's are used.
"""

import os
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader

from licences.domain.codes import grouped
from licences.proof.case_files import fonts
from licences.proof.case_files.case_file import build_case_file
from licences.proof.case_files.pdf import as_pdf
from licensing_portal.doctor import case_file_fonts
from licensing_portal.doctor.findings import HealthLevel
from tests import factories, servers

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 8, 3, 9, 30, tzinfo=UTC)
FOLDER = os.environ.get("NOTO_FONTS", "/usr/share/fonts")
NAMES = {
    "Greek": "Καφετέρια Αθηνά",
    "Cyrillic": "Пекарня Заря",
    "Arabic": "مقهى السلام",
    "Hebrew": "קפה שלום",
    "Devanagari": "हिन्दी क्षेत्र",
    "Thai": "ร้านกาแฟเช้า",
    "Chinese": "北京茶馆",
    "Japanese": "株式会社コーヒー",
    "Korean": "커피집",
    "Armenian": "Սրճարան",
    "Georgian": "ყავახანა",
    "Mixed": "Café שלום GmbH 12",
}


@pytest.fixture
def noto(settings):
    """Noto's fonts for these scripts."""
    settings.FONT_FOLDER = FOLDER
    if fonts.scripts_without_font():
        servers.wanted("Debian's fonts-noto-core and fonts-noto-cjk (NOTO_FONTS)")


def case_file_of(serial):
    return build_case_file(serial, by="auditor", now=NOW)


def printed(name: str) -> tuple[PdfReader, str]:
    """The case file of a customer with this name, and its text without blanks, which viewers place by themselves, and
    without the control characters that pypdf puts between letters of two bytes.
    """
    code = factories.registered(name=name)
    reader = PdfReader(BytesIO(as_pdf(case_file_of(code.serial.code))))
    text = "".join(page.extract_text() for page in reader.pages)
    return reader, "".join(each for each in text if not each.isspace() and ord(each) >= 32)


@pytest.mark.parametrize("script", NAMES)
def test_a_name_is_printed_in_its_script_and_can_be_copied(script, noto, catalogue):
    _reader, text = printed(NAMES[script])

    assert [letter for letter in NAMES[script].replace(" ", "") if letter not in text] == []
    assert "U+" not in text
    if script not in ("Arabic", "Hebrew", "Devanagari", "Mixed"):  # pypdf gives those in the order in which they stand
        assert "".join(NAMES[script].split()) in text


@pytest.mark.parametrize(("script", "word"), [("Arabic", "السلام"), ("Hebrew", "שלום"), ("Mixed", "שלום")])
def test_a_word_from_right_to_left_reads_as_it_is_on_record(script, word, noto, catalogue):
    assert word in printed(NAMES[script])[1]


def fonts_of(reader: PdfReader) -> set[str]:
    """The names of the fonts in a file, without the mark of a subset."""
    found = [font.get_object() for page in reader.pages for font in page["/Resources"]["/Font"].values()]
    return {str(font["/BaseFont"]).partition("+")[2] for font in found}


def test_the_letters_come_from_the_font_of_their_script(noto, catalogue):
    assert [name for name in fonts_of(printed(NAMES["Arabic"])[0]) if "Arabic" in name]


def test_codes_latin_names_and_page_numbers_stay_as_they_are_beside_another_script(noto, catalogue):
    code = factories.registered(name="Fiffi Offen 株 (שלום)")
    reader = PdfReader(BytesIO(as_pdf(case_file_of(code.serial.code))))

    text = "\n".join(page.extract_text() for page in reader.pages)
    assert "Fiffi Offen" in text
    assert grouped(code.serial.code) in text
    assert f"Page 1 of {len(reader.pages)}" in text


def test_a_latin_case_file_loads_no_further_font(noto, catalogue):
    reader, _text = printed("Bäckerei Müller & Söhne GmbH")

    assert {name[:8] for name in fonts_of(reader)} == {"OpenSans"}


def test_without_fonts_no_character_is_lost_and_the_doctor_says_what_to_install(settings, tmp_path, catalogue):
    settings.FONT_FOLDER = str(tmp_path)

    assert "[U+05E9][U+05DC]" in printed("של")[1]
    [finding] = case_file_fonts.find()
    assert finding.level is HealthLevel.WARNING
    assert "Arabic, Hebrew, Devanagari, Thai" in finding.what
    assert "fonts-noto-core" in finding.advice


def test_with_fonts_the_doctor_has_nothing_to_say(noto):
    [finding] = case_file_fonts.find()

    assert (finding.level, finding.advice) == (HealthLevel.OK, "")


def test_a_font_that_is_broken_is_as_one_that_is_not_there(settings, tmp_path, catalogue, caplog):
    (Path(tmp_path) / "NotoSansHebrew-Regular.ttf").write_bytes(b"this is no font")
    settings.FONT_FOLDER = str(tmp_path)

    assert "[U+05E9]" in printed("ש")[1]
    assert "the font NotoSansHebrew-Regular.ttf cannot be read: TTLibError" in caplog.text
