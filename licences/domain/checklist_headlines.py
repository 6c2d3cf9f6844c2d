"""Which single problem a clerk hears about first (docs/domain.md#re-licensing).

A serial number that is not found is one problem, however many items depend on it, and so is a code in the field of
another; a blocked serial number ends the call; missing Software Assurance is for the caller to solve. Each of these has
a headline in ``licences.wording.checklist``, and a sentence for the caller unless the clerk can mend it alone.
"""

from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

from licences.domain.checklist import Item, ItemFinding, Verdict
from licences.domain.code_kinds import CodeKind, Misplaced, find_misplaced


class Headline(StrEnum):
    """The problems that may come first; ``licences.wording.checklist`` has the sentences of each."""

    NO_SERIAL = "no-serial"
    UNKNOWN_SERIAL = "unknown-serial"
    SERIAL_LENGTH = "serial-length"
    TEN_CHARACTERS = "ten-characters"
    SWAPPED_CODES = "swapped-codes"
    CODE_TO_MOVE = "code-to-move"
    OTHER_CODE = "other-code"
    BLOCKED = "blocked"
    NEVER_ASSURED = "never-assured"
    ASSURANCE_ENDED = "assurance-ended"
    HOUSE_NUMBER = "house-number"


# Verdicts that say nothing as long as the serial number is not found, whatever was answered.
_EMPTY_WITHOUT_SERIAL = ("needs-serial", "site-id-new", "release-code-unknown")


class FoundHeadline(NamedTuple):
    """A headline, the finding that it is about, and what stands in the field of that finding if it is another code."""

    headline: Headline
    finding: ItemFinding
    misplaced: Misplaced | None = None


def headline_of(findings: Sequence[ItemFinding]) -> FoundHeadline | None:
    """The headline of a check; None where no single problem comes first.

    ``findings`` are those of one check, in any order.
    """
    serial = next(each for each in findings if each.item is Item.SERIAL)
    if serial.reason == "serial-blocked":
        return FoundHeadline(Headline.BLOCKED, serial)
    misplaced = _misplaced_code(findings)
    if not serial.on_record and (misplaced is None or _waits_for_serial(misplaced)):
        return FoundHeadline(_without_serial(serial), serial)
    if misplaced is not None:
        return misplaced
    uncovered = next((each for each in findings if each.reason == "software-assurance-required"), None)
    if uncovered is None:
        return _other_house_number(findings)
    ended = uncovered.parameters.get("since")
    return FoundHeadline(Headline.ASSURANCE_ENDED if ended else Headline.NEVER_ASSURED, uncovered)


def _waits_for_serial(misplaced: FoundHeadline) -> bool:
    """Whether to ask for the serial number first: the clerk has to ask the caller for the misplaced code as well."""
    return misplaced.headline is Headline.OTHER_CODE and misplaced.finding.item is not Item.SERIAL


def _without_serial(serial: ItemFinding) -> Headline:
    """What is wrong with a serial number that is not on record."""
    if serial.verdict is Verdict.MISSING:
        return Headline.NO_SERIAL
    return Headline.SERIAL_LENGTH if serial.reason == "code-length" else Headline.UNKNOWN_SERIAL


_CODES = {Item.SERIAL: CodeKind.SERIAL, Item.SITE_ID: CodeKind.SITE_ID, Item.RELEASE_CODE: CodeKind.RELEASE_CODE}


def _misplaced_code(findings: Sequence[ItemFinding]) -> FoundHeadline | None:
    """A code in the field of another: first two that are swapped, then any, in the order of the fields."""
    answered = {each.item: each for each in findings if each.item in _CODES}
    kinds = {item.value: kind for item, kind in _CODES.items()}
    found = find_misplaced({item.value: each.said for item, each in answered.items()}, kinds)
    if not found:
        return None
    field = next((each for each in found if found[each].other in found), next(iter(found)))
    misplaced, finding = found[field], answered[Item(field)]
    if misplaced.other in found:
        return FoundHeadline(Headline.SWAPPED_CODES, finding, misplaced)
    if finding.item is Item.SERIAL and misplaced.kind is CodeKind.RELEASE_CODE:
        return FoundHeadline(Headline.TEN_CHARACTERS, finding, misplaced)
    moves = misplaced.other_is_empty
    return FoundHeadline(Headline.CODE_TO_MOVE if moves else Headline.OTHER_CODE, finding, misplaced)


def _other_house_number(findings: Sequence[ItemFinding]) -> FoundHeadline | None:
    """Another house number, where nothing else is wrong: it is asked for again, and never close."""
    failed = [each for each in findings if each.verdict not in (Verdict.MATCH, Verdict.CLOSE)]
    if [each.item for each in failed] != [Item.ADDRESS_LINE1] or failed[0].verdict is not Verdict.MISMATCH:
        return None
    differences = failed[0].parameters.get("differences", ())
    is_about_number = isinstance(differences, list) and any(each.startswith("house-number") for each in differences)
    return FoundHeadline(Headline.HOUSE_NUMBER, failed[0]) if is_about_number else None


def awaits_serial(finding: ItemFinding, findings: Sequence[ItemFinding]) -> bool:
    """Whether an item can be judged only once the serial number of the same check is found."""
    serial = next(each for each in findings if each.item is Item.SERIAL)
    return finding.item is not Item.SERIAL and not serial.on_record


def tells_without_serial(finding: ItemFinding) -> bool:
    """Whether the reason of an item that awaits its serial number still tells the clerk something.

    It does where nothing was answered, where a code is mistyped, or where a code belongs to another serial number.
    """
    return finding.reason not in _EMPTY_WITHOUT_SERIAL
