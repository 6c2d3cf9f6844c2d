"""Purchases: what becomes of every staged row, and making it so. The statements say how, this says in which order."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from django.db import connection

from licences.domain import codes, matching
from licences.domain.codes import MAX_QUANTITY
from licences.domain.entitlements import MAX_PRODUCTS_PER_SERIAL
from licences.domain.purchase_lines import COLUMNS as COLUMNS
from licences.domain.purchase_lines import REQUIRED_COLUMNS as REQUIRED_COLUMNS
from licences.domain.purchase_lines import PurchaseLine, differing_columns, match_key
from licences.domain.row_cells import Problem
from licences.domain.staged_purchases import STAGED_COLUMNS as STAGED_COLUMNS
from licences.domain.staged_purchases import staged as staged
from licences.domain.staged_purchases import staged_line as staged_line
from licences.models import Event, FileImport, LicenceGrant, Product, StagedPurchase, row_of
from licences.operations import search
from licences.operations.imports import bulk, scratch
from licences.operations.imports import purchase_statements as steps
from licences.operations.imports.similar_serials import find_similar
from licences.operations.imports.steps import Steps
from licences.operations.locks import lock_purchases

MODEL = StagedPurchase
TABLE = steps.STAGED
LOOKED_AT = f"{TABLE} (id, purchase_reference, line)"
SCRATCH = steps.TABLES
VERDICTS = steps.VERDICTS
EVENT = Event.Kind.PURCHASES_RECORDED
_CHUNK = 1_000
_CODES_AT_ONCE = 20_000


# --- Reading ---------------------------------------------------------------------------------------------


def on_record(rows: Sequence[tuple[str, ...]]) -> set[str]:
    """The digests of what is on record of the purchases that these rows name.

    A file that comes again does so in long stretches: where neither the first nor the last row is on record, the
    others are not looked for, and judged like any rows.
    """
    named = [str(cells[0]) for cells in rows if cells[0].isprintable()] or [""]
    with connection.cursor() as cursor:
        cursor.execute(steps.ANY_GRANT, {"one": named[0], "other": named[-1]})
        if cursor.fetchone() is None:
            return set()
    grants = LicenceGrant.objects.filter(purchase_reference__in=set(named))
    return set(grants.values_list("row_digest", flat=True))


# --- Judging ---------------------------------------------------------------------------------------------


def judge(file_import: FileImport, *, done: Callable[[float], None] = lambda fraction: None) -> dict[int, int]:
    """Judge all staged rows by what is on record now; returns how many rows have which outcome.

    Leaves the tables of ``purchase_statements`` filled, for ``apply`` and for the preview.
    """
    scratch.create(steps.TABLES)
    products = {product.sku.casefold(): product.pk for product in Product.objects.all()}
    bulk.insert("product_key", ("key", "product_id"), ((key, str(pk)) for key, pk in products.items()))
    run = Steps(file_import)
    twins = _judge_keys(run)
    done(0.3)
    _judge_buyers(run)
    done(0.5)
    _judge_serials(run, file_import)
    done(0.8)
    _judge_totals(run, many_products=len(products) > MAX_PRODUCTS_PER_SERIAL)
    if twins:
        run(steps.REFUSE_REPEATED)
        run(steps.FORGET_REPEATED)
    run(steps.LIST_NEW_TARGETS)
    scratch.analyze("new_target")
    return {outcome: count for outcome, count in run.all(steps.COUNT) if count}


def _judge_keys(run: Steps) -> int:
    """Returns how many keys came more than once."""
    twins = run(steps.FIND_TWINS)
    scratch.analyze("twin", "product_key")
    run(steps.JUDGE)
    scratch.analyze("judged")
    if twins:
        run(steps.REFUSE_TWINS)
    run(steps.REFUSE_OTHER_CONTENT)
    run(steps.REFUSE_UNKNOWN_PRODUCTS)
    return twins


def _judge_buyers(run: Steps) -> None:
    run(steps.FIND_BUYERS_BY_NUMBER)
    run(steps.FIND_BUYERS_BY_KEY)
    scratch.analyze("buyer", "problem")
    if run.all(steps.ANY_AMBIGUOUS_BUYER):
        run(steps.REFUSE_AMBIGUOUS_BUYERS)
    if run.all(steps.FIND_SHARED_CUSTOMERS):
        run(steps.JOIN_BUYERS_OF_ONE_CUSTOMER)


def _judge_serials(run: Steps, file_import: FileImport) -> None:
    if run(steps.FIND_NAMED):
        scratch.analyze("named")
        refused = run(steps.REFUSE_SERIALS_OF_OTHERS)
        if not file_import.accept_similar and find_similar(run):
            refused += run(steps.REFUSE_SIMILAR)
        if refused:
            run(steps.FORGET_REFUSED_NAMES)
    listed = scratch.joined("k.code")
    run(steps.FIND_ALLOCATED)
    run(steps.REFUSE_SEVERAL_ALLOCATED.format(listed=listed))
    run(steps.REFUSE_ALLOCATED_OF_OTHERS)
    run(steps.FIND_PLACES)
    scratch.analyze("allocated", "place")
    run(steps.FIND_CANDIDATES)
    scratch.analyze("candidate")
    run(steps.FIND_SPOTS)
    scratch.analyze("spot")
    if run.all(steps.ANY_SEVERAL_AT_A_SITE):
        run(steps.REFUSE_SEVERAL_AT_A_SITE.format(listed=listed))
    run(steps.AIM)
    scratch.analyze("aimed")


def _judge_totals(run: Steps, *, many_products: bool) -> None:
    run(steps.ADD_UP)
    scratch.analyze("total")
    refused = run(steps.REFUSE_TOTALS)
    _drop_refused(run, refused)
    if many_products:
        refused = run(steps.REFUSE_TOO_MANY_PRODUCTS)
        _drop_refused(run, refused)


def _drop_refused(run: Steps, refused: int) -> None:
    if refused:
        run(steps.DROP_REFUSED)
        run(steps.CLEAR_TOTALS)
        run(steps.ADD_UP)


# --- What is wrong ------------------------------------------------------------------------------------------


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


_PROBLEMS: dict[str, Callable[[str, PurchaseLine, str], tuple[str, dict[str, Any]]]] = {
    "key-twice": lambda detail, line, checks: ("line", {"row": row_of(int(detail))}),
    "key-with-other-content": lambda detail, line, checks: (
        "purchase_reference",
        {"columns": differing_columns(detail, checks)},
    ),
    "product-unknown": lambda detail, line, checks: ("product", {"product": line.product}),
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


def hold(file_import: FileImport) -> None:
    """Whoever records purchases waits for each other, whatever they are."""
    lock_purchases()


def apply(file_import: FileImport) -> int:
    """Make the rows that were judged good into grants; returns how many. ``judge`` ran in the same transaction."""
    run = Steps(file_import)
    run(steps.NUMBER_NEW_CUSTOMERS.format(customer_id=scratch.next_id("customers_customer")))
    _insert_customers(run)
    site_id, serial_id = scratch.next_id("customers_site", "n"), scratch.next_id("licences_serial", "n")
    run(steps.NUMBER_NEW_TARGETS.format(site_id=site_id, serial_id=serial_id))
    _draw_codes()
    scratch.analyze("new_target", "new_customer", "new_code")
    run(steps.INSERT_SITES)
    run(steps.INSERT_SERIALS)
    granted = run(steps.INSERT_GRANTS)
    run.hold(steps.TOUCHED_SERIALS)  # whoever makes a code sees all of this or nothing, and waits as short as can be
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


def _insert_customers(run: Steps) -> None:
    """Their keys are made here, not by the database: one spelling of “the same name” for everything."""
    with scratch.chunked_cursor() as cursor:
        cursor.execute(steps.NEW_CUSTOMERS)
        while chunk := cursor.fetchmany(_CHUNK):
            bulk.insert("customers_customer", _CUSTOMER_COLUMNS, _keyed(chunk, str(run.now)))


def _keyed(customers: Iterable[tuple[Any, ...]], now: str) -> Iterator[list[str | None]]:
    for customer_id, number, name, address_line1, *rest, staged_key in customers:
        key = staged_key or match_key(name, address_line1, rest[1])  # who has a number was not looked for by name
        yield [str(customer_id), number, name, address_line1, *rest, matching.fold_name(name)[:400], key, now]


def _draw_codes() -> None:
    """A new serial number for every target without one, none of them in use."""
    with connection.cursor() as cursor:
        while wanted := _without_code(cursor):
            bulk.insert("new_code", ("n", "code"), ((str(n), codes.new_serial()) for n in wanted))
            cursor.execute(steps.FORGET_CODES_IN_USE)


def _without_code(cursor: Any) -> list[int]:
    cursor.execute(steps.WITHOUT_CODE, {"limit": _CODES_AT_ONCE})
    return [n for (n,) in cursor.fetchall()]


def allocated() -> list[str]:
    """The serial numbers that ``apply`` made and nobody had named, in the order of the file."""
    with connection.cursor() as cursor:
        cursor.execute(steps.ALLOCATED)
        return [code for (code,) in cursor.fetchall()]


def make_searchable(file_import: FileImport) -> None:
    """Let the look-up find the new serial numbers."""
    search.catch_up()
