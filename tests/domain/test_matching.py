"""What holds for every comparison of names and address lines, whatever the text."""

import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from licences.domain.folding import MAX_LENGTH
from licences.domain.matching import (
    Comparison,
    Likeness,
    address_key,
    compare_address_lines,
    compare_names,
    fold_name,
    name_key,
)
from tests.tables import each_row

Compare = Callable[[str, str], Comparison]
Fold = Callable[[str], str]

ORDER = [
    "case", "accents", "punctuation", "legal-form", "abbreviation", "word-order", "spelling", "spacing",
    "house-number", "words",
]  # fmt: skip
NAME_WORDS = (
    "Müller Mueller Muller Strauß STRAUSS Bau Maschinenbau Maschienenbau Fach Handel Fachhandel Société Łódź "
    "Contoso 24 42 GmbH AG & und et Co. KG Sp. z o.o. S.A. SARL Ltd Limited e.K. The de L'Or O'Neill A. B 🦊 株式会社"
)
ADDRESS_WORDS = (
    "Hauptstr. Hauptstraße Haupt Str. St. St High Street Rd Pl. 12 12a 12-14 12/3 – - / , a A b m. bis ter 14 3 Nr. "
    "No n° ul. ulica Długa rue r. de la d'Italie 17. Juni 2nd th Flat Dr. & O'Connell № ½ ² Xstrstr pl"
)

any_text = st.text(st.characters(exclude_categories=[]), max_size=40)


def made_of(words: str) -> st.SearchStrategy[str]:
    """Realistic words, joined with and without a space between them."""
    pieces = st.tuples(st.sampled_from(words.split()), st.sampled_from(["", " ", " ", " ", ", ", "-", "."]))
    return st.lists(pieces, max_size=7).map(lambda parts: "".join(word + gap for word, gap in parts))


names = made_of(NAME_WORDS) | any_text
lines = made_of(ADDRESS_WORDS) | any_text
pairs = st.one_of(
    st.tuples(st.just(compare_names), names, names),
    st.tuples(st.just(compare_address_lines), lines, lines),
)


def composed(text: str) -> str:
    return unicodedata.normalize("NFC", " ".join(text.split()))


@given(pairs)
def test_it_does_not_matter_which_side_was_said(pair: tuple[Compare, str, str]) -> None:
    compare, one, other = pair
    assert compare(one, other) == compare(other, one)


@given(pairs)
def test_it_is_the_same_exactly_when_nothing_but_white_space_differs(pair: tuple[Compare, str, str]) -> None:
    compare, one, other = pair
    assert (compare(one, other).likeness is Likeness.SAME) == (composed(one) == composed(other))
    assert compare(one, f"  {one}\n") == Comparison(Likeness.SAME, ())


@given(pairs)
def test_the_differences_tell_why_in_a_fixed_order(pair: tuple[Compare, str, str]) -> None:
    compare, one, other = pair
    result = compare(one, other)
    assert list(result.differences) == [code for code in ORDER if code in result.differences]
    assert bool(result.differences) == (result.likeness is not Likeness.SAME)
    different = bool({"house-number", "words"} & set(result.differences))
    assert different == (result.likeness is Likeness.DIFFERENT)


@pytest.mark.parametrize("fold", [fold_name, name_key, address_key])
@given(text=names | lines)
@example(text="12, A. Meier Str. nr ul 5 m. 3/bis")
@example(text="ZA\u030a\u0316\u0345 ßẞ ŉ ﷺ ½ ͺ ΐ")
def test_folding_twice_changes_nothing(fold: Fold, text: str) -> None:
    assert fold(fold(text)) == fold(text)


@each_row("fold", [fold_name, name_key, address_key])
def test_folding_any_single_character_twice_changes_nothing(fold: Fold) -> None:
    texts = [text for text in map(chr, range(0x110000)) if is_more_than_a_plain_letter(text)]
    assert len(texts) > 10_000
    assert [text for text in texts if fold(fold(text)) != fold(text)] == []


def is_more_than_a_plain_letter(text: str) -> bool:
    """Not one of the many that have no case and no parts, and are not assigned or for private use."""
    return unicodedata.category(text) not in ("Lo", "Cn", "Co", "Cs") or unicodedata.decomposition(text) != ""


@pytest.mark.parametrize("fold", [fold_name, name_key, address_key])
@given(text=names | lines)
def test_only_white_space_folds_to_nothing(fold: Fold, text: str) -> None:
    assert bool(fold(text)) == bool(text.strip())


