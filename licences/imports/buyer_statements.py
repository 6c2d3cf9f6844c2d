"""SQL that finds the customer of each open row of a purchase file (docs/decisions.md#who-is-this-customer).

- ``buyer``: the customers of open rows. ``customer_id`` is NULL for a new one, -1 where several may be meant;
  ``holder_id`` is who has the row's customer number; ``takes_number`` is 1 where a known customer takes the row's
  number. Buyers of one ``same`` are one new customer.
- ``odd_name``: names that differ from those of the customer with the row's number
- ``other_buyer``: rows whose number is somebody else's, as was decided, with the buyer that they have without it
- ``block_mate``: new buyers and customers that share a block of ``customer_keys``
- ``decided_buyer``: new buyers that were decided to be a known customer
- ``waiting_buyer``: new buyers that wait for a decision, with their first pair
- ``shared_block``: blocks of ``customer_keys`` that several new buyers have, by their kind
- ``joined_party``, ``waiting_party``: the *parties* that were decided to be another of the file, and those that wait. A
  party is ``same`` of its buyers, or minus ``first_id``: minus the key of its first row.
"""

from licences.imports.purchase_statements import OPEN, STAGED

TABLES = {
    "buyer": "buyer {key}, first_id bigint, details_key text, country_key text, postcode text, number text, "
    "number_key text, customer_id bigint, holder_id bigint, takes_number integer, same bigint, name text, "
    "street_block bigint, postcode_block bigint, phone_block bigint",
    "odd_name": "buyer bigint, customer_name text, pair text, PRIMARY KEY (buyer, customer_name)",
    "other_buyer": "id {key}, buyer bigint, buyer_site bigint",
    "block_mate": "buyer bigint, customer_id bigint, PRIMARY KEY (buyer, customer_id)",
    "decided_buyer": "buyer {key}, customer_id bigint",
    "waiting_buyer": "buyer {key}, pair text",
    "shared_block": "kind text, block bigint, PRIMARY KEY (kind, block)",
    "joined_party": "party {key}, same bigint, number text, number_key text",
    "waiting_party": "party {key}, pair text",
}

# --- By number --------------------------------------------------------------------------------------

FIND_BUYERS_BY_NUMBER = f"""
INSERT INTO buyer
SELECT b.buyer, b.first_id, s.details_key, s.country_key, s.postcode, s.customer_number, s.number_key,
    coalesce(c.merged_into_id, c.id), c.id, 0, NULL, s.customer_name,
    s.street_block, s.postcode_block, s.phone_block
FROM (SELECT buyer, min(id) AS first_id FROM judged j WHERE {OPEN} GROUP BY buyer) b
JOIN {STAGED} s ON s.id = b.first_id
LEFT JOIN customers_customer c ON c.number = s.customer_number AND NOT (c.number = '')
"""

# A number that is written otherwise on record; the oldest customer counts.
ANY_NUMBER_KEY = "SELECT 1 FROM customers_customer WHERE NOT (number_key = '') LIMIT 1"
FIND_KEYS_ON_RECORD = """
UPDATE buyer SET holder_id = (
    SELECT min(c.id) FROM customers_customer c WHERE c.number = buyer.number_key AND NOT (c.number = ''))
WHERE holder_id IS NULL AND number_key <> number
"""
FIND_NUMBER_KEYS = """
UPDATE buyer SET holder_id = (SELECT min(x.id) FROM (
    SELECT c.id FROM customers_customer c WHERE c.number_key = buyer.number_key AND NOT (c.number_key = '')
    UNION ALL SELECT buyer.holder_id) x)
WHERE customer_id IS NULL AND number_key <> ''
"""
FIND_HOLDERS = """
UPDATE buyer SET customer_id = (SELECT coalesce(c.merged_into_id, c.id) FROM customers_customer c
    WHERE c.id = buyer.holder_id)
WHERE customer_id IS NULL AND holder_id IS NOT NULL
"""

