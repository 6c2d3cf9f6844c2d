"""Further millions of synthetic serial numbers: copies of the first million with their own numbers and codes.

PostgreSQL copies the rows itself, many times faster than Python could generate them.
"""

from django.db import connection, transaction

from licences.domain.codes import ALPHABET, BASE, SERIAL_LENGTH, SITE_ID_LENGTH
from tests.benchmarks import synthetic

_CODE = f"""
CREATE OR REPLACE FUNCTION pg_temp.code(number bigint, factor bigint, length integer) RETURNS text
LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    value bigint := (number::numeric * factor * {synthetic.SCATTER} % {BASE}::numeric ^ length)::bigint;
    symbols text := '';
BEGIN
    FOR place IN 1..length LOOP
        symbols := symbols || substr('{ALPHABET}', (value % {BASE})::integer + 1, 1);
        value := value / {BASE};
    END LOOP;
    RETURN symbols;
END $$
"""
_DIGEST = "lpad(to_hex(id + %(offset)s), 32, '0')"
# Columns that are not simply copied; those that end in id grow by the offset.
_OWN = {
    "customers_customer": {"number": "'C' || (id + %(offset)s)", "match_key": _DIGEST},
    "licences_serial": {"code": f"pg_temp.code(id + %(offset)s, 1, {SERIAL_LENGTH})"},
    "licences_installation": {
        "site_id": f"pg_temp.code(id + %(offset)s, {synthetic.SITE_ID_FACTOR}, {SITE_ID_LENGTH})"
    },
    "licences_licencegrant": {
        "purchase_reference": "'PO-' || lpad((id + %(offset)s)::text, 9, '0')",
        "product_id": "product_id",
    },
    "licences_balance": {"product_id": "product_id"},
    "licences_searchtext": {
        "text": "regexp_replace(text, '  c[0-9]+', '  c' || (serial_id + %(offset)s - (serial_id %% 5 = 0)::integer))"
    },
}


@transaction.atomic
def copy_first_million(offset: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_CODE)
        for table, columns in synthetic.TABLES.items():
            own = _OWN.get(table, {})
            values = [own.get(name) or _value(name) for name in columns]
            key = columns[0]
            cursor.execute(
                f"INSERT INTO {table} ({', '.join(columns)}) SELECT {', '.join(values)} FROM {table} "
                f"WHERE {key} <= {synthetic.PARTIES}",
                {"offset": offset},
            )


def _value(column: str) -> str:
    return f"{column} + %(offset)s" if column == "id" or column.endswith("_id") else column
