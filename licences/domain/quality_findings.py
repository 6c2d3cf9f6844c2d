"""What the team notes about the entries of a data quality list (docs/surface.md#data-quality-lists)."""

import hashlib
import json
from datetime import date
from enum import StrEnum

from licences.domain.errors import Refusal

QUALITY_NOTE_LENGTH = 500  # characters


class QualityAct(StrEnum):
    """What somebody does with entries of a list. The values are stored, and are those of the form."""

    TICK_OFF = "tick-off"
    SNOOZE = "snooze"
    ASSIGN = "assign"
    PUT_BACK = "put-back"


def fingerprint(*values: object) -> str:
    """Return a digest of what a finding says, 16 hexadecimal digits: another one means that the finding has changed."""
    text = json.dumps([str(value) for value in values], ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def require_quality_note(text: str) -> str:
    """Return a note without the white space around it; it may be empty.

    ``Refusal``, on the field ``note``: ``note-too-long`` (its parameter ``limit``).
    """
    note = text.strip()
    if len(note) > QUALITY_NOTE_LENGTH:
        raise Refusal("note-too-long", field="note", limit=QUALITY_NOTE_LENGTH)
    return note


def require_snooze(until: date | None, *, today: date) -> date:
    """Return the day on which a snoozed entry comes back.

    ``Refusal``, on the field ``until``: ``snooze-missing``, ``snooze-past`` (today or earlier).
    """
    if until is None:
        raise Refusal("snooze-missing", field="until")
    if until <= today:
        raise Refusal("snooze-past", field="until")
    return until
