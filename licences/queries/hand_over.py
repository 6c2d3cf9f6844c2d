"""What a request may be handed over to a supervisor for (docs/decisions.md#handing-over-is-an-act). Nothing writes."""

from collections.abc import Sequence

from licences.domain.checklist import Verdict
from licences.models import CheckedItem, ChecklistCheck
from licences.queries.approvals import ApprovalStatus
from licences.queries.checklist import ChecklistRow


def subjects_to_hand_over(check: ChecklistCheck, rows: Sequence[ChecklistRow], status: ApprovalStatus) -> list[str]:
    """Return the items and limits that nothing but a decision can settle; empty if something else comes first.

    ``rows`` are those of ``check``. A mismatch that the clerk can still ask about again comes first, unless supervisors
    have begun to decide; and so does an item that no supervisor may accept.
    """
    to_decide = [row for row in rows if row.to_decide]
    failed = any(not (row.passes or row.to_ask_again or row.to_decide) for row in rows)
    if failed or (not status.approvals and mismatches_to_ask_again(check, to_decide)):
        return []
    return [row.finding.item.value for row in to_decide] + [exceeded.kind.value for exceeded in status.pending]


def mismatches_to_ask_again(check: ChecklistCheck, rows: Sequence[ChecklistRow]) -> set[str]:
    """Return the items among ``rows`` that do not match and were not checked a second time yet."""
    differing = {row.finding.item.value for row in rows if row.finding.verdict == Verdict.MISMATCH}
    if not differing:
        return set()
    earlier = CheckedItem.objects.filter(
        checklist__request=check.request_id, checklist__number__lt=check.number, verdict=Verdict.MISMATCH.value
    )
    return differing - set(earlier.filter(item__in=differing).values_list("item", flat=True))
