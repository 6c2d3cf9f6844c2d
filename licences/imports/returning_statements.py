"""SQL for the lists of allocated serials: the serials of a purchase before a restore, and those that it has now.

The statements read the temporary tables that ``purchase_statements`` fills.
"""

from licences.imports.purchase_statements import STAGED

# A purchase gets the serial that it had before a restore, or else one that its site had. Each serial is given once.
RETURN_CODES = f"""
INSERT INTO new_code
SELECT n, code FROM (
    SELECT n, code, row_number() OVER (PARTITION BY code ORDER BY n) AS claim FROM (
        SELECT n, code, row_number() OVER (PARTITION BY n ORDER BY closeness, row_id, returning_id) AS choice FROM (
            SELECT t.n, r.code, 0 AS closeness, a.id AS row_id, r.id AS returning_id
            FROM new_serial t JOIN serial_match a ON a.target = t.target JOIN {STAGED} s ON s.id = a.id
            JOIN licences_returningserial r
                ON r.purchase_reference = s.purchase_reference AND r.allocation_key = s.allocation_key
            WHERE t.code = ''
            UNION ALL SELECT t.n, r.code, 1, a.id, r.id
            FROM new_serial t JOIN serial_match a ON a.target = t.target JOIN {STAGED} s ON s.id = a.id
            JOIN licences_returningserial r ON r.place = s.place
            WHERE t.code = ''
        ) candidate WHERE NOT EXISTS (SELECT 1 FROM licences_serial k WHERE k.code = candidate.code)
    ) chosen WHERE choice = 1
) claimed WHERE claim = 1
"""

ALLOCATIONS = f"""
SELECT s.purchase_reference, s.line, s.allocation_key, s.place, k.code
FROM serial_match a JOIN {STAGED} s ON s.id = a.id LEFT JOIN new_serial t ON t.target = a.target
JOIN licences_serial k ON k.id = coalesce(t.serial_id, a.target)
ORDER BY a.id
"""
