"""Imports of purchase and installation files: received, staged, judged, confirmed, applied in one transaction.

A single purchase is recorded the same way, as a batch of one. Other packages call only the names exported here, the
named questions of ``queries``, ``progress`` and ``row_pages``, and the columns of ``rows`` and ``templates``.
"""

from licences.imports.code_pages import choose_encoding
from licences.imports.confirmation import (
    accept_similar_serials,
    confirm_import,
    decide_pairs,
    withdraw_import,
)
from licences.imports.hand_entries import HandPurchase, decide_entry, enter_correction, enter_purchase, enter_return
from licences.imports.inbox import scan_inbox
from licences.imports.lifecycle import advance_import, delete_staged_rows, discard_import, import_file
from licences.imports.options import ImportOptions
from licences.imports.profiles import (
    assign_columns,
    check_profile,
    delete_profile,
    export_profiles,
    import_profiles,
    save_profile,
)
from licences.imports.purchase_batches import record_purchase, record_purchases
from licences.imports.receiving import receive_import
from licences.imports.recovery import abandoned_imports, is_import_unattended
from licences.imports.restores import RecalledSerials, recall_allocated_serials
from licences.imports.sent_purchases import record_sent_purchases
from licences.imports.taking_back import take_back_import
