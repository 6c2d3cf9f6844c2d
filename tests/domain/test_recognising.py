"""What was typed into the look-up, recognised by its form."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from licences.domain.recognising import Form, recognise


@pytest.mark.parametrize(
    ("typed", "form", "code"),
    [
        ("AB1C-O9XZ", Form.SERIAL, "AB1CO9XZ"),
        ("ab1c 09xz", Form.SERIAL, "AB1CO9XZ"),
        ("ab1co9xz", Form.SERIAL, "AB1CO9XZ"),
        ("ABCD-EFGH", Form.SERIAL, "ABCDEFGH"),
        ("4K7M-PO2W-QZ8R", Form.SITE_ID, "4K7MPO2WQZ8R"),
        ("9SPPF-RMA4N", Form.RELEASE_CODE, "9SPPFRMA4N"),
        ("AB1C", Form.CODE_PART, "AB1C"),
        ("AB1C-O9", Form.CODE_PART, "AB1CO9"),
    ],
)
def test_codes_are_recognised_in_any_spelling(typed, form, code):
    said = recognise(typed)

    assert (said.form, said.code) == (form, code)


@pytest.mark.parametrize(
    ("typed", "form", "words"),
    [
        ("müller leeds", Form.WORDS, ("muller", "leeds")),
        ("Müller & Söhne", Form.WORDS, ("muller", "sohne")),
        ("bakeries", Form.WORDS, ("bakeries",)),
        ("Halle 5b", Form.WORDS, ("halle", "5b")),
        ("LS1 4AP", Form.WORDS, ("ls1", "4ap")),
        ("0911 5550190", Form.TELEPHONE, ("9115550190",)),
        ("+49 (0)911 / 555-01 90", Form.TELEPHONE, ("9115550190",)),
        ("0049 911 5550190", Form.TELEPHONE, ("9115550190",)),
        ("+353 1 5550190", Form.TELEPHONE, ("15550190",)),
        ("0163", Form.TELEPHONE, ("0163",)),
        ("müller 0911/5550190", Form.WORDS, ("muller", "9115550190")),
        ("Vogel@Example.com", Form.EMAIL, ("vogel@example.com",)),
        ("PO-2019-00167", Form.REFERENCE, ("po", "2019", "00167")),
        ("2.6", Form.VERSION, ("2", "6")),
        ("v2.10.1", Form.VERSION, ("v2", "10", "1")),
        ("", None, ()),
        ("   ", None, ()),
    ],
)
def test_everything_else_is_recognised_too(typed, form, words):
    said = recognise(typed)

    assert (said.form, said.words) == (form, words)


def test_a_name_of_eight_letters_may_be_a_serial_number_as_well():
    assert Form.SERIAL in recognise("bakeries").forms
    assert not recognise("bakeries").is_code


def test_a_text_that_is_surely_a_code_is_searched_as_nothing_else():
    assert recognise("AB1C-O9XZ").is_code


@given(st.text(max_size=400))
def test_no_text_is_too_strange(text):
    said = recognise(text)

    assert len(said.text) <= 200
    assert len(said.words) <= 8
    assert recognise(said.text).words == said.words
