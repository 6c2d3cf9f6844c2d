"""Judging and applying a file of purchases: the order in which the SQL of ``purchase_statements`` runs.

The rules are docs/imports.md#purchases.
"""

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from typing import Any

from django.db import connection

from customers.contact import CONTACT_COLUMNS
from licences.domain import codes, matching
from licences.domain.batches import batched
from licences.domain.codes import MAX_QUANTITY
from licences.domain.customer_keys import CustomerKeys, sparse_number_key
from licences.domain.entitlements import MAX_PRODUCTS_PER_SERIAL
from licences.domain.record_keys import sku_key
from licences.imports import (
    bulk,
    buyer_statements,
    buyers,
    quantity_statements,
    record_pairs,
    reference_statements,
    references,
    returning_statements,
    reversal_statements,
    stored_keys,
    temporary_tables,
)
from licences.imports import purchase_statements as statements
from licences.imports.rows.purchase_lines import COLUMNS, PurchaseLine, differing_columns
from licences.imports.rows.row_cells import CellProblem
from licences.imports.similar_serials import find_similar
from licences.imports.statement_runner import AppliedRows, JudgedTotals, StatementRunner
from licences.models import FileImport, Product, ReturningSerial, grants_in_force, row_number_of
from licences.operations import digests, search
from licences.operations.allocated_lists import Allocation
from licences.operations.customers import take_numbers
from licences.operations.locks import lock_purchases

TABLES = {
    **statements.TABLES, **reference_statements.TABLES, **buyer_statements.TABLES, **record_pairs.TABLES,
    **quantity_statements.TABLES,
}  # fmt: skip
_CHUNK = 1_000
_CODES_AT_ONCE = 20_000
_QUANTITIES_NAMED = 20  # of those that are unusual


# --- Reading ---------------------------------------------------------------------------------------------


def known_digests(rows: Sequence[tuple[str, ...]]) -> set[str]:
    """The row digests that are on record for the purchases that a block of rows names.

    ``rows`` are cells in the order of ``COLUMNS``. Rows with such a digest are unchanged, and no keys have to be
    computed for them: a repeated file repeats long runs of rows. Where neither the first nor the last purchase of the
    block is on record, the result is empty and the rows are judged like any others.
    """
    named = [str(cells[0]) for cells in rows if cells[0].isprintable()] or [""]
    with connection.cursor() as cursor:
        cursor.execute(statements.ANY_GRANT, {"one": named[0], "other": named[-1]})
        if cursor.fetchone() is None:
            return set()
    grants = grants_in_force().filter(purchase_reference__in=set(named))
    return set(grants.values_list("row_digest", flat=True))


# --- Judging ---------------------------------------------------------------------------------------------


def judge_rows(file_import: FileImport, *, done: Callable[[float], None] = lambda fraction: None) -> dict[int, int]:
    """Judge all staged rows against the current records; returns ``RowOutcome.Outcome`` → number of rows.

    Changes no records. Leaves the temporary tables of ``purchase_statements`` filled, for ``apply_rows`` and the
    preview. ``done`` is called with the fraction judged so far, from 0 to 1.
    """
    temporary_tables.create(TABLES)
    products = {sku_key(product.sku): product.pk for product in Product.objects.order_by("-pk")}  # the oldest counts
    bulk.insert_rows("product_key", ("key", "product_id"), ((key, str(pk)) for key, pk in products.items()))
    run = StatementRunner(file_import)
    duplicates = _judge_keys(run, file_import)
    done(0.3)
    buyers.judge_buyers(run, file_import)
    done(0.5)
    _judge_serials(run, file_import)
    done(0.8)
    _judge_totals(run, many_products=len(products) > MAX_PRODUCTS_PER_SERIAL)
    if duplicates:
        run(statements.REFUSE_REPEATED)
        run(statements.REOPEN_REPEATED)
    if run.fetch_all(quantity_statements.ANY_LARGE):
        run(quantity_statements.FIND_ABOVE_SITE)
        run(quantity_statements.FIND_ABOVE_FILE)
    run(statements.LIST_NEW_SERIALS)
    temporary_tables.analyze("new_serial")
    return {outcome: count for outcome, count in run.fetch_all(statements.COUNT_OUTCOMES) if count}


