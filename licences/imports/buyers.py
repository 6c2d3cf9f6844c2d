"""Who buys: the customers of the rows of a purchase file (docs/decisions.md#who-is-this-customer)."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from django.db import connection

from customers.contact import CONTACT_COLUMNS
from licences.domain.customer_keys import pair_digest
from licences.domain.customer_likeness import are_names_alike, may_be_alike
from licences.domain.matching import name_key
from licences.domain.record_keys import number_key
from licences.imports import bulk, record_pairs, temporary_tables
from licences.imports import buyer_statements as statements
from licences.imports.new_buyers import digest_of_parties, judge_new_lookalikes
from licences.imports.record_pairs import Decision, FoundPair, Kind
from licences.imports.rows.purchase_lines import party_keys
from licences.imports.statement_runner import StatementRunner
from licences.models import FileImport, row_number_of

_PARTY = ", ".join(f"s.{column}" for column in ("customer_name", *CONTACT_COLUMNS, "site_name"))
_alike = lru_cache(maxsize=4096)(are_names_alike)


def judge_buyers(run: StatementRunner, file_import: FileImport) -> None:
    """Find out which customer each row of a file of purchases means, and reject rows for which a person has to say it.

    A customer is found by number, or else by name, address and postcode. Rows with and without a customer number that
    mean the same customer get the same buyer. Judged are the rows that no earlier step rejected or found unchanged;
    ``run`` runs statements on them. Rows are rejected with ``customer-differs-from-number``, ``customer-like-known``
    and ``customer-ambiguous``. Rule: docs/decisions.md#who-is-this-customer.
    """
    temporary_tables.analyze_grown("customers_customer")
    _find_by_number(run)
    _judge_names(run, file_import)
    run(statements.FIND_BUYERS_BY_KEY)
    run(statements.FIND_TAKERS)
    if run.fetch_all(statements.ANY_TAKER):
        run(statements.DROP_SECOND_TAKERS)
    run(statements.JOIN_NEW_BUYERS)
    temporary_tables.analyze("buyer", "problem")
    _judge_lookalikes(run, file_import)
    judge_new_lookalikes(run, file_import)
    if run.fetch_all(statements.ANY_AMBIGUOUS_BUYER):
        run(statements.REFUSE_AMBIGUOUS_BUYERS)
    if run.fetch_all(statements.FIND_SHARED_CUSTOMERS):
        run(statements.JOIN_BUYERS_OF_ONE_CUSTOMER)


def _find_by_number(run: StatementRunner) -> None:
    """Find the customers on record that have the numbers of the rows, in any spelling; fills the table ``buyer``."""
    run(statements.FIND_BUYERS_BY_NUMBER)
    temporary_tables.analyze("buyer")
    written_otherwise = run(statements.FIND_KEYS_ON_RECORD)
    if run.fetch_all(statements.ANY_NUMBER_KEY):
        written_otherwise += run(statements.FIND_NUMBER_KEYS)
    if written_otherwise:
        run(statements.FIND_HOLDERS)


# --- Customers that differ from the number -------------------------------------------------------------


def _judge_names(run: StatementRunner, file_import: FileImport) -> None:
    """Reject rows (``customer-differs-from-number``) whose name is not that of the customer with their number.

    Where nobody has the number, the first row with it in the file counts as that customer. Where somebody decided that
    both are the same, or that they are two, that counts instead.
    """
    odd: dict[tuple[int, str], FoundPair] = {}
    for buyer, name, row, rows, customer, key, known, holder in run.fetch_all(statements.ODD_NAMES):
        if not (_alike(name, known) or (holder != known and _alike(name, holder))):
            pair = pair_digest(Kind.NUMBER, key, name_key(name), customer)
            in_file = _digest_of_names(key, name, known)
            odd[buyer, name] = FoundPair(Kind.NUMBER, pair, row, rows, customer, in_file=in_file)
    for buyer, name, row, rows, key, first, known in run.fetch_all(statements.ODD_NAMES_IN_FILE):
        if not _alike(name, known):
            pair = _digest_of_names(key, name, known)
            odd[buyer, name] = FoundPair(Kind.NUMBER, pair, row, rows, reference=str(row_number_of(first)))
    if not odd:
        return
    decided = record_pairs.decide_pairs(file_import, odd.values())
    states = {key: decided.get(each.pair, "") for key, each in odd.items()}
    bulk.insert_rows(
        "odd_name",
        ("buyer", "customer_name", "pair"),
        (
            (str(buyer), name, "" if state else odd[buyer, name].pair)
            for (buyer, name), state in states.items()
            if state != Decision.SAME
        ),
    )
    run(statements.REFUSE_ODD_NAMES)
    if Decision.ANOTHER in states.values():
        _leave_out_numbers(run)


def _digest_of_names(key: str, name: str, first: str) -> str:
    """The digest of a pair of two rows of a file: the second has a ``name`` beside the number that ``first`` has.

    ``key`` is the key of the number.
    """
    return pair_digest(Kind.NUMBER, "file", key, name_key(name), name_key(first))


def _leave_out_numbers(run: StatementRunner) -> None:
    """Give rows whose number is somebody else's, as a person decided, the buyer that they have without it."""
    rows = run.fetch_all(statements.ROWS_OF_OTHERS.format(party=_PARTY))
    bulk.insert_rows(
        "other_buyer",
        ("id", "buyer", "buyer_site"),
        ((str(row), keys.buyer, keys.buyer_site) for row, *texts in rows for keys in [party_keys(("", *texts))]),
    )
    run(statements.MOVE_ROWS_OF_OTHERS)
    run(statements.ADD_OTHER_BUYERS)


