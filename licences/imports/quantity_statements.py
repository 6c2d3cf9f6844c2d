"""SQL that finds quantities far above what is usual (docs/imports.md#unusual-quantities).

- ``unusual_quantity``: open rows whose quantity is hinted at; ``usual`` is the site's largest earlier purchase of the
  product, or, with ``of_file`` 1, the average of the file's other rows of it
"""

from licences.imports.reversal_statements import IN_FORCE

TIMES = 10  # the usual quantity
AT_LEAST = 50  # licences; fewer are never hinted at
ROWS_OF_FILE = 10  # other rows of the product, from which on the file says what is usual

TABLES = {"unusual_quantity": "id {key}, quantity integer, usual bigint, of_file integer"}

_BOUGHT_BEFORE = f"g.serial_id = a.target AND g.product_id = a.product_id AND g.quantity > 0 AND {IN_FORCE}"

ANY_LARGE = f"SELECT 1 FROM serial_match WHERE quantity >= {AT_LEAST} LIMIT 1"

FIND_ABOVE_SITE = f"""
INSERT INTO unusual_quantity
SELECT a.id, a.quantity, max(g.quantity), 0 FROM serial_match a JOIN licences_licencegrant g ON {_BOUGHT_BEFORE}
WHERE a.quantity >= {AT_LEAST} GROUP BY a.id, a.quantity HAVING a.quantity >= {TIMES} * max(g.quantity)
"""

FIND_ABOVE_FILE = f"""
INSERT INTO unusual_quantity
SELECT a.id, a.quantity, (f.bought - a.quantity) / (f.n - 1), 1 FROM serial_match a JOIN (
    SELECT product_id, sum(quantity) AS bought, count(*) AS n FROM serial_match
    WHERE quantity > 0 GROUP BY product_id HAVING count(*) > {ROWS_OF_FILE}
) f ON f.product_id = a.product_id
WHERE a.quantity >= {AT_LEAST} AND a.quantity * (f.n - 1) >= {TIMES} * (f.bought - a.quantity)
AND NOT EXISTS (SELECT 1 FROM licences_licencegrant g WHERE {_BOUGHT_BEFORE})
"""

COUNT_UNUSUAL = "SELECT count(*) FROM unusual_quantity"
FIRST_UNUSUAL = "SELECT id, quantity, usual, of_file FROM unusual_quantity ORDER BY id LIMIT %(limit)s"
