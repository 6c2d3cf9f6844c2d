"""Judging and applying a file of purchases, as statements over all its rows.

One list of steps for both databases. ``lo`` and ``hi`` are the ends of the import's range of row keys. The steps
leave, in tables of this connection alone:

- ``judged``: every staged row; ``outcome`` is set where it is unchanged, and NULL where it is to be judged further
- ``problem``: rows that cannot be imported, the first reason found for each
- ``buyer``: the customers named by rows in play; ``customer_id`` is NULL where one has to be made
- ``aimed``: rows in play with their target: a serial's id, or minus the key of the row that names a new one first
- ``total``: what they add per target and product
- ``new_target``: the serial numbers to be made, by the row that names them first; ``code`` is empty where one is
  to be allocated
"""

from licences.domain.codes import MAX_QUANTITY
from licences.domain.entitlements import MAX_PRODUCTS_PER_SERIAL

UNCHANGED = 5

TABLES = {
    "product_key": "key text PRIMARY KEY, product_id bigint",
    "twin": "purchase_reference text, line bigint, first_id bigint, last_id bigint, contents integer, "
    "PRIMARY KEY (purchase_reference, line)",
    "judged": "id {key}, outcome integer, ref_known integer, product_id bigint, quantity integer, buyer bigint, "
    "place bigint, serial text",
    "problem": "id {key}, reason text, detail text",
    "buyer": "buyer {key}, first_id bigint, match_key text, customer_id bigint",
    "named": "code text PRIMARY KEY, buyer bigint, place bigint, target bigint UNIQUE",
    "allocated": "id {key}, serial_id bigint",
    "place": "place {key}, buyer bigint, first_id bigint",
    "candidate": "place bigint, target bigint, code text, PRIMARY KEY (place, target)",
    "spot": "place {key}, target bigint",
    "aimed": "id {key}, target bigint, product_id bigint, quantity integer, buyer bigint",
    "new_target": "target {key}, first_id bigint, buyer bigint, code text, n bigint, site_id bigint, serial_id bigint",
    "new_customer": "buyer {key}, first_id bigint, customer_id bigint",
    "new_code": "n {key}, code text",
    "total": "target bigint, product_id bigint, added bigint, PRIMARY KEY (target, product_id)",
}

STAGED = "licences_stagedpurchase"

# --- What is on record already ----------------------------------------------------------------------

ANY_GRANT = "SELECT 1 FROM licences_licencegrant WHERE purchase_reference IN (%(one)s, %(other)s) LIMIT 1"

FIND_TWINS = f"""
INSERT INTO twin
SELECT purchase_reference, line, min(id), max(id), CASE WHEN min(row_digest) = max(row_digest) THEN 1 ELSE 2 END
FROM {STAGED}
WHERE id BETWEEN %(lo)s AND %(hi)s GROUP BY purchase_reference, line HAVING count(*) > 1
"""

JUDGE = f"""
INSERT INTO judged
SELECT s.id,
    CASE WHEN t.contents > 1 THEN NULL
        WHEN g.row_digest = s.row_digest OR (g.row_digest IS NULL AND s.id > t.first_id) THEN {UNCHANGED} END,
    CASE WHEN EXISTS (SELECT 1 FROM licences_licencegrant k WHERE k.purchase_reference = s.purchase_reference)
        THEN 1 ELSE 0 END,
    p.product_id, s.quantity, s.buyer, s.place, s.serial
FROM {STAGED} s
LEFT JOIN licences_licencegrant g ON g.purchase_reference = s.purchase_reference AND g.line = s.line
LEFT JOIN product_key p ON p.key = s.product_key
LEFT JOIN twin t ON t.purchase_reference = s.purchase_reference AND t.line = s.line
WHERE s.id BETWEEN %(lo)s AND %(hi)s
ORDER BY s.id
"""

