"""SQL for imports that are taken back: which purchase lines are in force, and the rows that reverse others
(docs/decisions.md#imports-that-are-taken-back).
"""

_GRANT = "licences_licencegrant"

# A condition on a grant ``g``: it reverses none, and none reverses it. A purchase line has one such grant at most.
IN_FORCE = f"g.reverses_id IS NULL AND NOT EXISTS (SELECT 1 FROM {_GRANT} z WHERE z.reverses_id = g.id)"

ANY_REVERSED = f"SELECT 1 FROM {_GRANT} WHERE reverses_id IS NOT NULL LIMIT 1"

# Rows that were on record when they were read, so that no keys were computed, and whose import was then taken back.
REFUSE_TAKEN_BACK_MEANWHILE = """
INSERT INTO problem
SELECT j.id, 'taken-back-meanwhile', '' FROM judged j JOIN licences_stagedpurchase s ON s.id = j.id
WHERE j.outcome IS NULL AND s.column_checks = ''
ON CONFLICT DO NOTHING
"""

# The generation of a row whose purchase line is on record, for ``purchase_statements.INSERT_GRANTS``.
NEXT_GENERATION = f"""
(SELECT max(coalesce(g.generation, 0)) + 1 FROM {_GRANT} g
    WHERE g.purchase_reference = s.purchase_reference AND g.line = s.line)
"""

# --- Taking back ---------------------------------------------------------------------------------------

TOUCHED_SERIALS = f"""
SELECT id FROM licences_serial
WHERE id IN (SELECT serial_id FROM {_GRANT} WHERE file_import_id = %(file_import)s) ORDER BY id
"""

# Without the last day of Software Assurance: what is reversed covers nothing.
INSERT_REVERSALS = f"""
INSERT INTO {_GRANT} (serial_id, product_id, quantity, purchase_reference, line, purchased_on,
    software_assurance_until, row_digest, column_checks, allocation_key, recorded_at, file_import_id, file_row,
    generation, reverses_id)
SELECT g.serial_id, g.product_id, -g.quantity, g.purchase_reference, g.line, g.purchased_on, NULL, g.row_digest,
    g.column_checks, g.allocation_key, %(now)s, g.file_import_id, g.file_row, coalesce(g.generation, 0) + 1, g.id
FROM {_GRANT} g WHERE g.file_import_id = %(file_import)s AND g.reverses_id IS NULL
ORDER BY g.id
"""

LOWER_BALANCES = f"""
UPDATE licences_balance SET quantity = licences_balance.quantity - t.bought FROM (
    SELECT serial_id, product_id, sum(quantity) AS bought FROM {_GRANT}
    WHERE file_import_id = %(file_import)s AND reverses_id IS NULL GROUP BY serial_id, product_id
) t WHERE licences_balance.serial_id = t.serial_id AND licences_balance.product_id = t.product_id
"""
