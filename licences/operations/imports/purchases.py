"""Purchases: what becomes of every staged row, and making it so. The statements say how, this says in which order."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.db import connection
from django.utils import timezone

from licences.domain import codes, matching
from licences.domain.codes import MAX_QUANTITY
from licences.domain.entitlements import MAX_PRODUCTS_PER_SERIAL
from licences.domain.near_misses import near_misses
from licences.domain.purchase_lines import (
    COLUMNS,
    REQUIRED_COLUMNS,
    PurchaseLine,
    differing_columns,
    match_key,
    parse_cells,
    site_key,
)
from licences.domain.row_cells import Problem
from licences.models import FileImport, Product, Serial, StagedPurchase, row_of
from licences.operations.imports import bulk, hashes, scratch
from licences.operations.imports import purchase_statements as steps

STAGED_COLUMNS = (
    "id",
    *COLUMNS,
    "product_key",
    "buyer",
    "place",
    "match_key",
    "site_key",
    "allocation_key",
    "row_digest",
    "column_checks",
)
MODEL = StagedPurchase
TABLE = steps.STAGED
_CHUNK = 5_000


def staged(row_id: int, cells: tuple[str, ...]) -> tuple[str | None, ...] | list[Problem]:
    """The values of ``STAGED_COLUMNS`` for a row of a file, or its problems."""
    line = parse_cells(cells)
    return line if isinstance(line, list) else _staged_line(row_id, line)


def _staged_line(row_id: int, line: PurchaseLine) -> tuple[str | None, ...]:
    site = site_key(line.site_name)
    customer = line.customer_key()
    texts = line.texts()
    return (
        str(row_id),
        *texts[:2],
        texts[2] or None,
        *texts[3:6],
        texts[6] or None,
        *texts[7:],
        line.product.casefold(),
        hashes.number(customer),
        hashes.number(f"{customer}\x1f{site}"),
        "" if line.customer_number else customer,
        site,
        hashes.digest(f"{line.purchase_reference}\x1f{customer}\x1f{site}"),
        hashes.digest("\x1f".join(texts)),
        line.column_checks(),
    )


# --- Judging ---------------------------------------------------------------------------------------------


def judge(file_import: FileImport) -> dict[int, int]:
    """Judge all staged rows by what is on record now; returns how many rows have which outcome.

    Leaves the tables of ``purchase_statements`` filled, for ``apply`` and for the preview.
    """
    scratch.create(steps.TABLES)
    products = {product.sku.casefold(): product.pk for product in Product.objects.all()}
    bulk.insert("product_key", ("key", "product_id"), ((key, str(pk)) for key, pk in products.items()))
    run = _Steps(file_import)
    _judge_keys(run)
    _judge_buyers(run)
    _judge_serials(run, file_import)
    _judge_totals(run, many_products=len(products) > MAX_PRODUCTS_PER_SERIAL)
    run(steps.LIST_NEW_TARGETS)
    scratch.analyze("new_target")
    return {outcome: count for outcome, count in run.all(steps.COUNT) if count}


class _Steps:
    """Runs statements with the import's range of keys; says how many rows each one touched."""

    def __init__(self, file_import: FileImport) -> None:
        lo, hi = file_import.row_ids
        self.now = connection.ops.adapt_datetimefield_value(timezone.now())
        self.parameters = {"lo": lo, "hi": hi, "file_import": file_import.pk, "now": self.now}

    def __call__(self, statement: str, **parameters: Any) -> int:
        with connection.cursor() as cursor:
            cursor.execute(statement, self.parameters | parameters)
            return int(cursor.rowcount)

    def all(self, statement: str) -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(statement, self.parameters)
            return list(cursor.fetchall())


def _judge_keys(run: _Steps) -> None:
    twins = run(steps.FIND_TWINS)
    scratch.analyze("twin", "product_key")
    run(steps.JUDGE)
    scratch.analyze("judged")
    if twins:
        run(steps.REFUSE_TWINS)
    run(steps.REFUSE_OTHER_CONTENT)
    run(steps.REFUSE_UNKNOWN_PRODUCTS)


def _judge_buyers(run: _Steps) -> None:
    run(steps.FIND_BUYERS_BY_NUMBER)
    run(steps.FIND_BUYERS_BY_KEY)
    scratch.analyze("buyer", "problem")
    run(steps.REFUSE_AMBIGUOUS_BUYERS)


def _judge_serials(run: _Steps, file_import: FileImport) -> None:
    if run(steps.FIND_NAMED):
        scratch.analyze("named")
        run(steps.REFUSE_SERIALS_OF_OTHERS)
        if not file_import.accept_similar:
            _refuse_similar(run)
        run(steps.FORGET_REFUSED_NAMES)
    listed = scratch.joined("k.code")
    run(steps.FIND_ALLOCATED)
    run(steps.REFUSE_SEVERAL_ALLOCATED.format(listed=listed))
    run(steps.FIND_PLACES)
    scratch.analyze("allocated", "place")
    run(steps.FIND_CANDIDATES)
    scratch.analyze("candidate")
    run(steps.FIND_SPOTS)
    run(steps.JOIN_SPOTS_OF_ONE_CUSTOMER)
    scratch.analyze("spot")
    run(steps.REFUSE_SEVERAL_AT_A_SITE.format(listed=listed))
    run(steps.AIM)
    scratch.analyze("aimed")