REFUSE_TWINS = f"""
INSERT INTO problem
SELECT s.id, 'key-twice', CASE WHEN s.id = t.first_id THEN t.last_id ELSE t.first_id END
FROM twin t JOIN {STAGED} s ON s.purchase_reference = t.purchase_reference AND s.line = t.line
WHERE t.contents > 1 AND s.id BETWEEN %(lo)s AND %(hi)s
"""

REFUSE_OTHER_CONTENT = f"""
INSERT INTO problem
SELECT j.id, 'key-with-other-content', g.column_checks
FROM judged j JOIN {STAGED} s ON s.id = j.id
JOIN licences_licencegrant g ON g.purchase_reference = s.purchase_reference AND g.line = s.line
WHERE j.ref_known = 1 AND j.outcome IS NULL
ON CONFLICT DO NOTHING
"""

REFUSE_UNKNOWN_PRODUCTS = """
INSERT INTO problem SELECT id, 'product-unknown', '' FROM judged WHERE product_id IS NULL AND outcome IS NULL
ON CONFLICT DO NOTHING
"""

# --- Who buys -----------------------------------------------------------------------------------------

_IN_PLAY = "j.outcome IS NULL AND NOT EXISTS (SELECT 1 FROM problem x WHERE x.id = j.id)"

FIND_BUYERS_BY_NUMBER = f"""
INSERT INTO buyer
SELECT b.buyer, b.first_id, s.match_key, coalesce(c.merged_into_id, c.id)
FROM (SELECT buyer, min(id) AS first_id FROM judged j WHERE {_IN_PLAY} GROUP BY buyer) b
JOIN {STAGED} s ON s.id = b.first_id
LEFT JOIN customers_customer c ON c.number = s.customer_number AND NOT (c.number = '')
"""

FIND_BUYERS_BY_KEY = """
UPDATE buyer SET customer_id = (
    SELECT CASE WHEN count(*) <= 1 THEN max(c.id)
        WHEN count(CASE WHEN c.number = '' THEN 1 END) = 1 THEN max(CASE WHEN c.number = '' THEN c.id END)
        ELSE -1 END
    FROM (SELECT DISTINCT k.id, k.number FROM customers_customer m
        JOIN customers_customer k ON k.id = coalesce(m.merged_into_id, m.id)
        WHERE m.match_key = buyer.match_key) c)
WHERE match_key <> ''
"""

ANY_AMBIGUOUS_BUYER = "SELECT 1 FROM buyer WHERE customer_id = -1 LIMIT 1"
REFUSE_AMBIGUOUS_BUYERS = f"""
INSERT INTO problem SELECT j.id, 'customer-ambiguous', ''
FROM judged j JOIN buyer b ON b.buyer = j.buyer WHERE b.customer_id = -1 AND {_IN_PLAY}
"""

# Rows with and without its number may mean one customer: from here on it is one buyer, with one place per site.
FIND_SHARED_CUSTOMERS = "SELECT customer_id FROM buyer WHERE customer_id > 0 GROUP BY customer_id HAVING count(*) > 1"
JOIN_BUYERS_OF_ONE_CUSTOMER = f"""
UPDATE judged SET buyer = same.buyer, place = same.place FROM (
    SELECT j.id, min(j.buyer) OVER (PARTITION BY b.customer_id) AS buyer,
        min(j.place) OVER (PARTITION BY b.customer_id, s.site_key) AS place
    FROM judged j JOIN buyer b ON b.buyer = j.buyer JOIN {STAGED} s ON s.id = j.id
    WHERE b.customer_id IN ({FIND_SHARED_CUSTOMERS})
) same WHERE same.id = judged.id
"""

# --- Which serial number -------------------------------------------------------------------------------

FIND_NAMED = f"""
INSERT INTO named
SELECT f.serial, r.buyer, r.place, coalesce(k.id, -f.first_id)
FROM (SELECT serial, min(id) AS first_id FROM judged j WHERE serial <> '' AND {_IN_PLAY} GROUP BY serial) f
JOIN judged r ON r.id = f.first_id
LEFT JOIN licences_serial k ON k.code = f.serial
"""

