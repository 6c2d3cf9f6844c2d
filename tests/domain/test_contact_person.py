"""A contact person is known by a whole value in a column, and by whole words in a text
(docs/personal-data.md#a-contact-person-wants-to-be-forgotten)."""

from licences.domain.contact_person import ContactPart, ContactPerson, contact_key
from tests.tables import each_row

ANNA = ContactPerson(names=("Anna Maß",), phones=("+49 (0)431 12345-6",), emails=("a.mass@example.org",))


@each_row(
    ("part", "value"),
    [
        (ContactPart.NAME, "ANNA  MASS"),
        (ContactPart.NAME, " Anna\u00a0Maß "),
        (ContactPart.PHONE, "0431/123456"),
        (ContactPart.PHONE, "0049 431 12 34 56"),
        (ContactPart.EMAIL, "A.Mass@Example.org"),
    ],
)
def test_capitals_blanks_and_notation_make_no_other_person(part, value):
    assert ANNA.is_named_by(part, value)


@each_row(
    ("part", "value"),
    [
        (ContactPart.NAME, "Anna Maßmann"),
        (ContactPart.NAME, "Anna Maß, Jan Maß"),
        (ContactPart.NAME, "Maß"),
        (ContactPart.NAME, ""),
        (ContactPart.PHONE, "0431 12345-7"),
        (ContactPart.EMAIL, "anna.mass@example.org"),
        (ContactPart.EMAIL, "Anna Maß"),
    ],
)
def test_a_column_that_holds_another_value_or_more_is_not_about_the_person(part, value):
    assert not ANNA.is_named_by(part, value)


@each_row(
    "text",
    ["Ring anna  maß back.", "c/o Anna Maß", "Call (0431) 123456 first", "+49 431 12-34-56", "<a.mass@example.org>"],
)
def test_a_text_names_the_person_in_whole_words(text):
    assert ANNA.is_named_in(text)


@each_row(
    "text",
    ["Johanna Maß", "Anna Maßmann", "0431 1234567", "Ask Anna.", "", "b.a.mass@example.org", "a.mass@example.org.uk"],
)
def test_a_text_with_a_longer_word_or_another_person_does_not(text):
    assert not ANNA.is_named_in(text)


def test_nobody_is_named_by_no_value():
    assert not ContactPerson().is_named_in("Anything, and 0431 123456.")
    assert not ContactPerson(names=("",)).is_named_by(ContactPart.NAME, "")


def test_a_dash_for_none_is_in_no_text():
    nobody = ContactPerson(names=("-",), phones=("-",), emails=("?",))

    assert nobody.is_named_by(ContactPart.NAME, "-")
    assert not nobody.is_named_in("Ring - or write?")


def test_a_short_number_is_looked_for_as_it_is_written():
    extension = ContactPerson(phones=("-12",))

    assert extension.is_named_in("Ask for -12 there.")
    assert not extension.is_named_in("Room 12")


def test_a_number_in_words_is_its_words():
    assert contact_key(ContactPart.PHONE, "Ask  Reception") == "ask reception"


def test_values_that_a_company_has_in_its_name_can_be_left_out():
    owner = ContactPerson(names=("Anna Maß", "A. Maß"), emails=("a.mass@example.org",))

    assert owner.without_values_in(["Bäckerei Anna Maß"]) == ContactPerson(("A. Maß",), (), ("a.mass@example.org",))
