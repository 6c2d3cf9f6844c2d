"""The search for the customer finds every value, and none by chance in digests, codes and times."""

from licences import licence_files
from tests.personal.finding import words_in
from tests.tables import each_row


@each_row(
    "text",
    [
        "98765",
        "98765 Quakenbrück",
        '{"postcode": "98765"}',
        "D-98765",
        "  quakenbruck  98765  054319988771",
        "2026-11-24 10:00:00.123456 98765",
        "0" * 31 + "g98765",
        "98765.csv",
    ],
)
def test_a_postcode_is_found_wherever_it_is_a_value(text):
    assert "98765" in words_in(text)


@each_row("text", ["+49 5431 998877", "q998877", "4954319988770", '"Q-998877"', "05431/998877"])
def test_a_number_is_found_within_a_longer_one(text):
    assert "998877" in words_in(text)


@each_row(
    "text",
    [
        "3f98765a" * 8,
        "98765abc" * 4,
        "0f" * 13 + "987650",
        "c98765aa-0000-4000-8000-000000000000",
        "2026-11-24 10:00:00.987650+00:00",
        '{"at": "2026-11-24T10:00:00.198765"}',
        "1796025111.987651",
        "AB98765Z",
        "98765ABCDEFGHIJKLMNOPQRST",
    ],
)
def test_digits_within_a_digest_a_code_or_a_time_are_no_postcode(text):
    assert words_in(text) == set()


def test_a_name_is_found_in_any_text():
    assert "Quellw" in words_in("0" * 40 + "Quellwässer")


def test_a_signed_file_is_searched_as_what_it_says(settings):
    settings.LICENCE_KEYS = licence_files.parse_keys(licence_files.new_key())

    signed = licence_files.sign({"customer": "Quellwässer Zymurgie KG"}, type="test")

    assert "Quellwässer Zymurgie KG" in words_in(f"1 {signed} key")
