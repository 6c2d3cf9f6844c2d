"""SQL that judges and applies a file of purchases, each statement over all its rows (docs/imports.md#purchases).

The same statements run on both databases. ``lo`` and ``hi`` are the ends of the import's range of row keys. They fill
temporary tables, in which a row is *open* until it is unchanged or has a problem:

- ``duplicate_in_file``: purchase keys that the file repeats; ``contents`` is 2 where the rows differ
- ``judged``: every staged row; ``outcome`` is set where the row is unchanged; ``odd`` is 1 where its reference is not
  its own key, 2 where it has something that cannot be seen, 3 for both, else 0
- ``problem``: rows that cannot be imported, with the first reason found for each
- ``named_serial``: the serial numbers that open rows name
- ``allocated_before``: rows whose purchase was given a serial earlier; ``serial_id`` is -1 where there are several
- ``named_site``: the sites of the remaining rows, which name no serial number
- ``site_candidate``: the serial numbers at those sites
- ``site_match``: the target of each such site, 0 where there are several candidates
- ``serial_match``: open rows with their target and quantity
- ``total``: what they add per target and product
- ``new_serial``: the serial numbers to create; ``code`` is empty where one will be allocated
- ``new_customer``, ``new_code``: the customers to create, and the codes for serials without one

``buyer_statements``, ``reference_statements`` and ``record_pairs`` have further tables. A *target* is the id of a known
serial, or minus the key of the first row that names a new one.
"""

from customers.contact import CONTACT_COLUMNS
from licences.domain.codes import MAX_QUANTITY
from licences.domain.customer_keys import CustomerKeys
from licences.domain.entitlements import MAX_PRODUCTS_PER_SERIAL
from licences.imports.reversal_statements import IN_FORCE
from licences.imports.rows.purchase_lines import COLUMNS

UNCHANGED = 5

TABLES = {
    "product_key": "key text PRIMARY KEY, product_id bigint",
    "duplicate_in_file": "purchase_reference text, line bigint, first_id bigint, last_id bigint, contents integer, "
    "PRIMARY KEY (purchase_reference, line)",
    "judged": "id {key}, outcome integer, ref_known integer, product_id bigint, quantity integer, buyer bigint, "
    "buyer_site bigint, serial text, odd integer",
    "problem": "id {key}, reason text, detail text",
    "named_serial": "code text PRIMARY KEY, buyer bigint, buyer_site bigint, target bigint UNIQUE",
    "allocated_before": "id {key}, serial_id bigint",
    "named_site": "buyer_site {key}, buyer bigint, first_id bigint",
    "site_candidate": "buyer_site bigint, target bigint, code text, PRIMARY KEY (buyer_site, target)",
    "site_match": "buyer_site {key}, target bigint",
    "serial_match": "id {key}, target bigint, product_id bigint, quantity integer, buyer bigint",
    "new_serial": "target {key}, first_id bigint, buyer bigint, code text, n bigint, site_id bigint, serial_id bigint",
    "new_customer": "buyer {key}, first_id bigint, customer_id bigint",
    "new_code": "n {key}, code text",
    "total": "target bigint, product_id bigint, added bigint, PRIMARY KEY (target, product_id)",
}

STAGED = "licences_stagedpurchase"

# --- What is on record already ----------------------------------------------------------------------

ANY_GRANT = "SELECT 1 FROM licences_licencegrant WHERE purchase_reference IN (%(one)s, %(other)s) LIMIT 1"

FIND_DUPLICATES = f"""
INSERT INTO duplicate_in_file
SELECT purchase_reference, line, min(id), max(id), CASE WHEN min(row_digest) = max(row_digest) THEN 1 ELSE 2 END
FROM {STAGED}
WHERE id BETWEEN %(lo)s AND %(hi)s GROUP BY purchase_reference, line HAVING count(*) > 1
"""

