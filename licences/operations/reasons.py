"""The one rule for reasons: every operation that asks why takes them from here."""

from licences.domain import approvals
from licences.queries.approvals import approval_limits


def require_reason(text: str) -> str:
    """Return the reason that staff typed, without the white space around it.

    ``Refusal``, on the field ``reason``: ``reason-missing`` and ``reason-too-short`` (fewer than
    ``DECISION_REASON_LENGTH`` letters and digits). Rule: docs/decisions.md#reasons.
    """
    return approvals.require_meaningful_reason(text, approval_limits())
