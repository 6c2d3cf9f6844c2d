"""Query parsing: what a text typed into the look-up looks like."""

from hypothesis import given
from hypothesis import strategies as st

from licences.domain.query_parsing import QueryForm, parse_query
from tests.tables import each_row


@each_row(
    ("typed", "form", "code"),
    [
        ("AB1C-O9XZ", QueryForm.SERIAL, "AB1CO9XZ"),
        ("ab1c 09xz", QueryForm.SERIAL, "AB1CO9XZ"),
        ("ab1co9xz", QueryForm.SERIAL, "AB1CO9XZ"),
        ("ABCD-EFGH", QueryForm.SERIAL, "ABCDEFGH"),
        ("4K7M-PO2W-QZ8R", QueryForm.SITE_ID, "4K7MPO2WQZ8R"),
        ("9SPPF-RMA4N", QueryForm.RELEASE_CODE, "9SPPFRMA4N"),
        ("AB1C", QueryForm.CODE_PART, "AB1C"),
        ("AB1C-O9", QueryForm.CODE_PART, "AB1CO9"),
    ],
)
def test_a_code_is_a_code_in_any_spelling(typed, form, code):
    query = parse_query(typed)

    assert (query.form, query.code) == (form, code)


@each_row(
    ("typed", "form", "words"),
    [
        ("müller leeds", QueryForm.WORDS, ("muller", "leeds")),
        ("Müller & Söhne", QueryForm.WORDS, ("muller", "sohne")),
        ("bakeries", QueryForm.WORDS, ("bakeries",)),
        ("Halle 5b", QueryForm.WORDS, ("halle", "5b")),
        ("LS1 4AP", QueryForm.WORDS, ("ls1", "4ap")),
        ("0911 5550190", QueryForm.TELEPHONE, ("9115550190",)),
        ("+49 (0)911 / 555-01 90", QueryForm.TELEPHONE, ("9115550190",)),
        ("0049 911 5550190", QueryForm.TELEPHONE, ("9115550190",)),
        ("+353 1 5550190", QueryForm.TELEPHONE, ("15550190",)),
        ("0163", QueryForm.TELEPHONE, ("0163",)),
        ("müller 0911/5550190", QueryForm.WORDS, ("muller", "9115550190")),
        ("Vogel@Example.com", QueryForm.EMAIL, ("vogel@example.com",)),
        ("PO-2019-00167", QueryForm.REFERENCE, ("po", "2019", "00167")),
        ("2.6", QueryForm.VERSION, ("2", "6")),
        ("v2.10.1", QueryForm.VERSION, ("v2", "10", "1")),
        ("", None, ()),
        ("   ", None, ()),
    ],
)
def test_everything_else_has_a_form_and_words(typed, form, words):
    query = parse_query(typed)

    assert (query.form, query.words) == (form, words)


def test_a_name_of_eight_letters_may_be_a_serial_number_as_well():
    assert QueryForm.SERIAL in parse_query("bakeries").forms
    assert not parse_query("bakeries").is_code


def test_a_text_that_is_surely_a_code_is_searched_as_nothing_else():
    assert parse_query("AB1C-O9XZ").is_code


@given(st.text(max_size=400))
def test_no_text_is_too_strange(text):
    query = parse_query(text)

    assert len(query.text) <= 200
    assert len(query.words) <= 8
    assert parse_query(query.text).words == query.words