MATCH_TO_RECORDS = f"""
INSERT INTO judged
SELECT s.id,
    CASE WHEN t.contents > 1 THEN NULL
        WHEN g.row_digest = s.row_digest OR (g.row_digest IS NULL AND s.id > t.first_id) THEN {UNCHANGED} END,
    CASE WHEN EXISTS (SELECT 1 FROM licences_licencegrant k WHERE k.purchase_reference = s.purchase_reference)
        THEN 1 ELSE 0 END,
    p.product_id, s.quantity, s.buyer, s.place, s.serial,
    CASE WHEN s.reference_key = '' THEN 0 ELSE 1 END + CASE WHEN s.raw_digest = '' THEN 0 ELSE 2 END
FROM {STAGED} s
LEFT JOIN licences_licencegrant g ON g.purchase_reference = s.purchase_reference AND g.line = s.line AND {IN_FORCE}
LEFT JOIN product_key p ON p.key = s.product_key
LEFT JOIN duplicate_in_file t ON t.purchase_reference = s.purchase_reference AND t.line = s.line
WHERE s.id BETWEEN %(lo)s AND %(hi)s
ORDER BY s.id
"""

REFUSE_DUPLICATES = f"""
INSERT INTO problem
SELECT s.id, 'key-twice', CASE WHEN s.id = t.first_id THEN t.last_id ELSE t.first_id END
FROM duplicate_in_file t JOIN {STAGED} s ON s.purchase_reference = t.purchase_reference AND s.line = t.line
WHERE t.contents > 1 AND s.id BETWEEN %(lo)s AND %(hi)s
"""

REFUSE_OTHER_CONTENT = f"""
INSERT INTO problem
SELECT j.id, 'key-with-other-content', g.column_checks
FROM judged j JOIN {STAGED} s ON s.id = j.id
JOIN licences_licencegrant g ON g.purchase_reference = s.purchase_reference AND g.line = s.line
WHERE j.ref_known = 1 AND j.outcome IS NULL AND {IN_FORCE}
ON CONFLICT DO NOTHING
"""

REFUSE_UNKNOWN_PRODUCTS = """
INSERT INTO problem SELECT id, 'product-unknown', '' FROM judged WHERE product_id IS NULL AND outcome IS NULL
ON CONFLICT DO NOTHING
"""

OPEN = "j.outcome IS NULL AND NOT EXISTS (SELECT 1 FROM problem x WHERE x.id = j.id)"

# --- Serial numbers ------------------------------------------------------------------------------------

FIND_NAMED_SERIALS = f"""
INSERT INTO named_serial
SELECT f.serial, r.buyer, r.buyer_site, coalesce(k.id, -f.first_id)
FROM (SELECT serial, min(id) AS first_id FROM judged j WHERE serial <> '' AND {OPEN} GROUP BY serial) f
JOIN judged r ON r.id = f.first_id
LEFT JOIN licences_serial k ON k.code = f.serial
"""

REFUSE_SERIALS_OF_OTHERS = f"""
INSERT INTO problem
SELECT j.id, 'serial-of-another-customer', j.serial
FROM judged j JOIN named_serial n ON n.code = j.serial JOIN buyer b ON b.buyer = j.buyer
LEFT JOIN licences_serial k ON k.id = n.target LEFT JOIN customers_site t ON t.id = k.site_id
WHERE j.serial <> '' AND {OPEN}
AND (CASE WHEN n.target > 0 THEN b.customer_id IS NULL OR b.customer_id <> t.customer_id ELSE j.buyer <> n.buyer END)
"""

REFUSE_SIMILAR_SERIALS = f"""
INSERT INTO problem SELECT j.id, 'serial-similar-to-known', min(s.known)
FROM judged j JOIN similar_serial s ON s.code = j.serial WHERE {OPEN} GROUP BY j.id
"""

DROP_REFUSED_SERIALS = f"""
DELETE FROM named_serial WHERE code IN (
    SELECT n.code FROM named_serial n
    LEFT JOIN (SELECT DISTINCT j.serial FROM judged j WHERE j.serial <> '' AND {OPEN}) kept ON kept.serial = n.code
    WHERE kept.serial IS NULL)
"""

FIND_ALLOCATED_BEFORE = f"""
INSERT INTO allocated_before
SELECT j.id, CASE WHEN min(g.serial_id) = max(g.serial_id) THEN min(g.serial_id) ELSE -1 END
FROM judged j JOIN {STAGED} s ON s.id = j.id
JOIN licences_licencegrant g ON g.purchase_reference = s.purchase_reference AND g.allocation_key = s.allocation_key
WHERE j.ref_known = 1 AND j.serial = '' AND {OPEN}
GROUP BY j.id
"""