@given(names, names)
@example("\u00ad", "\u200b")
@example("Contoso SARL", "SARL Contoso")
def test_names_that_fold_alike_are_never_different(one: str, other: str) -> None:
    for name in (other, fold_name(one), name_key(one), one.upper(), unicodedata.normalize("NFKD", one)):
        alike = fold_name(one) == fold_name(name) or name_key(one) == name_key(name)
        assert not (alike and compare_names(one, name).likeness is Likeness.DIFFERENT), name


@given(lines, lines)
def test_address_lines_that_fold_alike_are_never_different(one: str, other: str) -> None:
    for line in (other, address_key(one), one.upper()):
        alike = address_key(one) == address_key(line)
        assert not (alike and compare_address_lines(one, line).likeness is Likeness.DIFFERENT), line


@given(line=made_of(ADDRESS_WORDS), number=st.integers(1, 999), other=st.integers(1, 999))
def test_one_other_number_makes_any_address_line_different(line: str, number: int, other: int) -> None:
    comparison = compare_address_lines(f"{line} Weg {number}", f"{line} Weg {other}")
    assert ("house-number" in comparison.differences) == (number != other)


@given(lines, st.data())
def test_lines_with_other_digits_are_never_close(line: str, data: st.DataObject) -> None:
    """Whatever else is done to the line: the order of its words, or a symbol lost or taken for another."""
    other = " ".join(data.draw(st.permutations(line.split())))
    if data.draw(st.booleans()):
        other = other.replace(
            data.draw(st.sampled_from("1234abI- ")), data.draw(st.sampled_from(["", "1", "2", "a"])), 1
        )

    comparison = compare_address_lines(line, other)

    assert comparison == compare_address_lines(other, line)
    assert comparison.likeness is Likeness.DIFFERENT or digits(line) == digits(other)


def digits(text: str) -> list[str]:
    return sorted(symbol for symbol in unicodedata.normalize("NFKC", text) if symbol.isdigit())


@given(name=made_of(NAME_WORDS), number=st.integers(1, 999), other=st.integers(1, 999))
def test_one_other_number_makes_any_name_different(name: str, number: int, other: int) -> None:
    comparison = compare_names(f"{name} Depot {number}", f"{name} Depot {other}")
    assert (comparison.likeness is Likeness.DIFFERENT) == (number != other)


LONG = {
    "one word": "a" * 100_000,
    "many words": "ab " * 33_000,
    "other words": " ".join(str(number) for number in range(17_000)),
    "legal forms": "gmbh " * 20_000,
    "nested legal forms": "g " * 25_000 + "mbh " * 12_000,
    "streets": "str" * 33_000,
    "numbers": "1a-" * 33_000,
    "street numbers": "nr 1 a " * 14_000,
    "umlauts": "ü" * 100_000,
    "emoji": "🦊" * 25_000,
    "ideographs": "株" * 33_000,
    "ligatures": "ﷺ" * 33_000,
    "stacked accents": "a" + "\u0301\u0316" * 25_000,
    "stacked viramas": "क" + "\u094d\u093c" * 16_000,
    "punctuation": ".-/" * 33_000,
    "spaces": " " * 100_000,
    "dots": "a." * 50_000,
    "surrogates": "\ud800" * 33_000,
}


@each_row("length", [9_990, 100_000])  # compared by its beginning; too long to be compared at all
@each_row("compare", [compare_names, compare_address_lines])
def test_a_long_text_is_the_same_as_itself_alone(compare: Compare, length: int) -> None:
    for name, text in ((name, text[:length]) for name, text in LONG.items()):
        for other in (text + "bb", "bb" + text, text[::-1]):
            result = compare(text, other)
            assert (result.likeness is Likeness.SAME) == (text.split() == other.split()), name
            assert result == compare(other, text), name


@each_row("fold", [fold_name, name_key, address_key])
def test_what_is_folded_is_short_and_folds_to_itself(fold: Fold) -> None:
    folded = {name: fold(text) for name, text in LONG.items()}
    assert [name for name, text in folded.items() if len(text) > MAX_LENGTH or fold(text) != text] == []


def test_it_still_sees_that_long_texts_differ_in_capitals_only() -> None:
    assert compare_names("Müller Bau " * 500, "MÜLLER BAU " * 500) == Comparison(Likeness.CLOSE, ("case",))


def test_a_text_with_more_marks_than_any_script_has_is_compared_as_it_stands() -> None:
    stacked = "a" + "\u0301\u0316" * 500
    assert compare_names(stacked, stacked + " ").likeness is Likeness.SAME
    assert compare_names(stacked, stacked + "\u0301").likeness is Likeness.CLOSE
