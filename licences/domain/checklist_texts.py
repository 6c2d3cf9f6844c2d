"""How the checklist judges a name and an address line (docs/domain.md#names-and-addresses-on-the-telephone)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from licences.domain.folding import normalized
from licences.domain.telephone_matching import (
    HeardComparison,
    Likeness,
    compare_names_as_said,
    compare_with_address_on_record,
)

Parameters = dict[str, str | list[str]]
_Record = TypeVar("_Record")

MATCH, CLOSE, MISMATCH, UNPROVABLE = "match", "close", "mismatch", "unprovable"  # verdicts of the checklist


@dataclass(frozen=True, slots=True)
class TextFinding:
    """A verdict of the checklist by its value, the code of its reason, and what fills its sentence."""

    verdict: str
    reason: str
    parameters: Mapping[str, str | list[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AddressOnRecord:
    """The two lines of an address as they are on record; either may be empty."""

    line1: str
    line2: str = ""


def judge_name(said: str, *, registered: str, corrected: str) -> TextFinding:
    """Compare the name that was said with the name as registered, or else with the customer's record.

    The record, which may have been corrected since, is close at most. Either may be empty. ``close``:
    ``parameters["differences"]`` names what differs, with ``shorter`` where less was said than is on record.
    """
    return _judge(said, registered, corrected, lambda name: name, compare_names_as_said)


def judge_address(said: str, *, registered: AddressOnRecord, corrected: AddressOnRecord) -> TextFinding:
    """As ``judge_name``, for the first line of the address; ``line-2`` where the second line holds what was said."""

    def compare(typed: str, address: AddressOnRecord) -> HeardComparison:
        return compare_with_address_on_record(typed, address.line1, address.line2)

    return _judge(said, registered, corrected, lambda address: address.line1, compare)


def _judge(
    said: str,
    registered: _Record,
    corrected: _Record,
    first_line: Callable[[_Record], str],
    compare: Callable[[str, _Record], HeardComparison],
) -> TextFinding:
    """Judge a text by what is registered, or else by the corrected record.

    ``first_line`` returns the text of a record that is shown, ``compare`` compares what was said with a record.
    """
    heard = compare(said, registered)
    if first_line(registered) and heard.likeness is not Likeness.MISMATCH:
        return _as_registered(said, first_line(registered), heard)
    by_correction = compare(said, corrected)
    if first_line(corrected) and by_correction.likeness is not Likeness.MISMATCH:
        about: Parameters = {"corrected": first_line(corrected), **_named(by_correction)}
        return TextFinding(CLOSE, "only-corrected-record", about)
    if not first_line(registered):
        return TextFinding(UNPROVABLE, "nothing-on-record")
    reason = "house-number-not-said" if heard.differences == ("house-number-not-said",) else "different"
    return TextFinding(MISMATCH, reason, {"differences": list(heard.differences)})


def _as_registered(said: str, registered: str, heard: HeardComparison) -> TextFinding:
    """The same to the ear, or close to what is registered: the reason names what differs."""
    if heard.likeness is Likeness.MATCH:
        if _plain(said) == _plain(registered):
            return TextFinding(MATCH, "same")
        return TextFinding(MATCH, "same-as-said", {"recorded": registered})
    reason = "close"
    if "line-2" in heard.differences:
        reason = "line-2"
    elif "shorter" in heard.differences:
        reason = "other-parts" if "longer" in heard.differences else "shorter"
    elif "longer" in heard.differences:
        reason = "longer"
    return TextFinding(CLOSE, reason, _named(heard))


def _named(heard: HeardComparison) -> Parameters:
    """What differs: all of it, the words that only one has, and what else differs beside those."""
    also = [each for each in heard.differences if each not in ("shorter", "longer", "line-2")]
    return {
        "differences": list(heard.differences),
        "missing": list(heard.missing),
        "added": list(heard.added),
        "also": also,
    }


def _plain(text: str) -> str:
    """A text in NFC with single blanks: what is equal in this form is the same."""
    return " ".join(normalized("NFC", text).split())
