"""The kinds of code by their length, and texts that were typed into each other's fields.

Only the form of a text is judged here; nothing on record is asked (docs/domain.md#help-while-typing).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from licences.domain import codes


class CodeKind(StrEnum):
    """The four codes, by the names of the fields they are typed into."""

    SERIAL = "serial"
    SITE_ID = "site_id"
    RELEASE_CODE = "release_code"
    UNLOCK_CODE = "unlock_code"


LENGTHS: Mapping[CodeKind, tuple[int, ...]] = {
    CodeKind.SERIAL: (codes.SERIAL_LENGTH,),
    CodeKind.SITE_ID: (codes.SITE_ID_LENGTH,),
    CodeKind.RELEASE_CODE: (codes.RELEASE_CODE_LENGTH,),
    CodeKind.UNLOCK_CODE: codes.UNLOCK_CODE_LENGTHS,
}
CODE_FIELDS = frozenset(kind.value for kind in CodeKind)
KIND_BY_LENGTH = {length: kind for kind, lengths in LENGTHS.items() for length in lengths}
GROUP_SIZES: Mapping[CodeKind, int] = {
    CodeKind.SERIAL: 4,
    CodeKind.SITE_ID: 4,
    CodeKind.RELEASE_CODE: 5,
    CodeKind.UNLOCK_CODE: 5,
}


LONGEST_CODE_TEXT = 200  # characters of a code with everything between its groups


def code_of(text: str) -> str:
    """Return a text in canonical form; empty if it cannot be a code, or is longer than one with its separators."""
    return codes.canonical_or_empty(text) if len(text) <= LONGEST_CODE_TEXT else ""


def kind_of(text: str) -> CodeKind | None:
    """Return the kind of code that a text has the length of, in any grouping; None for any other text."""
    return KIND_BY_LENGTH.get(len(code_of(text)))


@dataclass(frozen=True, slots=True)
class Misplaced:
    """A text that has the form of another code than its field asks for.

    ``length`` is how many characters it has. ``other`` is the field to swap texts with, empty where there is none to
    swap with: the form has no field for that kind, or a text of the right form is there already. ``other_is_empty``:
    the text would be moved rather than swapped.
    """

    kind: CodeKind
    length: int
    other: str = ""
    other_is_empty: bool = False


def find_misplaced(texts: Mapping[str, str], kinds: Mapping[str, CodeKind]) -> dict[str, Misplaced]:
    """Return the fields whose text has the form of another kind of code, by name.

    ``texts`` are what the code fields hold, as typed; ``kinds`` say what each field asks for.
    """
    found = {}
    for field, wanted in kinds.items():
        kind = kind_of(texts.get(field, ""))
        if kind is None or kind is wanted:
            continue
        length = len(code_of(texts[field]))
        found[field] = Misplaced(kind, length, *_to_swap_with(kind, texts, kinds))
    return found


def _to_swap_with(kind: CodeKind, texts: Mapping[str, str], kinds: Mapping[str, CodeKind]) -> tuple[str, bool]:
    """The field for a kind of code, and whether it is empty; no field if it holds such a code already."""
    other = next((field for field, asked in kinds.items() if asked is kind), "")
    held = texts.get(other, "").strip()
    return ("", False) if not other or kind_of(held) is kind else (other, not held)
