"""Rows that may mean a record or not: the pairs that a judgement finds, and what was decided about them.

The rules are docs/decisions.md#who-is-this-customer and docs/decisions.md#a-key-typed-otherwise. ``record_pair`` is a
temporary table of the pairs that were not decided by an earlier import, until they are stored.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

from django.db import connection
from django.db.models import Count

from licences.domain.batches import batched
from licences.domain.errors import Refusal
from licences.imports import bulk
from licences.imports.statement_runner import StatementRunner
from licences.models import FileImport, RecordPair
from licences.spreadsheets.reading import open_table

Kind, Decision = RecordPair.Kind, RecordPair.Decision
TABLES = {
    "record_pair": "pair text PRIMARY KEY, kind text, row_id bigint, n bigint, customer_id bigint, reference text, "
    "decision text"
}
REASONS = {
    "customer-differs-from-number": Kind.NUMBER,
    "customer-like-known": Kind.LOOKALIKE,
    "purchase-written-otherwise": Kind.REFERENCE,
}
_CHUNK = 500  # pairs looked up together


@dataclass(frozen=True, slots=True)
class FoundPair:
    """A pair that a judgement found; the fields are those of ``RecordPair``.

    ``in_file`` is the digest that the pair has where the record is a row of the same file: what was decided about that
    counts for the record as well. Empty where there is none.
    """

    kind: RecordPair.Kind
    pair: str
    row: int
    rows: int = 1
    customer_id: int | None = None
    reference: str = ""
    in_file: str = ""


def decisions_on(file_import: FileImport, pairs: Iterable[str]) -> dict[str, str]:
    """Say which pairs of a row and a record were decided: pair → ``RecordPair.Decision`` (the same, or another).

    ``pairs`` are digests that identify pairs. A decision of this import or an earlier one counts, the latest first;
    what the import command was given comes before all.
    """
    given = file_import.decisions or {}
    decided: dict[str, str] = {}
    for chunk in batched(pairs, _CHUNK):
        known = RecordPair.objects.filter(pair__in=chunk).exclude(decision="").order_by("decided_at", "pk")
        decided.update(known.values_list("pair", "decision"))
        decided.update({pair: given[pair] for pair in chunk if pair in given})
    return decided


def decisions_on_pairs(file_import: FileImport, pairs: Collection[FoundPair]) -> dict[str, str]:
    """Say what was decided about the pairs that a judgement found, as ``decisions_on`` does."""
    decided = decisions_on(file_import, (each.pair for each in pairs))
    in_file = {each.pair: each.in_file for each in pairs if each.in_file and each.pair not in decided}
    earlier = decisions_on(file_import, in_file.values())
    return decided | {pair: earlier[other] for pair, other in in_file.items() if other in earlier}


def decide_pairs(file_import: FileImport, pairs: Iterable[FoundPair]) -> dict[str, str]:
    """Note the pairs that a judgement found, and return what was decided about them, as ``decisions_on`` does.

    Those that no earlier import decided, or on which the import command was given a decision, are kept for
    ``store_pairs``. ``pairs`` may name one more than once. Rule: docs/imports.md#is-it-the-same.
    """
    unique = {each.pair: each for each in pairs}
    decided, given = decisions_on_pairs(file_import, unique.values()), file_import.decisions or {}
    kept = [each for name, each in unique.items() if name not in decided or name in given]
    bulk.insert_rows(
        "record_pair",
        ("pair", "kind", "row_id", "n", "customer_id", "reference", "decision"),
        ((each.pair, *_values(each), given.get(each.pair, "")) for each in kept),
    )
    return decided


def _values(each: FoundPair) -> tuple[str | None, ...]:
    """The values of a pair as texts: kind, row key, number of rows, key of the customer, reference."""
    customer = None if each.customer_id is None else str(each.customer_id)
    return each.kind.value, str(each.row), str(each.rows), customer, each.reference


_DELETE = "DELETE FROM licences_recordpair WHERE file_import_id = %(file_import)s AND decision = ''"
_INSERT = """
INSERT INTO licences_recordpair
    (file_import_id, pair, kind, row_id, row_count, customer_id, reference, decision, decided_by, decided_at)
SELECT %(file_import)s, pair, kind, row_id, n, customer_id, reference, decision,
    CASE WHEN decision = '' THEN '' ELSE %(by)s END, CASE WHEN decision <> '' THEN CAST(%(now)s AS {timestamp}) END
FROM record_pair ORDER BY row_id, pair ON CONFLICT DO NOTHING
"""


def store_pairs(file_import: FileImport) -> None:
    """Store the pairs of the judgement just made in place of the undecided ones of the import.

    Call within a transaction.
    """
    run = StatementRunner(file_import)
    run(_DELETE)
    if file_import.kind == FileImport.Kind.PURCHASES:
        timestamp = "timestamptz" if connection.vendor == "postgresql" else "text"
        run(_INSERT.format(timestamp=timestamp), by=file_import.uploaded_by)


def counts_of_decisions(file_import: FileImport) -> dict[str, int]:
    """Return decision → number of pairs of an import that were decided so."""
    decided = file_import.pairs.exclude(decision="").order_by().values("decision").annotate(pairs=Count("pk"))
    return dict(decided.values_list("decision", "pairs"))


def read_decisions(path: Path) -> dict[str, str]:
    """Read a file of decided pairs (``pair_details.pair_table``): pair → decision, without those that are empty.

    ``Refusal``: ``decision-unknown`` (with its row), ``columns-missing``, ``columns-twice``, ``file-unreadable``,
    ``file-empty`` and what else keeps a table from being read (``spreadsheets.reading.open_table``).
    """
    decisions = {}
    table = open_table(path, columns=("decision", "pair"), required=("decision", "pair"))
    for row, (decision, pair, *_more) in table.rows():
        word = decision.strip().casefold()
        if word and word not in Decision.values:
            raise Refusal("decision-unknown", row=row, value=decision.strip()[:40])
        if word:
            decisions[pair.strip()] = word
    return decisions


def waiting_rows(run: StatementRunner) -> dict[str, int]:
    """Count the rows of the judgement just made that wait for a decision: kind of pair → rows, without zeros."""
    listed = ", ".join(f"'{reason}'" for reason in REASONS)
    counted = run.fetch_all(f"SELECT reason, count(*) FROM problem WHERE reason IN ({listed}) GROUP BY reason")
    return {REASONS[reason].value: rows for reason, rows in counted}