def _judge_keys(run: StatementRunner, file_import: FileImport) -> int:
    """Judge rows by their purchase reference and line, and by their product.

    Rejects those with a key twice in the file or on record with other content, and those with an unknown product.
    Returns how many keys are repeated within the file with the same content.
    """
    duplicates = run(statements.FIND_DUPLICATES)
    temporary_tables.analyze("duplicate_in_file", "product_key")
    run(statements.MATCH_TO_RECORDS)
    temporary_tables.analyze("judged")
    if duplicates:
        run(statements.REFUSE_DUPLICATES)
    references.judge_references(run, file_import)
    if run.fetch_all(reversal_statements.ANY_REVERSED):
        run(reversal_statements.REFUSE_TAKEN_BACK_MEANWHILE)
    run(statements.REFUSE_OTHER_CONTENT)
    run(statements.REFUSE_UNKNOWN_PRODUCTS)
    return duplicates


def _judge_serials(run: StatementRunner, file_import: FileImport) -> None:
    """Find the serial number of each row that is not rejected or unchanged.

    Rejects those whose serial number is another customer's, similar to a known one, or not the only one that is meant.
    """
    if run(statements.FIND_NAMED_SERIALS):
        temporary_tables.analyze("named_serial")
        refused = run(statements.REFUSE_SERIALS_OF_OTHERS)
        if not file_import.accept_similar and find_similar(run):
            refused += run(statements.REFUSE_SIMILAR_SERIALS)
        if refused:
            run(statements.DROP_REFUSED_SERIALS)
    serials = temporary_tables.concatenated("k.code")
    if run(statements.FIND_ALLOCATED_BEFORE):
        run(statements.REFUSE_SEVERAL_ALLOCATED.format(serials=serials))
        run(statements.REFUSE_ALLOCATED_OF_OTHERS)
    run(statements.FIND_NAMED_SITES)
    temporary_tables.analyze("allocated_before", "named_site")
    run(statements.FIND_SITE_CANDIDATES)
    temporary_tables.analyze("site_candidate")
    run(statements.MATCH_SITES)
    temporary_tables.analyze("site_match")
    if run.fetch_all(statements.ANY_SEVERAL_AT_A_SITE):
        run(statements.REFUSE_SEVERAL_AT_A_SITE.format(serials=serials))
    run(statements.MATCH_SERIALS)
    temporary_tables.analyze("serial_match")


def _judge_totals(run: StatementRunner, *, many_products: bool) -> None:
    """Add up what the rows bring, and reject those that would take a serial beyond its limits.

    These are 0 to ``MAX_QUANTITY`` licences of a product and, if there are ``many_products``, that is more than a
    serial may hold, ``MAX_PRODUCTS_PER_SERIAL`` products.
    """
    run(statements.ADD_TOTALS)
    temporary_tables.analyze("total")
    refused = run(statements.REFUSE_TOTALS)
    _drop_refused(run, refused)
    if many_products:
        refused = run(statements.REFUSE_TOO_MANY_PRODUCTS)
        _drop_refused(run, refused)


def _drop_refused(run: StatementRunner, refused: int) -> None:
    """Take rows that were just rejected out of the totals, which are added up again. ``refused`` is their number."""
    if refused:
        run(statements.DROP_REFUSED_MATCHES)
        run(statements.CLEAR_TOTALS)
        run(statements.ADD_TOTALS)


def judged_totals(file_import: FileImport) -> JudgedTotals:
    """Return what the latest judgement found besides outcomes: new records, open decisions, unusual quantities."""
    run = StatementRunner(file_import)
    ((new_serials, new_customers),) = run.fetch_all(statements.COUNT_NEW)
    return JudgedTotals(new_serials, new_customers, record_pairs.waiting_rows(run), _unusual_quantities(run))