# --- New customers like known ones -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Lookalike:
    """A new buyer and a customer on record who looks like it."""

    buyer: int
    row: int
    customer: int
    pair: str
    in_file: str


def _judge_lookalikes(run: StatementRunner, file_import: FileImport) -> None:
    """Reject rows (``customer-like-known``) of new customers who look like one on record.

    Where somebody decided whether they are the same, that counts instead.
    """
    if not run.fetch_all(statements.ANY_NEW_BUYER_BESIDE_OTHERS):
        return
    if not sum([run(statement) for statement in statements.FIND_BLOCK_MATES]):
        return
    found = list(_lookalikes())
    if not found:
        return
    pairs = [FoundPair(Kind.LOOKALIKE, each.pair, each.row, in_file=each.in_file) for each in found]
    decided = record_pairs.decisions_on_pairs(file_import, pairs)
    known = {each.buyer: each.customer for each in found if decided.get(each.pair) == Decision.SAME}
    open_ = [each for each in found if each.buyer not in known and each.pair not in decided]
    waiting = {each.buyer: each.pair for each in reversed(open_)}
    _insert("waiting_buyer", "pair", waiting)
    _insert("decided_buyer", "customer_id", known)
    rows = dict(run.fetch_all(statements.ROWS_OF_BUYERS))
    record_pairs.decide_pairs(
        file_import,
        (
            replace(pair, rows=rows.get(each.buyer, 0), customer_id=each.customer)
            for pair, each in zip(pairs, found, strict=True)
        ),
    )
    if waiting:
        run(statements.REFUSE_WAITING_BUYERS)
    if known:
        run(statements.SET_DECIDED_BUYERS)
        run(statements.DROP_SECOND_TAKERS)


def _insert(table: str, column: str, values: dict[int, str] | dict[int, int]) -> None:
    """Insert rows into a temporary table of buyers: ``values`` maps a buyer's number to the value of ``column``."""
    bulk.insert_rows(table, ("buyer", column), ((str(buyer), str(value)) for buyer, value in values.items()))


def _lookalikes() -> Iterator[_Lookalike]:
    """The new buyers that look like a customer on record, in the order of the file."""
    mates = temporary_tables.rows_of(statements.BLOCK_MATES)
    for buyer, row, number, details, name, customer, known, known_number, known_details in mates:
        if may_be_alike(name, known) and _alike(name, known):
            pair = pair_digest(Kind.LOOKALIKE, number, details, customer)
            in_file = digest_of_parties((number, details), (number_key(known_number), known_details))
            yield _Lookalike(buyer, row, customer, pair, in_file)


# --- Applying ---------------------------------------------------------------------------------------------


def numbers_taken() -> dict[int, str]:
    """Return customer → the number that it takes from the good rows of the judgement just made."""
    with connection.cursor() as cursor:
        cursor.execute(statements.ANY_TAKER)
        if cursor.fetchone() is None:
            return {}
        cursor.execute(statements.TAKERS)
        return dict(cursor.fetchall())
