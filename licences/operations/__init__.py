"""The operations: one function per business verb, each in one transaction. Only these and ``imports`` write.

They take keyword arguments. ``by`` is who acts, as the event log will name them: a ``StaffIdentity`` for staff, a plain
name for servers and commands. ``today`` is the day in the portal's time zone. Serial numbers, site IDs and codes are
canonical: upper case, no separators. An operation that refuses raises ``Refusal`` and changes nothing, unless its
docstring says otherwise (docs/decisions.md#refusals-are-values, docs/decisions.md#who-writes).
"""

from licences.operations.allocated_lists import complete_pending_lists
from licences.operations.api_calls import ApiCall, store_api_calls
from licences.operations.baselines import make_baseline
from licences.operations.catalogue import save_product, save_products
from licences.operations.checklist_decisions import decide_checklist
from licences.operations.code_deliveries import (
    fail_overdue_deliveries,
    is_delivery_wanted,
    record_delivery_failure,
    record_delivery_sent,
    send_unlock_code,
)
from licences.operations.contact_erasure import forget_contact
from licences.operations.customer_entry import NewCustomer, enter_customer
from licences.operations.customer_erasure import erase_customer
from licences.operations.customer_merge import MergeResult, merge_customers
from licences.operations.customers import Correction, correct_customer
from licences.operations.decision_alerts import choose_decision_emails, note_open_page, tell_supervisors
from licences.operations.disclosures import (
    disclose_licence_file,
    record_case_file,
    record_disclosure,
    record_disclosure_begun,
    record_log_export,
    record_subject_access,
)
from licences.operations.emergencies import (
    decide_emergency,
    issue_emergency,
    settle_emergency,
    withdraw_emergency,
)
from licences.operations.figures import compute_figures, refresh_figures
from licences.operations.form_tokens import FormTokenUse, use_form_token
from licences.operations.hand_over import hand_over_request
from licences.operations.installation_addresses import note_address
from licences.operations.installation_proof import let_server_connect
from licences.operations.installations import (
    ServerLicence,
    judge_upgrade,
    register_installation,
    release_installation,
    renew_registration,
    update_installation,
)
from licences.operations.log_checks import (
    begin_log_check,
    end_log_check,
    report_log_check,
    start_log_check,
    stop_abandoned_log_checks,
    stop_log_check,
)
from licences.operations.notes import note_caller, note_on_customer, note_on_serial
from licences.operations.program_keys import (
    IssuedKey,
    create_program_key,
    revoke_program_key,
    rotate_program_key,
    use_program_key,
)
from licences.operations.quality_counts import claim_quality_count, count_quality_lists
from licences.operations.quality_filters import change_quality_filter, delete_quality_filter, save_quality_filter
from licences.operations.quality_marks import ChosenEntries, EntryAct, undo_quality_act, work_on_entries
from licences.operations.reference import save_applications, save_contacts, save_releases
from licences.operations.relicensing import (
    confirm_asked_again,
    issue_relicensing,
    open_relicensing,
    recheck_relicensing,
)
from licences.operations.relicensing_closing import close_idle_requests, reopen_relicensing, withdraw_relicensing
from licences.operations.reminder_digests import choose_reminder_digest, tell_of_reminders
from licences.operations.reminders import RuleValues, change_reminder_rule, refresh_reminders, work_on_reminder
from licences.operations.retention import apply_retention
from licences.operations.sequences import DEFAULT_RAISE, raise_sequences
from licences.operations.serials import block_serial, transfer_serial, transfer_serial_to_new_customer, unblock_serial
from licences.operations.webhooks.endpoints import (
    IssuedSecret,
    change_webhook,
    create_webhook,
    rotate_webhook_secret,
)
from licences.operations.webhooks.gone import tell_of_gone_webhooks
from licences.operations.webhooks.replaying import replay_message, replay_span, send_test_message
from licences.operations.webhooks.secrets import reseal_webhook_secrets
from licences.operations.webhooks.worker import deliver_webhooks
