"""One key for all spellings of a reference, number, SKU, postcode or country
(docs/decisions.md#a-key-typed-otherwise)."""

from hypothesis import given
from hypothesis import strategies as st

from licences.domain import record_keys
from licences.domain.cells import visible
from licences.domain.record_keys import (
    code_text,
    country_key,
    number_key,
    postcode_key,
    reference_key,
    sku_key,
)
from tests.tables import each_row

any_text = st.text(max_size=40) | st.text(st.sampled_from("aA0O-\u2013\u200b\u00ad\u200c ²ßＫ１\ufb01"), max_size=12)


@each_row(
    ("written", "stored"),
    [
        ("PO-T1\u200b", "PO-T1"),
        ("\ufeffPO-T1", "PO-T1"),
        ("PO\u00ad-T1", "PO-T1"),
        ("PO\u2013T1", "PO-T1"),
        ("PO\u2212T1", "PO-T1"),
        ("  PO \u00a0 T1 ", "PO T1"),
        ("po-t\u00b9", "po-t\u00b9"),
    ],
)
def test_codes_are_stored_without_what_cannot_be_seen(written, stored):
    assert code_text(written) == stored


@each_row("written", ["po-t1", "PO-T1", "Po\u2010t1", "\uff30\uff2f-T1", "PO-T\u00b9", "po-\u200bt1"])
def test_references_are_one_in_any_case_and_form(written):
    assert reference_key(written) == sku_key(written) == "PO-T1"


@each_row(("one", "other"), [("0000100123", "100123"), ("K-20001", "k-20001"), ("000", "0"), ("\uff11\uff12", "12")])
def test_numbers_are_one_without_leading_zeros(one, other):
    assert number_key(one) == number_key(other)


@each_row(("one", "other"), [("K-01", "K-1"), ("10", "1"), ("0", ""), ("A0", "A")])
def test_other_numbers_stay_two(one, other):
    assert number_key(one) != number_key(other)


@each_row(
    "written", ["01067", "1067", "D-01067", "D 01067", "D01067", "DE 01067", "DE-01067", "o1o67", "O1067", "01 067"]
)
def test_postcodes_are_one_without_country_blanks_and_zeros(written):
    assert postcode_key(written) == "1067"


@each_row(
    ("one", "other"), [("LS1 4AP", "ls14ap"), ("1010 AB", "1010AB"), ("00-950", "00950"), ("PL-00-950", "00-950")]
)
def test_postcodes_of_other_countries_are_one(one, other):
    assert postcode_key(one) == postcode_key(other)


@each_row(("one", "other"), [("01067", "01076"), ("LS1 4AP", "L51 4AP"), ("10100", "1010"), ("0", "")])
def test_other_postcodes_stay_two(one, other):
    assert postcode_key(one) != postcode_key(other)


@each_row("written", ["DE", "D", "Deutschland", "germany", "Allemagne"])
def test_countries_are_one_in_all_languages(written):
    assert country_key(written) == "de"


def test_joiners_stay_between_letters_that_join():
    persian = "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"

    assert visible(persian) == persian
    assert visible("Test\u200chaus") == "Testhaus"


@given(any_text)
def test_keys_of_keys_are_themselves(text):
    keys = (code_text, reference_key, number_key, sku_key, visible)

    assert [key.__name__ for key in keys if key(key(text)) != key(text)] == []


@given(any_text, st.sampled_from(["\u200b", "\u00ad", "\ufeff", "\u2060"]), st.integers(0, 40))
def test_nothing_invisible_changes_a_key(text, unseen, place):
    written = text[:place] + unseen + text[place:]

    assert record_keys.reference_key(written) == record_keys.reference_key(text)
    assert record_keys.postcode_key(written) == record_keys.postcode_key(text)
