"""What every column that holds text says about people: one table, without which no new column passes the tests.

Erasing goes by it, and so does the answer to somebody who asks what is held about him.
"""

from enum import StrEnum


class Says(StrEnum):
    """What a column says, and so what an erasure does to it."""

    PERSONAL = "personal"  # of customers: erased
    DERIVED = "derived"  # made from that, to search or to compare: made anew
    DIGEST = "digest"  # of a row that held it; a re-import compares with it (decisions.md 9): stays
    REASON = "reason"  # why staff did something: proof, stays
    STAFF = "staff"  # which user did something, and from where: proof, stays
    PASSING = "passing"  # personal, and gone by itself: see the retention settings
    NOTHING = "nothing"  # about people


_P, _D, _R, _S, _N = Says.PERSONAL, Says.DERIVED, Says.REASON, Says.STAFF, Says.NOTHING

_CONTACT = dict.fromkeys(
    (
        "address_line1", "address_line2", "postcode", "city", "country", "contact_name", "contact_phone",
        "contact_email",
    ),
    _P,
)  # fmt: skip
_HISTORY = {"history_source": _N, "history_user_id": _S, "history_change_reason": _R, "history_type": _N}


def _nothing(*columns: str) -> dict[str, Says]:
    return dict.fromkeys(columns, _N)


INVENTORY: dict[str, dict[str, Says]] = {
    "customers.Customer": {**_CONTACT, "number": _P, "name": _P, "name_search": _D, "match_key": _D},
    "customers.HistoricalCustomer": {**_CONTACT, **_HISTORY, "number": _P, "name": _P},
    "customers.Site": {"name": _P, "name_key": _D},
    "customers.HistoricalSite": {**_HISTORY, "name": _P},
    "licences.Registration": {**_CONTACT, "name": _P, "reason": _R, "entered_by": _S},
    "licences.LicenceFile": {"text": _P, "key_id": _N},
    "licences.CheckedItem": {
        "said": _P, "on_record": _P, "parameters": _P, **_nothing("item", "verdict", "reason"),
    },
    "licences.Event": {
        "personal": _P,
        "details": _R,
        "actor": _S,
        **_nothing("kind", "serial", "personal_salt", "personal_digest", "previous_hash", "hash"),
    },
    "licences.RejectedRow": {"problems": _P, "cells": _P},
    "licences.FileImport": {
        "upload": _P,  # the file is deleted where it mentions the customer
        "file_name": _P,
        "uploaded_by": _S,
        "confirmed_by": _S,
        **_nothing("kind", "state", "sha256", "format", "failure", "counts"),
    },
    "licences.StagedPurchase": {
        **dict.fromkeys([*_CONTACT, "customer_number", "customer_name", "site_name"], Says.PASSING),
        **dict.fromkeys(["match_key", "site_key", "allocation_key", "row_digest", "column_checks"], Says.PASSING),
        **_nothing("purchase_reference", "serial", "product", "product_key"),
    },
    "licences.StagedInstallation": {
        **dict.fromkeys([*_CONTACT, "name"], Says.PASSING),
        **_nothing("serial", "site_id", "server_version", "client_version", "highest_version"),
    },
    "licences.RowOutcome": _nothing("serial"),
    "licences.SearchText": {"name_key": _D, "text": _D},
    "licences.SearchWord": {"word": _D, "sound": _D},
    "licences.LicenceGrant": {
        "row_digest": Says.DIGEST, "column_checks": Says.DIGEST, "allocation_key": Says.DIGEST,
        "purchase_reference": _N,
    },
    "licences.ChecklistCheck": {"digest": Says.DIGEST, "checked_by": _S},
    "licences.ItemResolution": {"kind": _N, "reason": _R, "resolved_by": _S},
    "licences.Relicensing": {"opened_by": _S, "closed_by": _S, **_nothing("purpose", "outcome", "waiting_for")},
    "licences.Approval": {"subject": _N, "reason": _R, "approved_by": _S},
    "licences.Emergency": {
        "reason": _R, "issued_by": _S, "outcome": _N, "settled_by": _S, "settled_reason": _R,
    },
    # A code is kept where it has the length and the symbols of one: what a caller says of himself has not.
    "licences.WrongReleaseCode": {"code": _N, "given_by": _S},
    "licences.Serial": {"blocked_by": _S, "blocked_reason": _R, **_nothing("code", "origin", "highest_version")},
    "licences.Installation": _nothing(
        "site_id", "origin", "server_version", "client_version", "end_reason", "reported_release_code"
    ),
    "licences.UnlockCode": {"issued_by": _S, **_nothing("code", "release_code", "lines", "occasion")},
    "licences.ReleaseCodeUse": _nothing("release_code"),
    "licences.RefusedClaim": _nothing("kind", "site_id"),
    "licences.SerialGuess": {"address": Says.PASSING},
    "licences.RateLimit": {"key": Says.PASSING},
    "licences.RefusedAccess": {"username": _S, **_nothing("method", "page", "why")},
    "licences.PolicyViolation": _nothing("directive", "blocked"),
    "licences.EventChain": _nothing("last_hash"),
    "licences.Product": _nothing("sku", "name"),
    "licences.Release": _nothing("version", "requirements_url", "download_url", "guide_url", "settings_url"),
    "licences.CrmApplication": _nothing("name", "vendor", "works", "since_version", "notes", "url"),
    "licences.SupportContact": _nothing("country", "country_code", "phone", "email", "hours", "url"),
    "accounts.SignInEvent": {"username": _S, "by": _S, "address": _S, **_nothing("kind", "detail")},
    "accounts.LockOut": {"key": Says.PASSING, "address": Says.PASSING, "kind": _N},
    "accounts.CacheEntry": {"cache_key": Says.PASSING, "value": Says.PASSING},  # counts of tries, by user and address
}  # fmt: skip

# What other people's applications keep: about users of the portal, never about customers.
ABOUT_USERS = frozenset(
    {"admin", "auth", "contenttypes", "sessions", "account", "mfa", "socialaccount", "usersessions"}
)
# Their rows name rows of ours by their keys, and go after a week.
ABOUT_WORK = frozenset({"django_tasks_database"})


def personal_columns(label: str) -> list[str]:
    return [column for column, says in INVENTORY[label].items() if says is Says.PERSONAL]
