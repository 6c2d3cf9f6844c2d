"""The normal forms of Unicode, where they could take for ever."""

import unicodedata
from collections.abc import Callable, Iterator
from itertools import groupby

import pytest

from licences.domain.codes import canonical
from licences.domain.errors import Refusal
from licences.domain.folding import fold_name, normalized
from licences.domain.matching import address_key, compare_address_lines, compare_names, name_key
from licences.imports.rows.row_cells import parse_text
from tests.tables import each_row

STACKED = {
    "accents": "a" + "\u0301\u0316" * 4_000,
    "viramas": "क" + "\u094d\u093c" * 4_000,
    "accents by the page": ("a" + "\u0301\u0316" * 100) * 40,
    "accents on an accent": "é" + "\u0316" * 4_000,
    "accents in a word": "Zo" + "\u0316\u0308" * 20 + "e GmbH, Hauptstr. 12",
}
READERS = [
    fold_name,
    name_key,
    address_key,
    lambda typed: compare_names(typed, f"{typed}x"),
    lambda typed: compare_names(typed, "Zoë"),
    lambda typed: compare_address_lines(f"{typed} 12", typed),
    lambda typed: parse_text(typed, 10_000),
]


def longest_run_of_marks(normalised: str) -> int:
    runs = groupby(normalised, key=lambda symbol: unicodedata.combining(symbol) > 0)
    return max((sum(1 for _ in run) for are_marks, run in runs if are_marks), default=0)


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """The longest run of marks in each text that is normalised."""
    found, normalize = [], unicodedata.normalize

    def watched(form: str, normalised: str) -> str:
        found.append(longest_run_of_marks(normalised))
        return normalize(form, normalised)  # type: ignore[arg-type]

    monkeypatch.setattr(unicodedata, "normalize", watched)
    yield found
    monkeypatch.undo()


@pytest.mark.parametrize("typed", STACKED.values(), ids=STACKED.keys())
@pytest.mark.parametrize("read", READERS)
def test_no_more_marks_are_put_in_order_than_a_script_has(
    read: Callable[[str], object], typed: str, runs: list[int]
) -> None:
    """It takes quadratic time: a page of accents would stop the server."""
    read("Zoe\u0308")
    assert runs

    read(typed)

    assert max(runs) <= 30


def test_a_code_is_read_symbol_by_symbol(runs: list[int]) -> None:
    with pytest.raises(Refusal, match="code-symbol"):
        canonical(STACKED["accents"])
    assert max(runs) <= 1


@each_row("marks", [0, 1, 2, 30])
def test_a_text_with_as_many_marks_as_a_script_may_have_is_normalised(marks: int) -> None:
    decomposed = "Zoe\u0308 " + "e" + "\u0316\u0301" * (marks // 2) + "\u0301" * (marks % 2)
    assert normalized("NFC", decomposed) == unicodedata.normalize("NFC", decomposed)


@each_row("form", ["NFC", "NFKC", "NFKD"])
def test_a_text_with_more_marks_stays_as_it_is(form: str) -> None:
    stacked = "Zoe\u0308 " + "e" + "\u0301" * 31
    assert normalized(form, stacked) == stacked  # type: ignore[arg-type]


@each_row("typed", ["株" * 100, "я" * 100, "नमस्ते " * 20, "ﷺ" * 100])
def test_letters_of_any_script_are_no_marks(typed: str) -> None:
    assert normalized("NFKD", typed) == unicodedata.normalize("NFKD", typed)