def _unusual_quantities(run: StatementRunner) -> dict[str, Any]:
    """How many quantities of the judged rows are unusual, and the first of them, as ``JudgedTotals`` has them."""
    ((count,),) = run.fetch_all(quantity_statements.COUNT_UNUSUAL)
    found = run.fetch_all(quantity_statements.FIRST_UNUSUAL, limit=_QUANTITIES_NAMED) if count else []
    rows = [
        {"row": row_number_of(row), "quantity": quantity, "usual": int(usual), "of": "file" if of_file else "site"}
        for row, quantity, usual, of_file in found
    ]
    return {"count": count, "rows": rows} if count else {}


# --- Problems -----------------------------------------------------------------------------------------------


def judged_problems() -> Iterator[tuple[int, tuple[str, ...], CellProblem]]:
    """Row key, cells and problem of every row that ``judge_rows`` rejected, in the order of the file."""
    for row_id, reason, detail, *values, checks in temporary_tables.rows_of(statements.PROBLEMS):
        line = PurchaseLine(*values)
        column, parameters = _PROBLEMS[reason](detail, line, checks)
        yield row_id, line.texts(), CellProblem(column, _text(line, column), reason, parameters)


def _text(line: PurchaseLine, column: str) -> str:
    """The canonical text of a column of a line."""
    return line.texts()[COLUMNS.index(column)]


def _serials(detail: str) -> list[str]:
    """Serial numbers, separated by spaces in ``detail``, as a sorted list without repetition, grouped for display."""
    return [codes.grouped(code) for code in sorted(set(detail.split()))]


_PROBLEMS: dict[str, Callable[[str, PurchaseLine, str], tuple[str, dict[str, Any]]]] = {
    "key-twice": lambda detail, line, checks: ("line", {"row": row_number_of(int(detail))}),
    "key-with-other-content": lambda detail, line, checks: (
        "purchase_reference",
        {"columns": [each for each in differing_columns(detail, checks) if each != "purchase_reference"]},
    ),
    "taken-back-meanwhile": lambda detail, line, checks: ("purchase_reference", {}),
    "product-unknown": lambda detail, line, checks: ("product", {"product": line.product}),
    "purchase-written-otherwise": lambda detail, line, checks: ("purchase_reference", {}),
    "customer-differs-from-number": lambda detail, line, checks: ("customer_number", {}),
    "customer-like-known": lambda detail, line, checks: ("customer_name", {}),
    "customer-ambiguous": lambda detail, line, checks: ("customer_number", {}),
    "serial-of-another-customer": lambda detail, line, checks: ("serial", {"serial": codes.grouped(detail)}),
    "serial-similar-to-known": lambda detail, line, checks: ("serial", {"similar": codes.grouped(detail)}),
    "serial-ambiguous": lambda detail, line, checks: ("serial", {"serials": _serials(detail)}),
    "total-out-of-range": lambda detail, line, checks: ("quantity", {"total": int(detail), "limit": MAX_QUANTITY}),
    "too-many-products": lambda detail, line, checks: (
        "product",
        {"count": int(detail), "limit": MAX_PRODUCTS_PER_SERIAL},
    ),
}


# --- Applying ------------------------------------------------------------------------------------------------


def lock_records(file_import: FileImport) -> None:
    """Take the lock on purchases until the end of the transaction: purchases are recorded one batch at a time.

    Then make the keys of records that older code wrote.
    """
    lock_purchases()
    stored_keys.fill_missing_keys(connection)