REFUSE_SEVERAL_ALLOCATED = f"""
INSERT INTO problem
SELECT a.id, 'serial-ambiguous', {{serials}}
FROM allocated_before a JOIN {STAGED} s ON s.id = a.id
JOIN licences_licencegrant g ON g.purchase_reference = s.purchase_reference AND g.allocation_key = s.allocation_key
JOIN licences_serial k ON k.id = g.serial_id
WHERE a.serial_id = -1 GROUP BY a.id
"""

# The serial number of the purchase was transferred to another customer in the meantime.
REFUSE_ALLOCATED_OF_OTHERS = """
INSERT INTO problem
SELECT a.id, 'serial-of-another-customer', k.code
FROM allocated_before a JOIN judged j ON j.id = a.id JOIN buyer b ON b.buyer = j.buyer
JOIN licences_serial k ON k.id = a.serial_id JOIN customers_site t ON t.id = k.site_id
WHERE b.customer_id <> t.customer_id
"""

FIND_NAMED_SITES = f"""
INSERT INTO named_site
SELECT j.buyer_site, j.buyer, min(j.id) FROM judged j LEFT JOIN allocated_before a ON a.id = j.id
WHERE j.serial = '' AND a.id IS NULL AND {OPEN} GROUP BY j.buyer_site, j.buyer
"""

# The serial numbers of the site on record, and the new ones that other rows of the file name for it.
FIND_SITE_CANDIDATES = f"""
INSERT INTO site_candidate
SELECT p.buyer_site, k.id, k.code
FROM named_site p JOIN buyer b ON b.buyer = p.buyer JOIN {STAGED} s ON s.id = p.first_id
JOIN customers_site t ON t.customer_id = b.customer_id AND t.name_key = s.site_key
JOIN licences_serial k ON k.site_id = t.id
UNION ALL SELECT buyer_site, target, code FROM named_serial WHERE target < 0
"""

MATCH_SITES = """
INSERT INTO site_match
SELECT p.buyer_site,
    CASE WHEN count(c.target) = 0 THEN -p.first_id WHEN count(c.target) = 1 THEN min(c.target) ELSE 0 END
FROM named_site p LEFT JOIN site_candidate c ON c.buyer_site = p.buyer_site
GROUP BY p.buyer_site, p.first_id
"""

ANY_SEVERAL_AT_A_SITE = "SELECT 1 FROM site_match WHERE target = 0 LIMIT 1"
REFUSE_SEVERAL_AT_A_SITE = f"""
INSERT INTO problem SELECT j.id, 'serial-ambiguous', {{serials}}
FROM judged j JOIN site_match p ON p.buyer_site = j.buyer_site JOIN site_candidate k ON k.buyer_site = j.buyer_site
LEFT JOIN allocated_before a ON a.id = j.id
WHERE p.target = 0 AND j.serial = '' AND a.id IS NULL AND {OPEN} GROUP BY j.id
"""

MATCH_SERIALS = f"""
INSERT INTO serial_match
SELECT j.id, CASE WHEN j.serial <> '' THEN n.target ELSE coalesce(a.serial_id, p.target) END,
    j.product_id, j.quantity, j.buyer
FROM judged j
LEFT JOIN named_serial n ON n.code = j.serial
LEFT JOIN allocated_before a ON a.id = j.id
LEFT JOIN site_match p ON p.buyer_site = j.buyer_site
WHERE {OPEN}
ORDER BY j.id
"""

# --- Totals ---------------------------------------------------------------------------------------------

ADD_TOTALS = "INSERT INTO total SELECT target, product_id, sum(quantity) FROM serial_match GROUP BY target, product_id"

REFUSE_TOTALS = f"""
INSERT INTO problem
SELECT a.id, 'total-out-of-range', coalesce(b.quantity, 0) + t.added
FROM total t
LEFT JOIN licences_balance b ON b.serial_id = t.target AND b.product_id = t.product_id
JOIN serial_match a ON a.target = t.target AND a.product_id = t.product_id
WHERE coalesce(b.quantity, 0) + t.added NOT BETWEEN 0 AND {MAX_QUANTITY}
"""

