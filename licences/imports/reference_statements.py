"""SQL that finds purchases written otherwise than on record, or than in another row of the file
(docs/decisions.md#a-key-typed-otherwise).

- ``alias``: references of the file, and another spelling of each that is on record
- ``written``: open rows of references that are not their own key, and of those that are such a key
"""

from licences.imports.purchase_statements import OPEN, STAGED, UNCHANGED
from licences.imports.rows.purchase_lines import COLUMNS

TABLES = {
    "alias": "reference text, known text, PRIMARY KEY (reference, known)",
    "written": "id {key}, key text, line bigint, reference text",
}

ODD_ROWS = "SELECT DISTINCT odd FROM judged WHERE odd > 0"
ANY_KEY_ON_RECORD = "SELECT 1 FROM licences_purchasereferencekey LIMIT 1"

# A file that was imported when references and names kept what cannot be seen.
FIND_RAW_UNCHANGED = f"""
UPDATE judged SET outcome = {UNCHANGED} WHERE id IN (
    SELECT s.id FROM {STAGED} s JOIN licences_licencegrant g
        ON g.purchase_reference = s.raw_reference AND g.line = s.line AND g.row_digest = s.raw_digest
    WHERE s.id BETWEEN %(lo)s AND %(hi)s AND s.raw_digest <> '')
"""

FIND_ALIASES = f"""
INSERT INTO alias SELECT DISTINCT s.purchase_reference, r.reference
FROM {STAGED} s JOIN licences_purchasereferencekey r
    ON r.key = CASE WHEN s.reference_key = '' THEN s.purchase_reference ELSE s.reference_key END
WHERE s.id BETWEEN %(lo)s AND %(hi)s AND r.reference <> s.purchase_reference
"""

FIND_CAPITALS = f"""
INSERT INTO alias SELECT DISTINCT s.purchase_reference, s.reference_key FROM judged j JOIN {STAGED} s ON s.id = j.id
WHERE j.odd IN (1, 3) AND s.reference_key <> ''
AND EXISTS (SELECT 1 FROM licences_licencegrant g WHERE g.purchase_reference = s.reference_key)
"""

_LINE = ", ".join(f"s.{column}" for column in COLUMNS)

# The oldest spelling first.
ROWS_ON_RECORD = f"""
SELECT s.id, a.known, g.row_digest, g.column_checks, g.quantity, {_LINE}
FROM alias a JOIN {STAGED} s ON s.purchase_reference = a.reference JOIN judged j ON j.id = s.id
JOIN licences_licencegrant g ON g.purchase_reference = a.known AND g.line = s.line
WHERE s.id BETWEEN %(lo)s AND %(hi)s AND {OPEN} AND NOT EXISTS (
    SELECT 1 FROM licences_licencegrant o WHERE o.purchase_reference = s.purchase_reference AND o.line = s.line)
ORDER BY s.id, g.id
"""

FIND_WRITTEN = (
    f"""
INSERT INTO written SELECT s.id, s.reference_key, s.line, s.purchase_reference
FROM judged j JOIN {STAGED} s ON s.id = j.id WHERE j.odd IN (1, 3) AND s.reference_key <> '' AND {OPEN}
""",
    f"""
INSERT INTO written SELECT s.id, s.purchase_reference, s.line, s.purchase_reference
FROM judged j JOIN {STAGED} s ON s.id = j.id
WHERE s.reference_key = '' AND s.purchase_reference IN (SELECT key FROM written) AND {OPEN}
""",
)

# Rows of one purchase line in several spellings, with the first row of the line.
ROWS_IN_FILE = f"""
SELECT w.id, f.id, f.reference, {_LINE}
FROM (SELECT key, line, min(id) AS id FROM written GROUP BY key, line HAVING min(reference) <> max(reference)) d
JOIN written f ON f.id = d.id JOIN written w ON w.key = d.key AND w.line = d.line AND w.reference <> f.reference
JOIN {STAGED} s ON s.id = w.id ORDER BY w.id
"""
CONTENT_IN_FILE = f"SELECT row_digest, column_checks, quantity FROM {STAGED} WHERE id = %(first)s"

INSERT_KEYS = f"""
INSERT INTO licences_purchasereferencekey (reference, key)
SELECT DISTINCT s.purchase_reference, s.reference_key
FROM judged j JOIN serial_match a ON a.id = j.id JOIN {STAGED} s ON s.id = j.id
WHERE j.odd IN (1, 3) ON CONFLICT DO NOTHING
"""
