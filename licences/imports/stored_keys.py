"""Keys of records that older code wrote (docs/decisions.md#schema-changes): made in batches, by a migration and,
for what was written while it ran, before purchases are judged for the last time.

It is plain SQL, so that a migration can call it whatever the models look like. Writes under the lock on purchases.
"""

from typing import Any

from django.db import transaction

from licences.domain.customer_keys import CustomerKeys, customer_keys, sparse_number_key
from licences.domain.record_keys import reference_key

_CUSTOMERS = 2_000  # in one transaction
_GRANTS = 20_000

_WITHOUT_KEYS = """
SELECT id, match_key, number, name, address_line1, postcode, country, contact_phone
FROM customers_customer WHERE details_key = '' ORDER BY id LIMIT %s
"""
_SET_KEYS = f"""
UPDATE customers_customer SET number_key = %s, {", ".join(f"{column} = %s" for column in CustomerKeys._fields)}
WHERE id = %s
"""
_ERASED = CustomerKeys("", "", 0, 0, 0)


def fill_missing_keys(connection: Any) -> None:
    """Make the keys of customers and purchase references that have none. Idempotent."""
    while _fill_customers(connection):
        pass
    while _fill_references(connection):
        pass


def _fill_customers(connection: Any) -> int:
    """Make the search and match keys of the next customers that have none; returns how many customers."""
    with transaction.atomic(using=connection.alias, savepoint=False), connection.cursor() as cursor:
        cursor.execute(_WITHOUT_KEYS, [_CUSTOMERS])
        rows = cursor.fetchall()
        if rows:
            cursor.executemany(_SET_KEYS, [_customer_values(*row) for row in rows])
    return len(rows)


def _customer_values(customer_id: int, key: str, number: str, *details: str) -> tuple[Any, ...]:
    """The parameters of ``_SET_KEYS`` for the customer with this primary key: the keys of its number and details.

    ``number`` and ``details`` are the stored texts, ``key`` is the stored match key. A customer that was erased, as
    that key says, gets keys that no purchase matches.
    """
    keys = _ERASED._replace(details_key=key) if key.startswith("erased ") else customer_keys(*details)
    return (sparse_number_key(number), *keys, customer_id)


def _fill_references(connection: Any) -> bool:
    """Make the keys of the references of the next grants after the mark; returns whether there were any."""
    with transaction.atomic(using=connection.alias, savepoint=False), connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(grant_id), 0) FROM licences_purchasereferencemark")
        (mark,) = cursor.fetchone()
        cursor.execute("SELECT id FROM licences_licencegrant WHERE id > %s ORDER BY id LIMIT %s", [mark, _GRANTS])
        ids = [grant for (grant,) in cursor.fetchall()]
        if not ids:
            return False
        cursor.execute(
            "SELECT DISTINCT purchase_reference FROM licences_licencegrant WHERE id BETWEEN %s AND %s",
            [ids[0], ids[-1]],
        )
        keyed = [(text, reference_key(text)) for (text,) in cursor.fetchall()]
        cursor.executemany(
            "INSERT INTO licences_purchasereferencekey (reference, key) VALUES (%s, %s) ON CONFLICT DO NOTHING",
            [(text, key) for text, key in keyed if text != key],
        )
        _set_mark(cursor, ids[-1])
    return True


def mark_references(connection: Any) -> None:
    """Note that the references of all grants have their keys: they were inserted together, under the lock.

    ``fill_missing_keys`` then reads none of these grants.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(id), 0) FROM licences_licencegrant")
        _set_mark(cursor, cursor.fetchone()[0])


def _set_mark(cursor: Any, grant_id: int) -> None:
    """Note that the grants up to this primary key have the keys of their references."""
    cursor.execute(
        "INSERT INTO licences_purchasereferencemark (id, grant_id) VALUES (1, %s) "
        "ON CONFLICT (id) DO UPDATE SET grant_id = excluded.grant_id",
        [grant_id],
    )
