"""Recording purchases that no file brings: a batch of lines, or one, judged and applied like an import.

One purchase is a batch of one (decisions.md 17): the rules are the statements of ``imports.purchase_statements``.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db import transaction

from licences.domain import codes
from licences.domain.errors import Refusal
from licences.domain.purchase_lines import PurchaseLine, digest
from licences.domain.row_cells import Problem
from licences.models import Event, FileImport, LicenceGrant, RowOutcome, row_id, row_of
from licences.operations import search
from licences.operations.events import record_event
from licences.operations.imports import bulk, purchases, staging
from licences.operations.locks import lock_purchases

_NO_FILE = 0  # the import that rows without a file are staged under; whoever holds the purchases has it to himself


@dataclass(frozen=True, slots=True)
class RefusedLine:
    """A line by its ``row``, the number it was given with, and why it is not recorded."""

    row: int
    problem: Problem


@dataclass(slots=True)
class Outcome:
    """What became of a batch: how many lines are new or unchanged, and which are refused.

    ``applied`` is False where nothing was written. ``allocated`` are new serial numbers, in groups.
    """

    new: int
    unchanged: int
    rejected: list[RefusedLine]
    applied: bool = False
    allocated: list[str] = field(default_factory=list)


def record_purchase(line: PurchaseLine, *, by: str) -> LicenceGrant:
    """Record one purchase line; the same line again changes nothing.

    Raises ``Refusal`` with the code of the problem and the column as its field.
    """
    outcome = record_purchases([(1, line)], by=by)
    for refused in outcome.rejected:
        problem = refused.problem
        raise Refusal(problem.reason, field=problem.column, **problem.parameters)
    return LicenceGrant.objects.get(purchase_reference=line.purchase_reference, line=line.line)


@transaction.atomic
def record_purchases(lines: Iterable[tuple[int, PurchaseLine]], *, by: str, accept_valid: bool = False) -> Outcome:
    """Record lines, each with a row number of its own: all or none, unless ``accept_valid``."""
    lock_purchases()
    batch = FileImport(pk=_NO_FILE, kind=FileImport.Kind.PURCHASES)
    digests = _stage(lines)
    outcome = _outcome(purchases.judge(batch))
    if outcome.new and (accept_valid or not outcome.rejected):
        purchases.apply(batch)
        outcome.applied = True
        outcome.allocated = [codes.grouped(code) for code in purchases.allocated()]
    staging.clear(batch)
    if outcome.applied:
        search.catch_up()
        counts = {"new": outcome.new, "unchanged": outcome.unchanged, "rejected": len(outcome.rejected)}
        details = {**counts, "serials": outcome.allocated, "digest": digest("".join(digests))}
        record_event(Event.Kind.PURCHASES_RECORDED, by=by, details=details)
    return outcome


def _stage(lines: Iterable[tuple[int, PurchaseLine]]) -> list[str]:
    """Stage the lines; returns their digests."""
    rows = [(purchases.staged_line(row_id(_NO_FILE, row), line), line.row_digest()) for row, line in lines]
    bulk.insert(purchases.TABLE, purchases.STAGED_COLUMNS, (staged for staged, _row in rows))
    return [row for _staged, row in rows]


def _outcome(counts: dict[int, int]) -> Outcome:
    unchanged = counts.pop(RowOutcome.Outcome.UNCHANGED, 0)
    counts.pop(RowOutcome.Outcome.REJECTED, 0)
    rejected = [RefusedLine(row_of(key), problem) for key, _cells, problem in purchases.problems()]
    return Outcome(new=sum(counts.values()), unchanged=unchanged, rejected=rejected)
