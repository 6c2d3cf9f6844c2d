"""The only writers: one function per business verb, each one transaction under one lock."""

from licences.operations.catalogue import save_product, save_products
from licences.operations.customers import Correction, correct_customer
from licences.operations.deciding import decide
from licences.operations.emergencies import (
    decide_emergency,
    issue_emergency,
    settle_emergency,
    withdraw_emergency,
)
from licences.operations.erasing import Erased, erase_customer
from licences.operations.handing_out import note_case_file, note_log_export, note_personal_data
from licences.operations.imports.decisions import accept_similar_serials, confirm_import, withdraw_import
from licences.operations.imports.lifecycle import Wish, import_file
from licences.operations.imports.lifecycle import advance as advance_import
from licences.operations.imports.lifecycle import discard as discard_import
from licences.operations.imports.lifecycle import receive as receive_import
from licences.operations.imports.sweeping import abandoned_imports
from licences.operations.imports.sweeping import is_alone as is_import_alone
from licences.operations.installations import (
    Answer,
    Versions,
    judge_upgrade,
    register,
    release,
    renew_registration,
    update,
)
from licences.operations.merging import Merged, merge_customers
from licences.operations.purchases import record_purchase, record_purchases
from licences.operations.reference import save_applications, save_contacts, save_releases
from licences.operations.relicensing import (
    check_again,
    confirm_asked_again,
    issue,
    open_request,
    withdraw,
)
from licences.operations.retention import apply_retention
from licences.operations.serials import block_serial, transfer_serial, unblock_serial

__all__ = [
    "Answer",
    "Correction",
    "Erased",
    "Merged",
    "Versions",
    "Wish",
    "abandoned_imports",
    "accept_similar_serials",
    "advance_import",
    "apply_retention",
    "block_serial",
    "check_again",
    "confirm_asked_again",
    "confirm_import",
    "correct_customer",
    "decide",
    "decide_emergency",
    "discard_import",
    "erase_customer",
    "import_file",
    "is_import_alone",
    "issue",
    "issue_emergency",
    "judge_upgrade",
    "merge_customers",
    "note_case_file",
    "note_log_export",
    "note_personal_data",
    "open_request",
    "receive_import",
    "record_purchase",
    "record_purchases",
    "register",
    "release",
    "renew_registration",
    "save_applications",
    "save_contacts",
    "save_product",
    "save_products",
    "save_releases",
    "settle_emergency",
    "transfer_serial",
    "unblock_serial",
    "update",
    "withdraw",
    "withdraw_emergency",
    "withdraw_import",
]