ODD_NAMES = f"""
SELECT j.buyer, s.customer_name, min(j.id), count(*), b.customer_id, b.number_key, c.name, h.name
FROM buyer b JOIN customers_customer c ON c.id = b.customer_id JOIN customers_customer h ON h.id = b.holder_id
JOIN judged j ON j.buyer = b.buyer JOIN {STAGED} s ON s.id = j.id
WHERE s.customer_name <> c.name AND {OPEN}
GROUP BY j.buyer, s.customer_name, b.customer_id, b.number_key, c.name, h.name
"""
# A new number: the first row with it counts as the record.
ODD_NAMES_IN_FILE = f"""
SELECT j.buyer, s.customer_name, min(j.id), count(*), b.number_key, b.first_id, b.name
FROM buyer b JOIN judged j ON j.buyer = b.buyer AND j.id > b.first_id JOIN {STAGED} s ON s.id = j.id
WHERE b.customer_id IS NULL AND b.number_key <> '' AND s.customer_name <> b.name AND {OPEN}
GROUP BY j.buyer, s.customer_name, b.number_key, b.first_id, b.name
"""
REFUSE_ODD_NAMES = f"""
INSERT INTO problem SELECT j.id, 'customer-differs-from-number', o.pair
FROM judged j JOIN {STAGED} s ON s.id = j.id JOIN odd_name o ON o.buyer = j.buyer AND o.customer_name = s.customer_name
WHERE o.pair <> '' AND {OPEN}
"""
ROWS_OF_OTHERS = f"""
SELECT j.id, {{party}} FROM judged j JOIN {STAGED} s ON s.id = j.id
JOIN odd_name o ON o.buyer = j.buyer AND o.customer_name = s.customer_name WHERE o.pair = '' AND {OPEN}
"""
MOVE_ROWS_OF_OTHERS = """
UPDATE judged SET buyer = o.buyer, buyer_site = o.buyer_site FROM other_buyer o WHERE o.id = judged.id
"""
ADD_OTHER_BUYERS = f"""
INSERT INTO buyer
SELECT o.buyer, s.id, s.details_key, s.country_key, s.postcode, '', '', NULL, NULL, 0, NULL, s.customer_name,
    s.street_block, s.postcode_block, s.phone_block
FROM (SELECT buyer, min(id) AS id FROM other_buyer GROUP BY buyer) o JOIN {STAGED} s ON s.id = o.id
WHERE 1 = 1 ON CONFLICT DO NOTHING
"""

# --- By name, address and postcode -------------------------------------------------------------------

# Postcodes that are written the same are the same in any country.
_SAME_DETAILS = """m.details_key = buyer.details_key AND (m.country_key = '' OR buyer.country_key = ''
            OR m.country_key = buyer.country_key OR m.postcode = buyer.postcode)"""

FIND_BUYERS_BY_KEY = f"""
UPDATE buyer SET customer_id = (
    SELECT CASE WHEN count(*) <= 1 THEN max(c.id)
        WHEN count(CASE WHEN c.number = '' THEN 1 END) = 1 THEN max(CASE WHEN c.number = '' THEN c.id END)
        ELSE -1 END
    FROM (SELECT DISTINCT k.id, k.number FROM customers_customer m
        JOIN customers_customer k ON k.id = coalesce(m.merged_into_id, m.id)
        WHERE {_SAME_DETAILS}) c)
WHERE number_key = ''
"""

# The number comes later: it belongs to the customer without one.
FIND_TAKERS = f"""
UPDATE buyer SET takes_number = 1, customer_id = (
    SELECT CASE WHEN count(*) = 1 THEN max(c.id) END
    FROM (SELECT DISTINCT k.id FROM customers_customer m
        JOIN customers_customer k ON k.id = coalesce(m.merged_into_id, m.id)
        WHERE {_SAME_DETAILS} AND k.number = '' AND k.erased_at IS NULL) c)
WHERE customer_id IS NULL AND number_key <> ''
"""
# One customer takes one number; the first in the file.
DROP_SECOND_TAKERS = """
UPDATE buyer SET customer_id = NULL WHERE buyer IN (
    SELECT buyer FROM (
        SELECT buyer, row_number() OVER (PARTITION BY customer_id ORDER BY first_id) AS n
        FROM buyer WHERE takes_number = 1 AND customer_id > 0
    ) taker WHERE n > 1)
"""

ANY_AMBIGUOUS_BUYER = "SELECT 1 FROM buyer WHERE customer_id = -1 LIMIT 1"
REFUSE_AMBIGUOUS_BUYERS = f"""
INSERT INTO problem SELECT j.id, 'customer-ambiguous', ''
FROM judged j JOIN buyer b ON b.buyer = j.buyer WHERE b.customer_id = -1 AND {OPEN}
"""

# A new customer whose rows come with and without its number.
JOIN_NEW_BUYERS = """
UPDATE buyer SET same = n.same, number = n.number, number_key = n.number_key FROM (
    SELECT details_key, -min(first_id) AS same, max(number) AS number, max(number_key) AS number_key
    FROM buyer WHERE customer_id IS NULL GROUP BY details_key
    HAVING count(*) = 2 AND count(CASE WHEN number_key <> '' THEN 1 END) = 1
) n WHERE n.details_key = buyer.details_key AND buyer.customer_id IS NULL
"""

# --- New customers like known ones ---------------------------------------------------------------------

BLOCKS = ("street_block", "postcode_block", "phone_block")

# Two different numbers are two customers. ``NOT (… = 0)`` has the databases use the indexes.
_FIND_BLOCK_MATES = f"""
INSERT INTO block_mate
SELECT b.buyer, coalesce(c.merged_into_id, c.id)
FROM buyer b JOIN {STAGED} s ON s.id = b.first_id JOIN customers_customer c ON c.{{block}} = s.{{block}}
WHERE b.customer_id IS NULL AND NOT (s.{{block}} = 0) AND NOT (c.{{block}} = 0) AND (b.number_key = '' OR c.number = '')
ON CONFLICT DO NOTHING
"""
FIND_BLOCK_MATES = [_FIND_BLOCK_MATES.format(block=block) for block in BLOCKS]
ANY_NEW_BUYER_BESIDE_OTHERS = (
    "SELECT 1 FROM buyer WHERE customer_id IS NULL AND EXISTS (SELECT 1 FROM customers_customer) LIMIT 1"
)