REFUSE_SERIALS_OF_OTHERS = f"""
INSERT INTO problem
SELECT j.id, 'serial-of-another-customer', j.serial
FROM judged j JOIN named n ON n.code = j.serial JOIN buyer b ON b.buyer = j.buyer
LEFT JOIN licences_serial k ON k.id = n.target LEFT JOIN customers_site t ON t.id = k.site_id
WHERE j.serial <> '' AND {_IN_PLAY}
AND (CASE WHEN n.target > 0 THEN b.customer_id IS NULL OR b.customer_id <> t.customer_id ELSE j.buyer <> n.buyer END)
"""

REFUSE_SIMILAR = f"""
INSERT INTO problem SELECT j.id, 'serial-similar-to-known', min(s.known)
FROM judged j JOIN alike s ON s.code = j.serial WHERE {_IN_PLAY} GROUP BY j.id
"""

FORGET_REFUSED_NAMES = f"""
DELETE FROM named WHERE code IN (
    SELECT n.code FROM named n
    LEFT JOIN (SELECT DISTINCT j.serial FROM judged j WHERE j.serial <> '' AND {_IN_PLAY}) kept ON kept.serial = n.code
    WHERE kept.serial IS NULL)
"""

FIND_ALLOCATED = f"""
INSERT INTO allocated
SELECT j.id, CASE WHEN min(g.serial_id) = max(g.serial_id) THEN min(g.serial_id) ELSE -1 END
FROM judged j JOIN {STAGED} s ON s.id = j.id
JOIN licences_licencegrant g ON g.purchase_reference = s.purchase_reference AND g.allocation_key = s.allocation_key
WHERE j.ref_known = 1 AND j.serial = '' AND {_IN_PLAY}
GROUP BY j.id
"""

REFUSE_SEVERAL_ALLOCATED = f"""
INSERT INTO problem
SELECT a.id, 'serial-ambiguous', {{listed}}
FROM allocated a JOIN {STAGED} s ON s.id = a.id
JOIN licences_licencegrant g ON g.purchase_reference = s.purchase_reference AND g.allocation_key = s.allocation_key
JOIN licences_serial k ON k.id = g.serial_id
WHERE a.serial_id = -1 GROUP BY a.id
"""

# The serial number of the purchase was transferred to another customer since.
REFUSE_ALLOCATED_OF_OTHERS = """
INSERT INTO problem
SELECT a.id, 'serial-of-another-customer', k.code
FROM allocated a JOIN judged j ON j.id = a.id JOIN buyer b ON b.buyer = j.buyer
JOIN licences_serial k ON k.id = a.serial_id JOIN customers_site t ON t.id = k.site_id
WHERE b.customer_id <> t.customer_id
"""

FIND_PLACES = f"""
INSERT INTO place
SELECT j.place, j.buyer, min(j.id) FROM judged j LEFT JOIN allocated a ON a.id = j.id
WHERE j.serial = '' AND a.id IS NULL AND {_IN_PLAY} GROUP BY j.place, j.buyer
"""

# The serial numbers of the site on record, and those that other rows of the file take over for it.
FIND_CANDIDATES = f"""
INSERT INTO candidate
SELECT p.place, k.id, k.code
FROM place p JOIN buyer b ON b.buyer = p.buyer JOIN {STAGED} s ON s.id = p.first_id
JOIN customers_site t ON t.customer_id = b.customer_id AND t.name_key = s.site_key
JOIN licences_serial k ON k.site_id = t.id
UNION ALL SELECT place, target, code FROM named WHERE target < 0
"""

FIND_SPOTS = """
INSERT INTO spot
SELECT p.place, CASE WHEN count(c.target) = 0 THEN -p.first_id WHEN count(c.target) = 1 THEN min(c.target) ELSE 0 END
FROM place p LEFT JOIN candidate c ON c.place = p.place
GROUP BY p.place, p.first_id
"""

