"""When a supervisor has to decide, and how many of them have to agree."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from licences.domain.checklist import Finding, Item
from licences.domain.errors import Refusal


class Hold(StrEnum):
    """Why a checklist that passes waits for a supervisor all the same."""

    RELICENSINGS = "relicensing-limit"
    WRONG_CODES = "wrong-code-limit"


@dataclass(frozen=True, slots=True)
class Limits:
    """What staff may do by themselves, per serial; ``four_eyes_from`` licences on, two supervisors have to agree."""

    relicensings: int  # in twelve months
    wrong_codes: int  # in 24 hours
    four_eyes_from: int
    reason_length: int  # characters that the reason of a decision has at least


@dataclass(frozen=True, slots=True)
class Counted:
    """What has been counted for a serial: re-licensings in twelve months, other wrong release codes in 24 hours."""

    relicensings: int = 0
    wrong_codes: int = 0
    licences: int = 0


@dataclass(frozen=True, slots=True)
class Held:
    """A limit that has been reached, by how many."""

    hold: Hold
    count: int
    limit: int


def held_up(counted: Counted, limits: Limits) -> list[Held]:
    """Which limits stand in the way of one more re-licensing. As many as the limit says go through by themselves."""
    holds = []
    if counted.relicensings >= limits.relicensings:
        holds.append(Held(Hold.RELICENSINGS, counted.relicensings, limits.relicensings))
    if counted.wrong_codes > limits.wrong_codes:
        holds.append(Held(Hold.WRONG_CODES, counted.wrong_codes, limits.wrong_codes))
    return holds


def supervisors_needed(counted: Counted, limits: Limits) -> int:
    """One supervisor decides; where much is at stake, two have to agree. Neither may be who asked."""
    return 2 if counted.licences >= limits.four_eyes_from else 1


def emergency_possible(in_the_way: Iterable[Finding]) -> bool:
    """Whether nothing stands in the way but a release code that cannot be had."""
    reasons = [(finding.item, finding.reason) for finding in in_the_way]
    return reasons == [(Item.RELEASE_CODE, "release-code-unavailable")]


def given_reason(text: str) -> str:
    """A reason without the blanks around it; ``Refusal("reason-missing")`` where dots and dashes are all there is."""
    reason = text.strip()
    if not any(symbol.isalnum() for symbol in reason):
        raise Refusal("reason-missing", field="reason")
    return reason


def written_reason(text: str, limits: Limits) -> str:
    """The reason of a decision without the blanks around it; ``Refusal``: ``reason-missing``, ``reason-too-short``.

    What counts is what says something: dots, dashes and blanks do not.
    """
    reason = text.strip()
    if not reason:
        raise Refusal("reason-missing", field="reason")
    if sum(symbol.isalnum() for symbol in reason) < limits.reason_length:
        raise Refusal("reason-too-short", field="reason", limit=limits.reason_length)
    return reason
