"""Purchases whose reference is written otherwise than on record (docs/decisions.md#a-key-typed-otherwise).

What cannot be seen, the kind of dash and blanks make no difference. Case and compatibility forms may: then somebody
says whether it is the same purchase.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from licences.domain.customer_keys import pair_digest
from licences.domain.record_keys import code_text
from licences.imports import bulk, record_pairs, temporary_tables
from licences.imports import reference_statements as statements
from licences.imports.purchase_statements import UNCHANGED
from licences.imports.record_pairs import Decision, FoundPair, Kind
from licences.imports.rows.purchase_lines import COLUMNS, PurchaseLine, column_checks, differing_columns, party_keys
from licences.imports.statement_runner import StatementRunner
from licences.models import FileImport

_WAITS = "purchase-written-otherwise"


@dataclass(frozen=True, slots=True)
class _OtherSpelling:
    """An open row, and the same purchase line in another spelling.

    ``digest``, ``checks`` and ``quantity`` are the other's row digest, column checks (empty where they were not
    computed) and quantity. ``reason`` and ``detail`` are the problem if both are the same but differ.
    """

    row: int
    line: PurchaseLine
    reference: str
    digest: str
    checks: str
    quantity: int
    reason: str
    detail: str

    @property
    def is_same_to_the_eye(self) -> bool:
        """Whether only what cannot be seen, dashes and blanks differ."""
        return code_text(self.reference) == self.line.purchase_reference

    @property
    def has_same_content(self) -> bool:
        """Whether all other columns are equal."""
        return self.line._replace(purchase_reference=self.reference).row_digest() == self.digest

    @property
    def has_no_other_content(self) -> bool:
        """Whether each cell that the row has is as in the other; cells that it lacks make no difference."""
        if self.has_same_content:
            return True
        if not self.checks or self.line.quantity != self.quantity:
            return False
        own = column_checks(self.line.purchase_texts(), party_keys(self.line.party().texts))
        said = {column for column, text in zip(COLUMNS, self.line.texts(), strict=True) if text}
        return not said.intersection(differing_columns(self.checks, own)) - {"purchase_reference"}

    @property
    def pair(self) -> str:
        """The digest of both references, which identifies the pair in decisions."""
        return pair_digest(Kind.REFERENCE, self.line.purchase_reference, self.reference)

    def problem(self) -> tuple[str, str, str]:
        """Row key, reason and detail of the problem of a row that is the same line with other content."""
        return str(self.row), self.reason, self.detail


def judge_references(run: StatementRunner, file_import: FileImport) -> None:
    """Judge rows whose purchase is on record, or in the file before, with its reference in another spelling.

    Rows that are the same by the rules are marked unchanged; rows for which a person has to say so are rejected
    (``purchase-written-otherwise``). Reads and changes the table ``judged``, and fills ``problem``. Rule:
    docs/decisions.md#a-key-typed-otherwise.
    """
    odd = [each for (each,) in run.fetch_all(statements.ODD_ROWS)]
    if any(each & 2 for each in odd):
        run(statements.FIND_RAW_UNCHANGED)
    has_spellings = any(each & 1 for each in odd)
    aliases = run(statements.FIND_ALIASES) if run.fetch_all(statements.ANY_KEY_ON_RECORD) else 0
    if has_spellings:
        aliases += run(f"{statements.FIND_CAPITALS} ON CONFLICT DO NOTHING")
    if aliases:
        temporary_tables.analyze("alias")
        _judge_spellings(run, file_import, list(_on_record(run)))
    if has_spellings and run(statements.FIND_WRITTEN[0]):
        run(statements.FIND_WRITTEN[1])
        temporary_tables.analyze("written")
        _judge_spellings(run, file_import, list(_in_file(run)))


def _on_record(run: StatementRunner) -> Iterator[_OtherSpelling]:
    """The rows whose purchase line is on record under another spelling of its reference, each with that spelling.

    Only rows that no earlier step rejected or found unchanged.
    """
    for row, known, digest, checks, quantity, *values in run.fetch_all(statements.ROWS_ON_RECORD):
        line = PurchaseLine(*values)
        yield _OtherSpelling(row, line, known, digest, checks, quantity, "key-with-other-content", checks)


def _in_file(run: StatementRunner) -> Iterator[_OtherSpelling]:
    """The rows whose purchase line stands earlier in the file in another spelling, each with that spelling.

    Only rows that no earlier step rejected or found unchanged.
    """
    found = run.fetch_all(statements.ROWS_IN_FILE)
    firsts = {first: run.fetch_all(statements.CONTENT_IN_FILE, first=first)[0] for _row, first, *_ in found}
    for row, first, reference, *values in found:
        digest, checks, quantity = firsts[first]
        yield _OtherSpelling(row, PurchaseLine(*values), reference, digest, checks, quantity, "key-twice", str(first))


def _judge_spellings(run: StatementRunner, file_import: FileImport, found: list[_OtherSpelling]) -> None:
    """Judge each row by the first of its other spellings that is the same, or that nobody has decided yet.

    ``found`` has the rows with their other spellings. The row is then unchanged, or rejected: with other content, or
    because somebody has to decide.
    """
    asked = [each for each in found if not each.is_same_to_the_eye]
    rows = Counter(each.pair for each in asked)
    decided = record_pairs.decide_pairs(
        file_import,
        (
            FoundPair(Kind.REFERENCE, each.pair, each.row, rows[each.pair], reference=each.reference)
            for each in reversed(asked)  # the first row of a pair counts
        ),
    )
    problems: dict[int, tuple[str, str, str]] = {}
    unchanged: set[int] = set()
    for each in found:
        if each.row in problems or each.row in unchanged:
            continue
        is_decided = decided.get(each.pair) == Decision.SAME
        if each.is_same_to_the_eye or is_decided:
            if each.has_same_content or (is_decided and each.has_no_other_content):
                unchanged.add(each.row)
            else:
                problems[each.row] = each.problem()
        elif each.pair not in decided:
            problems[each.row] = (str(each.row), _WAITS, each.pair)
    bulk.insert_rows("problem", ("id", "reason", "detail"), problems.values())
    for row in unchanged:
        run(f"UPDATE judged SET outcome = {UNCHANGED} WHERE id = %(row)s", row=row)