DROP_REFUSED_MATCHES = "DELETE FROM serial_match WHERE id IN (SELECT id FROM problem)"

REFUSE_TOO_MANY_PRODUCTS = f"""
INSERT INTO problem
SELECT a.id, 'too-many-products', m.products
FROM (
    SELECT target, count(*) AS products FROM (
        SELECT t.target, t.product_id FROM total t
        LEFT JOIN licences_balance b ON b.serial_id = t.target AND b.product_id = t.product_id
        WHERE coalesce(b.quantity, 0) + t.added > 0
        UNION
        SELECT t.target, b.product_id FROM (SELECT DISTINCT target FROM total) t
        JOIN licences_balance b ON b.serial_id = t.target AND b.quantity > 0
        LEFT JOIN total o ON o.target = b.serial_id AND o.product_id = b.product_id
        WHERE o.target IS NULL
    ) after_import GROUP BY target HAVING count(*) > {MAX_PRODUCTS_PER_SERIAL}
) m JOIN serial_match a ON a.target = m.target
"""

# A row that repeats an earlier one counts as unchanged, since that one will be recorded; unless it was rejected.
REFUSE_REPEATED = f"""
INSERT INTO problem
SELECT s.id, x.reason, x.detail
FROM duplicate_in_file t JOIN problem x ON x.id = t.first_id
JOIN {STAGED} s ON s.purchase_reference = t.purchase_reference AND s.line = t.line AND s.id > t.first_id
WHERE s.id BETWEEN %(lo)s AND %(hi)s
ON CONFLICT DO NOTHING
"""

REOPEN_REPEATED = "UPDATE judged SET outcome = NULL WHERE outcome IS NOT NULL AND id IN (SELECT id FROM problem)"

# --- Outcomes ----------------------------------------------------------------------------------------------

LIST_NEW_SERIALS = """
INSERT INTO new_serial (target, first_id, buyer, code, n)
SELECT t.target, t.first_id, t.buyer, coalesce(n.code, ''), row_number() OVER (ORDER BY t.first_id)
FROM (SELECT target, min(id) AS first_id, min(buyer) AS buyer FROM serial_match WHERE target < 0 GROUP BY target) t
LEFT JOIN named_serial n ON n.target = t.target
"""

_OUTCOME = """
CASE WHEN a.quantity < 0 THEN 3 WHEN a.target > 0 THEN 2 WHEN t.code = '' THEN 1 ELSE 4 END
"""

COUNT_NEW = """
SELECT count(*), count(DISTINCT CASE WHEN b.customer_id IS NULL THEN t.buyer END)
FROM new_serial t JOIN buyer b ON b.buyer = t.buyer
"""

COUNT_OUTCOMES = f"""
SELECT {_OUTCOME} AS outcome, count(*) FROM serial_match a LEFT JOIN new_serial t ON t.target = a.target GROUP BY 1
UNION ALL SELECT 5, count(*) FROM judged WHERE outcome = {UNCHANGED}
UNION ALL SELECT 6, count(*) FROM problem
"""

VERDICTS = f"""
SELECT a.id, {_OUTCOME}, coalesce(k.code, t.code) FROM serial_match a
LEFT JOIN new_serial t ON t.target = a.target LEFT JOIN licences_serial k ON k.id = a.target
UNION ALL SELECT id, {UNCHANGED}, '' FROM judged WHERE outcome = {UNCHANGED}
UNION ALL SELECT id, 6, '' FROM problem
"""

PROBLEMS = f"""
SELECT x.id, x.reason, x.detail, {", ".join(f"s.{column}" for column in COLUMNS)}, s.column_checks
FROM problem x JOIN {STAGED} s ON s.id = x.id ORDER BY x.id
"""

# --- Applying: customers, sites and serials, then grants, then balances ------------------------------------------

NUMBER_NEW_CUSTOMERS = """
INSERT INTO new_customer
SELECT n.buyer, n.first_id, {customer_id} FROM (
    SELECT t.buyer, min(t.first_id) AS first_id
    FROM new_serial t JOIN buyer b ON b.buyer = t.buyer WHERE b.customer_id IS NULL GROUP BY t.buyer
) n ORDER BY n.first_id
"""

