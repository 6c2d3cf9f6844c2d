"""The inventory of personal data: a category for every column that holds text (docs/personal-data.md).

Erasure and subject access follow it. A test fails for a column that is not in it.
"""

from enum import StrEnum

from customers.contact import CONTACT_COLUMNS


class PersonalDataCategory(StrEnum):
    """What a column says about people, and so what an erasure does with it."""

    PERSONAL = "personal"  # about a customer; erased
    DERIVED = "derived"  # computed from personal data, to search or compare; computed again
    # Digest of a row; kept, because a repeated import compares it (docs/decisions.md#digests-and-keys-of-purchases).
    DIGEST = "digest"
    REASON = "reason"  # why staff did something; kept as proof
    STAFF = "staff"  # which user did something, and from where; kept as proof
    TRANSIENT = "transient"  # personal, and deleted after a while (docs/personal-data.md#how-long-things-are-kept)
    NOTHING = "nothing"  # nothing about people


_P, _D, _G, _R, _S, _T, _N = (
    PersonalDataCategory.PERSONAL,
    PersonalDataCategory.DERIVED,
    PersonalDataCategory.DIGEST,
    PersonalDataCategory.REASON,
    PersonalDataCategory.STAFF,
    PersonalDataCategory.TRANSIENT,
    PersonalDataCategory.NOTHING,
)

_CONTACT = dict.fromkeys(CONTACT_COLUMNS, _P)
_HISTORY = {"history_source": _N, "history_user_id": _S, "history_change_reason": _R, "history_type": _N}


def _nothing(*columns: str) -> dict[str, PersonalDataCategory]:
    return dict.fromkeys(columns, _N)


