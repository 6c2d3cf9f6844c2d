"""Since when an e-mail address is on record, and in which language a customer is written to."""

from datetime import UTC, datetime, timedelta

from licences.domain.recorded_addresses import is_new_address, mail_language, on_record_since
from licences.wording.countries import country_code
from tests.tables import each_row

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
A, B = "vogel@example.com", "else@example.com"


def days_ago(count):
    return NOW - timedelta(days=count)


@each_row(
    ("history", "since"),
    [
        ([(A, 1), (A, 5), (B, 9)], 5),
        ([(" Vogel@Example.com ", 1), (A, 5)], 5),
        ([(A, 1), (B, 5), (A, 9)], 1),  # taken off in between: it counts from when it came back
        ([(B, 1), (A, 5)], None),
        ([], None),
    ],
)
def test_an_address_is_on_record_since_it_stands_there_without_a_break(history, since):
    found = on_record_since(A, [(address, days_ago(days)) for address, days in history])

    assert found == (None if since is None else days_ago(since))


@each_row(("hours", "is_new"), [(0, True), (23.99, True), (24, False), (-1, True)])
def test_it_is_new_for_24_hours(hours, is_new):
    assert is_new_address(NOW - timedelta(hours=hours), now=NOW) is is_new


GERMAN = ("DE", "at", "CH", "LI", "Germany", "Deutschland", "Österreich", "Suisse", "Svizzera", "D")
ENGLISH = ("FR", "Frankreich", "LU", "Belgium", "Italien", "", "Atlantis", "XX")


@each_row(("country", "language"), [*[(each, "de") for each in GERMAN], *[(each, "en") for each in ENGLISH]])
def test_german_for_four_countries_and_english_for_all_others(country, language):
    assert mail_language(country_code(country)) == language