def apply_rows(file_import: FileImport) -> AppliedRows:
    """Record the good rows: new customers, sites and serials, then grants and balances. Returns the number of grants.

    ``judge_rows`` must have run just before, in the same transaction. Not idempotent by itself: judging again is what
    finds the rows unchanged.
    """
    run, before = StatementRunner(file_import), digests.BatchEnds.current()
    run(statements.NUMBER_NEW_CUSTOMERS.format(customer_id=temporary_tables.next_id("customers_customer")))
    _insert_customers(run)
    site_id, serial_id = (
        temporary_tables.next_id("customers_site", "n"),
        temporary_tables.next_id("licences_serial", "n"),
    )
    run(statements.NUMBER_NEW_SERIALS.format(site_id=site_id, serial_id=serial_id))
    _draw_codes()
    temporary_tables.analyze("new_serial", "new_customer", "new_code")
    run(statements.INSERT_SITES)
    run(statements.INSERT_SERIALS)
    came_again = run.fetch_all(reversal_statements.ANY_REVERSED)
    granted = run(
        statements.INSERT_GRANTS.format(generation=reversal_statements.NEXT_GENERATION if came_again else "NULL")
    )
    if any(odd & 1 for (odd,) in run.fetch_all(reference_statements.ODD_ROWS)):
        run(reference_statements.INSERT_KEYS)
    stored_keys.mark_references(connection)
    grant_digests = digests.digest_purchase_batch(before)
    run.lock_rows(statements.CHANGED_SERIALS)  # late, so that issuing a code waits only briefly for these rows
    run(statements.RAISE_BALANCES)
    run(statements.INSERT_BALANCES)
    return AppliedRows(granted, grant_digests)


_CUSTOMER_COLUMNS = ("id", "number", "name", *CONTACT_COLUMNS, "match_key", *CustomerKeys._fields, "name_search",
                     "created_at", "number_key")  # fmt: skip


def _insert_customers(run: StatementRunner) -> None:
    """Insert the new customers of the judged rows, with the keys of the row that names them first."""
    for chunk in batched(temporary_tables.rows_of(statements.READ_NEW_CUSTOMERS), _CHUNK):
        bulk.insert_rows("customers_customer", _CUSTOMER_COLUMNS, _keyed(chunk, str(run.now)))


def _keyed(customers: Iterable[tuple[Any, ...]], now: str) -> Iterator[list[str | None]]:
    """The rows of ``_CUSTOMER_COLUMNS`` for new customers.

    ``customers`` has a primary key, the texts of number, name and contact, and the staged keys of each; ``now`` is the
    time as the database stores it.
    """
    for customer_id, number, name, *details in customers:
        folded = matching.fold_name(name)[:400]
        yield [str(customer_id), number, name, *map(str, details), folded, now, sparse_number_key(number)]


def change_records(by: str) -> None:
    """Give customers the numbers that came later, after ``apply_rows``. ``by`` is a username."""
    take_numbers(numbers=buyers.numbers_taken(), by=by)


def _draw_codes() -> None:
    """Give every new serial that has no code yet one: what it had before a restore, else an unused random one."""
    with connection.cursor() as cursor:
        if ReturningSerial.objects.exists():
            cursor.execute(returning_statements.RETURN_CODES)
        while numbers := _serials_without_code(cursor):
            bulk.insert_rows("new_code", ("n", "code"), ((str(n), codes.new_serial()) for n in numbers))
            cursor.execute(statements.DROP_CODES_IN_USE)
            if len(numbers) < _CODES_AT_ONCE and not cursor.rowcount:
                break


def _serials_without_code(cursor: Any) -> list[int]:
    """The row numbers of at most ``_CODES_AT_ONCE`` new serials that have no code yet."""
    cursor.execute(statements.SERIALS_WITHOUT_CODE, {"limit": _CODES_AT_ONCE})
    return [n for (n,) in cursor.fetchall()]


def allocated_codes() -> list[str]:
    """The serial numbers that ``apply_rows`` allocated, canonical, in the order of the file."""
    with connection.cursor() as cursor:
        cursor.execute(statements.ALLOCATED_CODES)
        return [code for (code,) in cursor.fetchall()]


def allocations() -> Generator[Allocation, None, None]:
    """Every purchase line that ``apply_rows`` recorded, with its serial number, in the order of the file."""
    for row in temporary_tables.rows_of(returning_statements.ALLOCATIONS):
        yield Allocation(*row)


def make_searchable(file_import: FileImport) -> None:
    """Create the search texts of the new serial numbers, so that the look-up finds them."""
    search.index_new_serials()