ANY_SEVERAL_AT_A_SITE = "SELECT 1 FROM spot WHERE target = 0 LIMIT 1"
REFUSE_SEVERAL_AT_A_SITE = f"""
INSERT INTO problem SELECT j.id, 'serial-ambiguous', {{listed}}
FROM judged j JOIN spot p ON p.place = j.place JOIN candidate k ON k.place = j.place
LEFT JOIN allocated a ON a.id = j.id
WHERE p.target = 0 AND j.serial = '' AND a.id IS NULL AND {_IN_PLAY} GROUP BY j.id
"""

AIM = f"""
INSERT INTO aimed
SELECT j.id, CASE WHEN j.serial <> '' THEN n.target ELSE coalesce(a.serial_id, p.target) END,
    j.product_id, j.quantity, j.buyer
FROM judged j
LEFT JOIN named n ON n.code = j.serial
LEFT JOIN allocated a ON a.id = j.id
LEFT JOIN spot p ON p.place = j.place
WHERE {_IN_PLAY}
ORDER BY j.id
"""

# --- What it adds up to ---------------------------------------------------------------------------------

ADD_UP = "INSERT INTO total SELECT target, product_id, sum(quantity) FROM aimed GROUP BY target, product_id"

REFUSE_TOTALS = f"""
INSERT INTO problem
SELECT a.id, 'total-out-of-range', coalesce(b.quantity, 0) + t.added
FROM total t
LEFT JOIN licences_balance b ON b.serial_id = t.target AND b.product_id = t.product_id
JOIN aimed a ON a.target = t.target AND a.product_id = t.product_id
WHERE coalesce(b.quantity, 0) + t.added NOT BETWEEN 0 AND {MAX_QUANTITY}
"""

DROP_REFUSED = "DELETE FROM aimed WHERE id IN (SELECT id FROM problem)"

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
    ) held GROUP BY target HAVING count(*) > {MAX_PRODUCTS_PER_SERIAL}
) m JOIN aimed a ON a.target = m.target
"""

# A row that repeats an earlier one is called unchanged, for that one will be on record; unless it was refused.
REFUSE_REPEATED = f"""
INSERT INTO problem
SELECT s.id, x.reason, x.detail
FROM twin t JOIN problem x ON x.id = t.first_id
JOIN {STAGED} s ON s.purchase_reference = t.purchase_reference AND s.line = t.line AND s.id > t.first_id
WHERE s.id BETWEEN %(lo)s AND %(hi)s
ON CONFLICT DO NOTHING
"""

FORGET_REPEATED = "UPDATE judged SET outcome = NULL WHERE outcome IS NOT NULL AND id IN (SELECT id FROM problem)"

# --- Outcome -----------------------------------------------------------------------------------------------

LIST_NEW_TARGETS = """
INSERT INTO new_target (target, first_id, buyer, code, n)
SELECT t.target, t.first_id, t.buyer, coalesce(n.code, ''), row_number() OVER (ORDER BY t.first_id)
FROM (SELECT target, min(id) AS first_id, min(buyer) AS buyer FROM aimed WHERE target < 0 GROUP BY target) t
LEFT JOIN named n ON n.target = t.target
"""

_OUTCOME = """
CASE WHEN a.quantity < 0 THEN 3 WHEN a.target > 0 THEN 2 WHEN t.code = '' THEN 1 ELSE 4 END
"""

COUNT = f"""
SELECT {_OUTCOME} AS outcome, count(*) FROM aimed a LEFT JOIN new_target t ON t.target = a.target GROUP BY 1
UNION ALL SELECT 5, count(*) FROM judged WHERE outcome = {UNCHANGED}
UNION ALL SELECT 6, count(*) FROM problem
"""

VERDICTS = f"""
SELECT a.id, {_OUTCOME}, coalesce(k.code, t.code) FROM aimed a
LEFT JOIN new_target t ON t.target = a.target LEFT JOIN licences_serial k ON k.id = a.target
UNION ALL SELECT id, {UNCHANGED}, '' FROM judged WHERE outcome = {UNCHANGED}
UNION ALL SELECT id, 6, '' FROM problem
"""

PROBLEMS = f"""
SELECT x.id, x.reason, x.detail, s.purchase_reference, s.line, s.purchased_on, s.serial, s.product, s.quantity,
    s.software_assurance_until, s.customer_number, s.customer_name, s.address_line1, s.address_line2, s.postcode,
    s.city, s.country, s.contact_name, s.contact_phone, s.contact_email, s.site_name, s.column_checks