# Label of the model → column → category.
INVENTORY: dict[str, dict[str, PersonalDataCategory]] = {
    "customers.Customer": {**_CONTACT, "number": _P, "name": _P, "name_search": _D, "match_key": _D,
        **dict.fromkeys(["number_key", "details_key", "country_key"], _D),
        **dict.fromkeys(["street_block", "postcode_block", "phone_block"], _D),
    },
    "customers.HistoricalCustomer": {**_CONTACT, **_HISTORY, "number": _P, "name": _P},
    "customers.Site": {"name": _P, "name_key": _D},
    "customers.HistoricalSite": {**_HISTORY, "name": _P},
    "licences.Registration": {**_CONTACT, "name": _P, "reason": _R, "entered_by": _S},
    "licences.LicenceFile": {"text": _P, "key_id": _N},
    "licences.CheckedItem": {
        "said": _P, "on_record": _P, "parameters": _P, **_nothing("item", "verdict", "reason"),
    },
    "licences.CodeDelivery": {"address": _P, "queued_by": _S, **_nothing("language", "state", "failure")},
    "licences.Event": {
        "personal": _P,
        "details": _R,
        "actor": _S,
        **_nothing("kind", "serial", "personal_salt", "personal_digest", "previous_hash", "hash"),
    },
    "licences.RejectedRow": {"problems": _P, "cells": _P},
    "licences.FileImport": {
        "upload": _P,  # the file is deleted if it names the customer
        "file_name": _P,
        "uploaded_by": _S,
        "confirmed_by": _S,
        "taken_back_by": _S, "taken_back_reason": _R, "inbox_sender": _N,
        **_nothing("kind", "state", "sha256", "format", "failure", "counts", "to_confirm", "decisions", "inbox_key"),
    },
    # Who sends files, and how they are laid out; the default values are of columns that are not about people.
    "licences.SenderProfile": {
        **_nothing("name", "name_key", "kind", "titles", "columns", "shape", "encoding", "delimiter", "decimal_style"),
        **_nothing("totals_words", "defaults"),
        "changed_by": _S,
    },
    "licences.RecordPair": {"pair": _G, "decided_by": _S, **_nothing("kind", "reference", "decision")},
    "licences.PurchaseReferenceKey": _nothing("reference", "key"),
    "licences.StagedPurchase": {
        **dict.fromkeys([*_CONTACT, "customer_number", "customer_name", "site_name"], _T),
        **dict.fromkeys(["match_key", "site_key", "allocation_key", "row_digest", "column_checks"], _T),
        **dict.fromkeys(["details_key", "number_key", "country_key", "raw_digest"], _T),
        **_nothing("purchase_reference", "reference_key", "raw_reference", "serial", "product", "product_key"),
    },
    "licences.StagedInstallation": {
        **dict.fromkeys([*_CONTACT, "name"], _T),
        **_nothing("serial", "site_id", "server_version", "client_version", "highest_version"),
    },
    "licences.RowOutcome": _nothing("serial"),
    "licences.SequenceRaise": {"mark": _N, "raised_by": _S},
    "licences.ReturningSerial": {"allocation_key": _G, **_nothing("purchase_reference", "code")},
    "licences.SearchText": dict.fromkeys(["name_key", "text", "former_names", "ticket_references"], _D),
    "licences.SearchWord": {"word": _D, "sound": _D},
    "licences.LicenceGrant": {
        "row_digest": _G, "column_checks": _G, "allocation_key": _G,
        "purchase_reference": _N,
    },
    "licences.ChecklistCheck": {"digest": _G, "checked_by": _S},
    "licences.ItemResolution": {"kind": _N, "reason": _R, "resolved_by": _S},
    "licences.Relicensing": {
        **dict.fromkeys(["caller_name", "callback_number", "ticket_reference"], _P),
        "opened_by": _S, "handed_over_by": _S, "closed_by": _S,
        **_nothing("purpose", "outcome", "waiting_for", "closed_because"),
    },
    "licences.Note": {"text": _P, "written_by": _S},
    "licences.Approval": {"subject": _N, "reason": _R, "approved_by": _S},
    "licences.HandEntry": {
        "site_name": _P, "reason": _R, "entered_by": _S, **_nothing("kind", "lines", "token"),
    },
    "licences.HandDecision": {"reason": _R, "decided_by": _S},
    "licences.Emergency": {
        "reason": _R, "issued_by": _S, "outcome": _N, "settled_by": _S, "settled_reason": _R,
    },
    # Only what has the length and the symbols of a code is kept, so nothing that callers say about themselves.
    "licences.WrongReleaseCode": {"code": _N, "given_by": _S},
    "licences.Serial": {"blocked_by": _S, "blocked_reason": _R, **_nothing("code", "origin", "highest_version")},
    "licences.Installation": _nothing(
        "site_id", "origin", "server_version", "client_version", "end_reason", "reported_release_code",
        "token_digest", "proved_code",
    ),
    "licences.UnlockCode": {"issued_by": _S, **_nothing("code", "release_code", "lines", "occasion")},
    "licences.ReleaseCodeUse": _nothing("release_code"),
    "licences.RefusedClaim": _nothing("kind", "site_id"),
    "licences.SerialGuess": {"address": _T},
    "licences.RateLimit": {"key": _T},
    "licences.FormToken": {"key": _T, "content": _T, "target": _N},  # digests with a random token
    # Which program, and who answers for it: staff, and no customer.
    "licences.ProgramKey": {
        "owner": _S, "created_by": _S, "revoked_by": _S, "revoked_reason": _R,
        **_nothing("name", "scopes", "networks", "handle", "digest"),
    },
    "licences.RefusedAccess": {"username": _S, **_nothing("method", "page", "why")},
    "licences.EventChain": _nothing("last_hash"),
    "licences.Product": _nothing("sku", "name"),
    "licences.Release": _nothing("version", "requirements_url", "download_url", "guide_url", "settings_url"),
    "licences.DecisionAlerts": _nothing("language"),
    "licences.CrmApplication": _nothing("name", "vendor", "works", "since_version", "notes", "url"),
    "licences.SupportContact": _nothing("country", "country_code", "phone", "email", "hours", "url"),
    "accounts.SignInEvent": {"username": _S, "by": _S, "address": _S, **_nothing("kind", "detail")},
    "accounts.LockOut": {"key": _T, "address": _T, "kind": _N},
    "accounts.CacheEntry": {"cache_key": _T, "value": _T},  # counts of tries; files to import
    "accounts.QueuedMessage": {"sealed": _T},  # e-mail to users, until the worker has sent it
}  # fmt: skip
