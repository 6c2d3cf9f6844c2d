"""What staff note about a call: who is on the line, and free notes for the next call (docs/domain.md#notes)."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass

from licences.domain.errors import Refusal

NOTE_LENGTH = 2000  # characters of a note


@dataclass(frozen=True, slots=True)
class CallerDetails:
    """Who called, as the clerk typed it. Everything is optional, and nothing is checked."""

    caller_name: str = ""
    callback_number: str = ""
    ticket_reference: str = ""

    def as_columns(self) -> dict[str, str]:
        """The values by the names of their columns, without blanks around them."""
        return {name: text.strip() for name, text in asdict(self).items()}


NOBODY_NOTED = CallerDetails()


def require_note(text: str, codes: Iterable[str]) -> str:
    """Return the text of a note without the white space around it.

    ``codes`` are the canonical unlock codes and release codes that the note must not hold: support agents read notes,
    and see no codes. ``Refusal``, on the field ``text``: ``note-missing``, ``note-too-long`` (its parameter ``limit``),
    ``note-holds-code``.
    """
    note = text.strip()
    if not any(symbol.isalnum() for symbol in note):
        raise Refusal("note-missing", field="text")
    if len(note) > NOTE_LENGTH:
        raise Refusal("note-too-long", field="text", limit=NOTE_LENGTH)
    squeezed = "".join(symbol for symbol in note.upper() if symbol.isalnum()).replace("0", "O")
    if any(code and code in squeezed for code in codes):
        raise Refusal("note-holds-code", field="text")
    return note