def _refuse_similar(run: _Steps) -> None:
    """An unknown serial one slip away from a known one is rather a slip than a new one (decisions.md 10)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT code FROM named WHERE target < 0 ORDER BY code")
        unknown = [code for (code,) in cursor.fetchall()]
    for start in range(0, len(unknown), _SIMILAR_CHUNK):
        wanted: dict[str, list[str]] = {}
        for code in unknown[start : start + _SIMILAR_CHUNK]:
            for similar in near_misses(code, codes.SERIAL_LENGTH):
                wanted.setdefault(similar, []).append(code)
        known = Serial.objects.filter(code__in=list(wanted)).order_by("code").values_list("code", flat=True)
        for similar in known:
            for code in wanted[similar]:
                run(steps.REFUSE_SIMILAR, code=code, similar=similar)


_SIMILAR_CHUNK = 50


def _judge_totals(run: _Steps, *, many_products: bool) -> None:
    run(steps.ADD_UP)
    scratch.analyze("total")
    refused = run(steps.REFUSE_TOTALS)
    _drop_refused(run, refused)
    if many_products:
        refused = run(steps.REFUSE_TOO_MANY_PRODUCTS)
        _drop_refused(run, refused)


def _drop_refused(run: _Steps, refused: int) -> None:
    if refused:
        run(steps.DROP_REFUSED)
        run(steps.CLEAR_TOTALS)
        run(steps.ADD_UP)


# --- What a preview keeps ------------------------------------------------------------------------------------


def keep_outcomes(file_import: FileImport) -> None:
    """Keep what was judged of every row, for the pages of the preview."""
    _Steps(file_import)(steps.KEEP_OUTCOMES)


def problems() -> Iterator[tuple[int, tuple[str, ...], Problem]]:
    """Row key, cells and problem of every row that was refused as it was judged."""
    with scratch.chunked_cursor() as cursor:
        cursor.execute(steps.PROBLEMS)
        while chunk := cursor.fetchmany(_CHUNK):
            for row_id, reason, detail, *values, checks in chunk:
                line = PurchaseLine(*values)
                column, parameters = _PROBLEMS[reason](detail, line, checks)
                yield row_id, line.texts(), Problem(column, _text(line, column), reason, parameters)


def _text(line: PurchaseLine, column: str) -> str:
    return line.texts()[COLUMNS.index(column)]


def _serials(detail: str) -> list[str]:
    return [codes.grouped(code) for code in sorted(set(detail.split()))]


_PROBLEMS = {
    "key-twice": lambda detail, line, checks: ("line", {"row": row_of(int(detail))}),
    "key-with-other-content": lambda detail, line, checks: (
        "purchase_reference",
        {"columns": differing_columns(detail, checks)},
    ),
    "product-unknown": lambda detail, line, checks: ("product", {"product": line.product}),
    "customer-ambiguous": lambda detail, line, checks: ("customer_number", {}),
    "serial-of-another-customer": lambda detail, line, checks: ("serial", {"serial": codes.grouped(line.serial)}),
    "serial-similar-to-known": lambda detail, line, checks: ("serial", {"similar": codes.grouped(detail)}),
    "serial-ambiguous": lambda detail, line, checks: ("serial", {"serials": _serials(detail)}),
    "total-out-of-range": lambda detail, line, checks: ("quantity", {"total": int(detail), "limit": MAX_QUANTITY}),
    "too-many-products": lambda detail, line, checks: (
        "product",
        {"count": int(detail), "limit": MAX_PRODUCTS_PER_SERIAL},
    ),
}


# --- Applying ------------------------------------------------------------------------------------------------


def apply(file_import: FileImport) -> int:
    """Make the rows that were judged good into grants; returns how many. ``judge`` ran in the same transaction."""
    run = _Steps(file_import)
    run(steps.NUMBER_NEW_CUSTOMERS.format(customer_id=scratch.next_id("customers_customer")))
    _insert_customers(run)
    site_id, serial_id = scratch.next_id("customers_site", "n"), scratch.next_id("licences_serial", "n")
    run(steps.NUMBER_NEW_TARGETS.format(site_id=site_id, serial_id=serial_id))
    _draw_codes()
    scratch.analyze("new_target", "new_customer", "new_code")
    run(steps.INSERT_SITES)
    run(steps.INSERT_SERIALS)
    granted = run(steps.INSERT_GRANTS)
    run(steps.RAISE_BALANCES)
    run(steps.INSERT_BALANCES)
    return granted


_CUSTOMER_COLUMNS = (
    "id",
    "number",
    "name",
    "address_line1",
    "address_line2",
    "postcode",
    "city",
    "country",
    "contact_name",
    "contact_phone",
    "contact_email",
    "name_search",
    "match_key",
    "created_at",
)


def _insert_customers(run: _Steps) -> None:
    """Their keys are made here, not by the database: one spelling of “the same name” for everything."""
    with scratch.chunked_cursor() as cursor:
        cursor.execute(steps.NEW_CUSTOMERS)
        while chunk := cursor.fetchmany(_CHUNK):
            bulk.insert("customers_customer", _CUSTOMER_COLUMNS, _keyed(chunk, str(run.now)))


def _keyed(customers: Iterable[tuple[Any, ...]], now: str) -> Iterator[list[str | None]]:
    for customer_id, number, name, address_line1, *rest in customers:
        search, key = matching.fold_name(name)[:400], match_key(name, address_line1, rest[1])
        yield [str(customer_id), number, name, address_line1, *rest, search, key, now]


def _draw_codes() -> None:
    """A new serial number for every target without one, none of them in use."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT n FROM new_target WHERE code = '' ORDER BY n")
        wanted = [n for (n,) in cursor.fetchall()]
        while wanted:
            bulk.insert("new_code", ("n", "code"), ((str(n), codes.new_serial()) for n in wanted))
            cursor.execute(steps.FIND_CODES_IN_USE)
            wanted = [n for (n,) in cursor.fetchall()]
            cursor.executemany("DELETE FROM new_code WHERE n = %s", [(n,) for n in wanted])