FROM problem x JOIN {STAGED} s ON s.id = x.id ORDER BY x.id
"""

# --- Applying: what is new, then the grants, then what they add up to ------------------------------------------

NUMBER_NEW_CUSTOMERS = """
INSERT INTO new_customer
SELECT n.buyer, n.first_id, {customer_id} FROM (
    SELECT t.buyer, min(t.first_id) AS first_id
    FROM new_target t JOIN buyer b ON b.buyer = t.buyer WHERE b.customer_id IS NULL GROUP BY t.buyer
) n ORDER BY n.first_id
"""

NEW_CUSTOMERS = f"""
SELECT c.customer_id, s.customer_number, s.customer_name, s.address_line1, s.address_line2, s.postcode, s.city,
    s.country, s.contact_name, s.contact_phone, s.contact_email, s.match_key
FROM new_customer c JOIN {STAGED} s ON s.id = c.first_id ORDER BY c.first_id
"""

NUMBER_NEW_TARGETS = "UPDATE new_target SET site_id = {site_id}, serial_id = {serial_id}"

WITHOUT_CODE = """
SELECT t.n FROM new_target t LEFT JOIN new_code c ON c.n = t.n WHERE t.code = '' AND c.n IS NULL ORDER BY t.n
LIMIT %(limit)s
"""
FORGET_CODES_IN_USE = """
DELETE FROM new_code WHERE n IN (
    SELECT n FROM new_code WHERE code IN (SELECT code FROM new_code GROUP BY code HAVING count(*) > 1)
    UNION SELECT n FROM new_code c JOIN licences_serial k ON k.code = c.code)
"""

INSERT_SITES = f"""
INSERT INTO customers_site (id, customer_id, name, name_key, created_at)
SELECT t.site_id, coalesce(b.customer_id, c.customer_id), s.site_name, s.site_key, %(now)s
FROM new_target t JOIN {STAGED} s ON s.id = t.first_id
JOIN buyer b ON b.buyer = t.buyer LEFT JOIN new_customer c ON c.buyer = t.buyer
ORDER BY t.n
"""

INSERT_SERIALS = """
INSERT INTO licences_serial (id, code, site_id, origin, highest_version, blocked_at, blocked_by, blocked_reason,
    created_at, allocated_by_id)
SELECT t.serial_id, CASE WHEN t.code = '' THEN c.code ELSE t.code END, t.site_id,
    CASE WHEN t.code = '' THEN 'allocated' ELSE 'taken-over' END, '', NULL, '', '', %(now)s, %(file_import)s
FROM new_target t LEFT JOIN new_code c ON c.n = t.n
ORDER BY t.n
"""

INSERT_GRANTS = f"""
INSERT INTO licences_licencegrant (serial_id, product_id, quantity, purchase_reference, line, purchased_on,
    software_assurance_until, row_digest, column_checks, allocation_key, recorded_at, file_import_id, file_row)
SELECT coalesce(t.serial_id, a.target), a.product_id, a.quantity, s.purchase_reference, s.line, s.purchased_on,
    s.software_assurance_until, s.row_digest, s.column_checks, s.allocation_key, %(now)s, %(file_import)s, s.id - %(lo)s
FROM aimed a JOIN {STAGED} s ON s.id = a.id LEFT JOIN new_target t ON t.target = a.target
ORDER BY a.id
"""

TOUCHED_SERIALS = """
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
FROM total t LEFT JOIN new_target n ON n.target = t.target
LEFT JOIN licences_balance b ON b.serial_id = t.target AND b.product_id = t.product_id
WHERE b.id IS NULL ORDER BY 1, 2
"""

ALLOCATED = "SELECT c.code FROM new_code c JOIN new_target t ON t.n = c.n ORDER BY t.n"
