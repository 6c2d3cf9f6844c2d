import pytest
from hypothesis import given
from hypothesis import strategies as st

from licences.domain.errors import Refusal
from licences.domain.versions import Version
from tests.tables import each_row

numbers = st.lists(st.integers(0, 99_999), min_size=1, max_size=4)


def version(text: str) -> Version:
    return Version.parse(text)


def test_versions_are_ordered_by_number_not_by_letter():
    assert version("2.4.1") < version("2.5") < version("2.10")
    assert version("2.10") > version("2.5") >= version("2.5.0") >= version("2.5")
    assert sorted(map(version, ["2.10", "2.5", "10", "2.4.1", "2"]))[0] == version("2.0")


def test_zeros_at_the_end_mean_nothing():
    assert version("2.5") == version("2.5.0") == version("2.5.0.0")
    assert len({version("2.5"), version("2.5.0"), version("2.50")}) == 2


def test_a_version_equals_nothing_but_a_version():
    assert version("2.5") != "2.5"


@each_row(
    ("typed", "shown"),
    [
        ("2.5", "2.5"),
        (" v2.10.0.17 \n", "2.10.0.17"),
        ("V2.4", "2.4"),
        ("2", "2"),
        ("2.5.0", "2.5.0"),
        ("02.05", "02.05"),
        ("Version 2.6.1", "2.6.1"),
        ("version 2,6", "2,6"),
        ("V 2.6", "2.6"),
        ("Ver. 2.6.1 (Build 4)", "2.6.1 (Build 4)"),
        ("Vers.2.6", "2.6"),
        ("2.6.1\u201316321", "2.6.1-16321"),
        ("2.6.1\u00a0(Build 16321\u20104323)", "2.6.1 (Build 16321-4323)"),
    ],
)
def test_it_is_shown_as_it_was_said(typed, shown):
    assert str(version(typed)) == shown


@each_row(
    ("typed", "numbers"),
    [
        ("2.6.1 (Build 16321-4323)", (2, 6, 1, 0, 16321, 4323)),
        ("2.6.1 (build 16321.4323)", (2, 6, 1, 0, 16321, 4323)),
        ("2.6.1 (16321)", (2, 6, 1, 0, 16321)),
        ("2.6.1(16321)", (2, 6, 1, 0, 16321)),
        ("2.6.1-16321", (2, 6, 1, 0, 16321)),
        ("2.6.1 16321", (2, 6, 1, 0, 16321)),
        ("2.6.1 Build 4", (2, 6, 1, 0, 4)),
        ("2.6.1 BUILD 4", (2, 6, 1, 0, 4)),
        ("2.6.1-Build4", (2, 6, 1, 0, 4)),
        ("2,6", (2, 6)),
        ("2,6,1", (2, 6, 1)),
        ("2.6.1b", (2, 6, 1)),
        ("2.6.1b (Build 4c)", (2, 6, 1, 0, 4)),
        ("v2.6.1 Build 4", (2, 6, 1, 0, 4)),
        ("2.6.0 Build 0", (2, 6)),
    ],
)
def test_it_is_read_as_products_print_it_and_kept_word_for_word(typed, numbers):
    assert version(typed).parts == numbers
    assert str(version(typed)) == typed.removeprefix("v")


def test_builds_of_one_version_are_ordered_and_come_before_the_next_version():
    assert version("2.6.1") < version("2.6.1-4") < version("2.6.1 (Build 16321)") < version("2.6.2")
    assert version("2.6-16321") < version("2.6.1")
    assert version("2.6.1-16321") == version("2.6.1 (Build 16321)")
    assert version("2.6.1b") == version("2.6.1") == version("2,6,1")


@each_row(("typed", "release"), [("2", "2.0"), ("2.6", "2.6"), ("2.6.1 (Build 16321-4323)", "2.6"), ("2,10", "2.10")])
def test_the_release_is_said_in_two_numbers(typed, release):
    assert version(typed).release_text == release


def test_no_text_is_longer_than_the_columns_that_keep_it():
    assert len(str(version("2.6.1 (Build 1234567890-1234567)"))) == 32
    with pytest.raises(Refusal):
        version("2.6.1 (Build 1234567890-12345678)")


def test_leading_zeros_mean_nothing():
    assert version("2.05") == version("2.5")


def test_version_zero_keeps_one_number():
    assert version("0.0.0") == version("0")
    assert version("0") < version("0.1")


@each_row(
    "text",
    ["", " ", "v", "2.", ".5", "2..5", "2,,5", "2.5-rc1", "2.5 beta", "1.2.3.4.5", "123456", "-2.5", "２.５",
     "٢.٥", "2.5\x00", "latest", "2 . 5", "vv2", "2.5\n3", "2.5 (", "2.5 ()", "2.5 (Build)", "2.5 Build", "2.5 build x",
     "2.5 (4) 5", "2.5-", "2.5 - 4 - 5 - 6", "b2.5", "Version", "Version two", "2.6v3", "2.6 Version 3",
     "verse 2.5", "2.5beta", "2.6.1 (Build 12345678901234567890)"],
)  # fmt: skip
def test_anything_else_is_refused(text):
    with pytest.raises(Refusal) as raised:
        version(text)
    assert raised.value.code == "not-a-version"
    assert raised.value.parameters == {"text": text.strip()}


def test_a_long_text_is_quoted_in_short():
    with pytest.raises(Refusal) as raised:
        version("x" * 100_000)
    assert raised.value.parameters == {"text": "x" * 40}


@given(numbers, numbers)
def test_the_order_is_that_of_the_numbers_filled_up_with_zeros(one, other):
    first, second = version(".".join(map(str, one))), version(".".join(map(str, other)))
    padded, other_padded = one + [0] * (4 - len(one)), other + [0] * (4 - len(other))
    assert (first < second) == (padded < other_padded)
    assert (first == second) == (padded == other_padded)
    assert (first >= second) == (padded >= other_padded)
    if first == second:
        assert hash(first) == hash(second)


@given(st.text())
def test_any_text_is_a_version_or_refused(text):
    try:
        read = str(version(text))
    except Refusal as refusal:
        read, code = None, refusal.code
    assert set(read) <= {*text, " ", "-"} if read is not None else code == "not-a-version"