BLOCK_MATES = f"""
SELECT l.buyer, b.first_id, b.number_key, b.details_key, s.customer_name, c.id, c.name, c.number, c.details_key
FROM block_mate l JOIN buyer b ON b.buyer = l.buyer JOIN {STAGED} s ON s.id = b.first_id
JOIN customers_customer c ON c.id = l.customer_id ORDER BY b.first_id, c.id
"""
ROWS_OF_BUYERS = f"""
SELECT j.buyer, count(*) FROM judged j WHERE {OPEN} AND j.buyer IN (SELECT buyer FROM waiting_buyer) GROUP BY j.buyer
"""
REFUSE_WAITING_BUYERS = f"""
INSERT INTO problem SELECT j.id, 'customer-like-known', w.pair
FROM judged j JOIN waiting_buyer w ON w.buyer = j.buyer WHERE {OPEN}
"""
SET_DECIDED_BUYERS = """
UPDATE buyer SET customer_id = d.customer_id, same = NULL,
    takes_number = CASE WHEN buyer.number_key <> '' THEN 1 ELSE 0 END
FROM decided_buyer d WHERE d.buyer = buyer.buyer
"""

# --- New customers like earlier ones of the file ----------------------------------------------------------

MAX_SHARING = 100  # new customers of a file that share a block and are compared, so that the comparisons stay few
_NEW = "b.customer_id IS NULL AND NOT EXISTS (SELECT 1 FROM waiting_buyer w WHERE w.buyer = b.buyer)"
_PARTY = "coalesce(b.same, -b.first_id)"

FIND_SHARED_BLOCKS = [
    f"""
INSERT INTO shared_block SELECT '{block}', {block} FROM buyer b
WHERE {_NEW} AND {block} <> 0 GROUP BY {block} HAVING count(*) BETWEEN 2 AND {MAX_SHARING}
"""
    for block in BLOCKS
]
SHARING = " UNION ALL ".join(
    f"""
SELECT k.kind, k.block, b.first_id, {_PARTY}, b.number, b.number_key, b.details_key, b.name
FROM buyer b JOIN shared_block k ON k.block = b.{block} WHERE k.kind = '{block}' AND {_NEW}
"""
    for block in BLOCKS
)
SHARING = f"{SHARING} ORDER BY 1, 2, 3"

JOIN_PARTIES = """
UPDATE buyer SET same = d.same, number = d.number, number_key = d.number_key
FROM joined_party d WHERE d.party = coalesce(buyer.same, -buyer.first_id) AND buyer.customer_id IS NULL
"""
_WAITING_PARTIES = f"""
FROM waiting_party w JOIN buyer b ON {_PARTY} = w.party AND b.customer_id IS NULL JOIN judged j ON j.buyer = b.buyer
WHERE {OPEN}
"""
ROWS_OF_PARTIES = f"SELECT w.party, count(*) {_WAITING_PARTIES} GROUP BY w.party"
REFUSE_WAITING_PARTIES = f"INSERT INTO problem SELECT j.id, 'customer-like-known', w.pair {_WAITING_PARTIES}"

# Rows with and without a customer number may mean the same customer: join them to one buyer, with one key per site.
FIND_SHARED_CUSTOMERS = """
SELECT coalesce(same, customer_id) FROM buyer WHERE customer_id > 0 OR same IS NOT NULL
GROUP BY coalesce(same, customer_id) HAVING count(*) > 1
"""
JOIN_BUYERS_OF_ONE_CUSTOMER = f"""
UPDATE judged SET buyer = same.buyer, buyer_site = same.buyer_site FROM (
    SELECT j.id, min(j.buyer) OVER (PARTITION BY coalesce(b.same, b.customer_id)) AS buyer,
        min(j.buyer_site) OVER (PARTITION BY coalesce(b.same, b.customer_id), s.site_key) AS buyer_site
    FROM judged j JOIN buyer b ON b.buyer = j.buyer JOIN {STAGED} s ON s.id = j.id
    WHERE coalesce(b.same, b.customer_id) IN ({FIND_SHARED_CUSTOMERS})
) same WHERE same.id = judged.id
"""

# --- Applying --------------------------------------------------------------------------------------

ANY_TAKER = "SELECT 1 FROM buyer WHERE takes_number = 1 AND customer_id > 0 LIMIT 1"
TAKERS = """
SELECT customer_id, number FROM buyer WHERE takes_number = 1 AND customer_id IN (
    SELECT b.customer_id FROM serial_match a JOIN buyer b ON b.buyer = a.buyer WHERE b.customer_id > 0)
ORDER BY customer_id, first_id DESC
"""
