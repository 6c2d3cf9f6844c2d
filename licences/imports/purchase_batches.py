"""Recording purchase lines without a file, judged and applied like the rows of an import.

One purchase is a batch of one (docs/decisions.md#who-writes): the rules are the SQL of
``imports.purchase_statements``.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from licences.domain import codes
from licences.domain.customer_keys import key_digest
from licences.domain.errors import Refusal
from licences.imports import bulk, purchases, staging
from licences.imports.purchase_statements import STAGED
from licences.imports.rows.purchase_lines import PurchaseLine
from licences.imports.rows.row_cells import CellProblem
from licences.imports.rows.staged_purchases import STAGED_COLUMNS, stage_line
from licences.imports.statement_runner import AppliedRows
from licences.models import Event, FileImport, LicenceGrant, RowOutcome, grants_in_force, row_id, row_number_of
from licences.operations import allocated_lists, search
from licences.operations.events import record_event

_NO_FILE = 0  # the import key that rows without a file are staged under, protected by the lock on purchases


@dataclass(frozen=True, slots=True)
class RejectedLine:
    """A line that was not recorded: the ``row`` number that it was passed with, and its problem."""

    row: int
    problem: CellProblem


@dataclass(slots=True)
class PurchaseOutcome:
    """The outcome of a batch: the numbers of new and unchanged lines, and the rejected lines.

    ``applied`` is False where nothing was written. ``allocated`` are the new serial numbers, grouped for display.
    """

    new: int
    unchanged: int
    rejected: list[RejectedLine]
    applied: bool = False
    allocated: list[str] = field(default_factory=list)


def record_purchase(line: PurchaseLine, *, by: str) -> LicenceGrant:
    """Record one purchase line and return its grant. Idempotent: the same line again changes nothing.

    ``by`` is a username. The rules are docs/imports.md#purchases.

    ``Refusal``, with the column as its field: ``purchase-written-otherwise``, ``customer-differs-from-number``,
    ``customer-like-known`` (docs/decisions.md#who-is-this-customer), ``key-with-other-content``, ``product-unknown``,
    ``customer-ambiguous``, ``serial-of-another-customer``, ``serial-similar-to-known``, ``serial-ambiguous``,
    ``total-out-of-range``, ``too-many-products``; without a field: ``allocated-list-unwritable``.
    """
    outcome = record_purchases([(1, line)], by=by)
    for rejected in outcome.rejected:
        problem = rejected.problem
        raise Refusal(problem.reason, field=problem.column, **problem.parameters)
    return grants_in_force().get(purchase_reference=line.purchase_reference, line=line.line)


@transaction.atomic
def record_purchases(
    lines: Iterable[tuple[int, PurchaseLine]],
    *,
    by: str,
    accept_valid: bool = False,
    about: Mapping[str, Any] | None = None,
) -> PurchaseOutcome:
    """Record purchase lines in one transaction: all or none, unless ``accept_valid``.

    ``lines`` are pairs of a row number (from 1, each once) and a line; ``by`` is a username. Takes the lock on
    purchases. Idempotent: lines already recorded with the same content count as unchanged. Rejected lines are returned
    with the problems that ``record_purchase`` raises, and ``key-twice``. ``about`` is added to the details of the
    event. ``Refusal``: ``allocated-list-unwritable``, and nothing is recorded. Rule: docs/imports.md#purchases.
    """
    batch = FileImport(pk=_NO_FILE, kind=FileImport.Kind.PURCHASES)
    purchases.lock_records(batch)
    row_digests = _stage(lines)
    outcome, applied = _outcome(purchases.judge_rows(batch)), AppliedRows(0)
    if outcome.new and (accept_valid or not outcome.rejected):
        applied = purchases.apply_rows(batch)
        outcome.applied = True
        _write_list(outcome, key_digest("".join(row_digests)))
        outcome.allocated = [codes.grouped(code) for code in purchases.allocated_codes()]
    staging.clear_staged_rows(batch)
    if outcome.applied:
        search.index_new_serials()
        purchases.change_records(by)
        counts = {"new": outcome.new, "unchanged": outcome.unchanged, "rejected": len(outcome.rejected)}
        details = {
            **counts,
            "serials": outcome.allocated,
            "digest": key_digest("".join(row_digests)),
            "made": applied.digests,
            **(about or {}),
        }
        record_event(Event.Kind.PURCHASES_RECORDED, by=by, details=details)
    return outcome


@transaction.atomic
def judge_purchases(lines: Iterable[tuple[int, PurchaseLine]]) -> list[RejectedLine]:
    """Return the lines that ``record_purchases`` would reject now. Nothing is recorded."""
    batch = FileImport(pk=_NO_FILE, kind=FileImport.Kind.PURCHASES)
    purchases.lock_records(batch)
    _stage(lines)
    outcome = _outcome(purchases.judge_rows(batch))
    staging.clear_staged_rows(batch)
    return outcome.rejected


def _write_list(outcome: PurchaseOutcome, batch_digest: str) -> None:
    """Write the list of allocated serials of the batch. ``Refusal``: ``allocated-list-unwritable``.

    ``batch_digest`` stands for the digest of a file: 32 hexadecimal digits, of the row digests.
    """
    allocated_lists.write_allocated_list(
        purchases.allocations(), kind=FileImport.Kind.PURCHASES, file_import=None, file="", digest=batch_digest,
        rows=outcome.new,
    )  # fmt: skip


def _stage(lines: Iterable[tuple[int, PurchaseLine]]) -> list[str]:
    """Stage the lines, given with their row numbers; returns the row digest of each, in the same order."""
    rows = [(stage_line(row_id(_NO_FILE, row), line), line.row_digest()) for row, line in lines]
    bulk.insert_rows(STAGED, STAGED_COLUMNS, (staged for staged, _digest in rows))
    return [row_digest for _staged, row_digest in rows]


def _outcome(counts: dict[int, int]) -> PurchaseOutcome:
    """The outcome of a judged batch: counts by ``RowOutcome.Outcome`` and the rejected lines."""
    unchanged = counts.pop(RowOutcome.Outcome.UNCHANGED, 0)
    counts.pop(RowOutcome.Outcome.REJECTED, 0)
    rejected = [RejectedLine(row_number_of(key), problem) for key, _cells, problem in purchases.judged_problems()]
    return PurchaseOutcome(new=sum(counts.values()), unchanged=unchanged, rejected=rejected)