READ_NEW_CUSTOMERS = f"""
SELECT c.customer_id, b.number, s.customer_name, {", ".join(f"s.{column}" for column in CONTACT_COLUMNS)},
    s.match_key, {", ".join(f"s.{key}" for key in CustomerKeys._fields)}
FROM new_customer c JOIN {STAGED} s ON s.id = c.first_id JOIN buyer b ON b.buyer = c.buyer ORDER BY c.first_id
"""

NUMBER_NEW_SERIALS = "UPDATE new_serial SET site_id = {site_id}, serial_id = {serial_id}"

SERIALS_WITHOUT_CODE = """
SELECT t.n FROM new_serial t LEFT JOIN new_code c ON c.n = t.n WHERE t.code = '' AND c.n IS NULL ORDER BY t.n
LIMIT %(limit)s
"""
DROP_CODES_IN_USE = """
DELETE FROM new_code WHERE n IN (
    SELECT n FROM new_code WHERE code IN (SELECT code FROM new_code GROUP BY code HAVING count(*) > 1)
    UNION SELECT n FROM new_code c JOIN licences_serial k ON k.code = c.code)
"""

INSERT_SITES = f"""
INSERT INTO customers_site (id, customer_id, name, name_key, created_at)
SELECT t.site_id, coalesce(b.customer_id, c.customer_id), s.site_name, s.site_key, %(now)s
FROM new_serial t JOIN {STAGED} s ON s.id = t.first_id
JOIN buyer b ON b.buyer = t.buyer LEFT JOIN new_customer c ON c.buyer = t.buyer
ORDER BY t.n
"""

INSERT_SERIALS = """
INSERT INTO licences_serial (id, code, site_id, origin, highest_version, blocked_at, blocked_by, blocked_reason,
    created_at, returned_at, allocated_by_id)
SELECT t.serial_id, CASE WHEN t.code = '' THEN c.code ELSE t.code END, t.site_id,
    CASE WHEN t.code = '' THEN 'allocated' ELSE 'taken-over' END, '', NULL, '', '', %(now)s,
    CASE WHEN EXISTS (SELECT 1 FROM licences_returningserial r WHERE r.code = coalesce(c.code, t.code))
        THEN %(now)s END, %(file_import)s
FROM new_serial t LEFT JOIN new_code c ON c.n = t.n
ORDER BY t.n
"""

INSERT_GRANTS = f"""
INSERT INTO licences_licencegrant (serial_id, product_id, quantity, purchase_reference, line, purchased_on,
    software_assurance_until, row_digest, column_checks, allocation_key, recorded_at, file_import_id, file_row,
    generation)
SELECT coalesce(t.serial_id, a.target), a.product_id, a.quantity, s.purchase_reference, s.line, s.purchased_on,
    s.software_assurance_until, s.row_digest, s.column_checks, s.allocation_key, %(now)s, %(file_import)s,
    s.id - %(lo)s, {{generation}}
FROM serial_match a JOIN {STAGED} s ON s.id = a.id LEFT JOIN new_serial t ON t.target = a.target
ORDER BY a.id
"""

CHANGED_SERIALS = """
SELECT id FROM licences_serial WHERE id IN (SELECT target FROM total WHERE target > 0) ORDER BY id
"""

CLEAR_TOTALS = "DELETE FROM total"

RAISE_BALANCES = """
UPDATE licences_balance SET quantity = licences_balance.quantity + t.added FROM total t
WHERE licences_balance.serial_id = t.target AND licences_balance.product_id = t.product_id
"""

INSERT_BALANCES = """
INSERT INTO licences_balance (serial_id, product_id, quantity)
SELECT coalesce(n.serial_id, t.target), t.product_id, t.added
FROM total t LEFT JOIN new_serial n ON n.target = t.target
LEFT JOIN licences_balance b ON b.serial_id = t.target AND b.product_id = t.product_id
WHERE b.id IS NULL ORDER BY 1, 2
"""

ALLOCATED_CODES = "SELECT c.code FROM new_code c JOIN new_serial t ON t.n = c.n ORDER BY t.n"
