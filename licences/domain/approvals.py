"""When a supervisor has to decide, and how many supervisors have to agree."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from licences.domain.checklist import Item, ItemFinding
from licences.domain.errors import Refusal


class LimitKind(StrEnum):
    """The limits that send a checklist to a supervisor although every item passes."""

    RELICENSINGS = "relicensing-limit"
    WRONG_CODES = "wrong-code-limit"


@dataclass(frozen=True, slots=True)
class ApprovalLimits:
    """The limits up to which staff may act without a supervisor, per serial."""

    relicensings: int  # within twelve months
    wrong_codes: int  # different wrong release codes within 24 hours
    four_eyes_from: int  # from this many licences on, two supervisors have to agree
    reason_length: int  # letters and digits that the reason of a decision needs at least


@dataclass(frozen=True, slots=True)
class UsageCounts:
    """What counts against the limits of one serial, over the periods that ``ApprovalLimits`` names."""

    relicensings: int = 0
    wrong_codes: int = 0
    licences: int = 0  # all licences of the serial, over all products
    earlier_emergencies: int = 0  # within twelve months, where another one is asked for


@dataclass(frozen=True, slots=True)
class ExceededLimit:
    """A limit that a supervisor has to lift: which one, what was counted, and what is allowed."""

    kind: LimitKind
    count: int
    limit: int


def exceeded_limits(counts: UsageCounts, limits: ApprovalLimits) -> list[ExceededLimit]:
    """List the limits that one more re-licensing would exceed; empty if there are none.

    ``counts`` does not include the re-licensing that is asked for. The rule is in docs/domain.md#who-works-with-it.
    """
    exceeded = []
    if counts.relicensings >= limits.relicensings:
        exceeded.append(ExceededLimit(LimitKind.RELICENSINGS, counts.relicensings, limits.relicensings))
    if counts.wrong_codes > limits.wrong_codes:
        exceeded.append(ExceededLimit(LimitKind.WRONG_CODES, counts.wrong_codes, limits.wrong_codes))
    return exceeded


def supervisors_needed(counts: UsageCounts, limits: ApprovalLimits) -> int:
    """Return how many supervisors have to agree: 2 from ``limits.four_eyes_from`` licences on, otherwise 1.

    Also 2 where there were emergencies before (docs/decisions.md#a-second-emergency).
    """
    return 2 if counts.licences >= limits.four_eyes_from or counts.earlier_emergencies else 1


def allows_emergency(unsettled: Iterable[ItemFinding]) -> bool:
    """Tell whether an emergency code may be issued.

    ``unsettled`` are the findings that do not pass. There must be exactly one: the caller has no release code
    (docs/decisions.md#dead-pc-and-emergency-codes).
    """
    reasons = [(finding.item, finding.reason) for finding in unsettled]
    return reasons == [(Item.RELEASE_CODE, "release-code-unavailable")]


def require_meaningful_reason(text: str, limits: ApprovalLimits) -> str:
    """Return a reason without the white space around it.

    ``Refusal``, on the field ``reason``: ``reason-missing`` (empty) and ``reason-too-short`` (fewer letters and digits
    than ``limits.reason_length``, which is its parameter ``limit``). Punctuation and white space do not count.
    """
    reason = text.strip()
    if not reason:
        raise Refusal("reason-missing", field="reason")
    if sum(symbol.isalnum() for symbol in reason) < limits.reason_length:
        raise Refusal("reason-too-short", field="reason", limit=limits.reason_length)
    return reason
