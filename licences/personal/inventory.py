"""The inventory of personal data: a category for every column that holds text (docs/personal-data.md).

Erasure and subject access follow it, and the record of processing is made from it. A test fails for a column that is
not in it.
"""

from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

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
    # A finding may name who made a code according to the record and to the log.
    "licences.LogCheck": {"begun_by": _S, "listed": _S, **_nothing("state", "last_hash", "failure")},
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
    "licences.QualityMark": {
        "note": _P, "before": _P, "fingerprint": _D, "changed_by": _S, **_nothing("list", "state", "did", "act"),
    },
    "licences.QualityFinding": {"fingerprint": _D, "list": _N},
    "licences.QualityCount": _nothing("list"),
    "licences.Reminder": {"fingerprint": _D, "changed_by": _S, **_nothing("subject_kind", "occurrence")},
    "licences.ReminderRule": _nothing("kind", "role"),
    "licences.ReminderDigest": _nothing("language"),
    "licences.QualityFilter": _nothing("list", "name", "name_key", "values"),  # countries, towns and days
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
    "licences.InstallationAddress": {"digest": _T},
    "licences.FormToken": {"key": _T, "content": _T, "target": _N},  # digests with a random token
    # Which program, and who answers for it: staff, and no customer.
    "licences.ProgramKey": {
        "owner": _S, "created_by": _S, "revoked_by": _S, "revoked_reason": _R,
        **_nothing("name", "scopes", "networks", "handle", "digest"),
    },
    "licences.ProgramCall": {"key_digest": _N, "content": _G, "answer": _N},  # the answer has no names
    # Where events are sent, without anything personal; the address and the answers are of other systems.
    "licences.Webhook": {
        "created_by": _S, **_nothing("name", "url", "kinds", "sealed_secret", "sealed_old_secret", "lease"),
    },
    "licences.WebhookDelivery": _nothing("message", "kind", "serial", "state", "failure", "excerpt", "body"),
    "licences.RefusedAccess": {"username": _S, **_nothing("method", "page", "why")},
    "licences.DailyFigure": _nothing("figure", "part", "country"),  # numbers of events, never of people
    "licences.DividedFigure": _nothing("figure", "part", "country", "reseller"),
    "licences.FigureTotal": _nothing("length", "figure", "part", "country", "reseller"),
    "licences.ApiCallCount": _nothing("call", "outcome"),
    "licences.EventChain": _nothing("last_hash"),
    "licences.Product": _nothing("sku", "name"),
    "licences.Release": _nothing("version", "requirements_url", "download_url", "guide_url", "settings_url"),
    "licences.DecisionAlerts": _nothing("language"),
    "licences.CrmApplication": _nothing("name", "vendor", "works", "since_version", "notes", "url"),
    "licences.SupportContact": _nothing("country", "country_code", "phone", "email", "hours", "url"),
    "accounts.SignInEvent": {"username": _S, "by": _S, "address": _S, "reason": _R, **_nothing("kind", "detail")},
    "accounts.LockOut": {"key": _T, "address": _T, "kind": _N},
    "accounts.CacheEntry": {"cache_key": _T, "value": _T},  # counts of tries; files to import
    "accounts.QueuedMessage": {"sealed": _T},  # e-mail to users, until the worker has sent it
    "accounts.FailedMessage": {"sealed": _T, "failure": _N},  # for a week, so that it can be sent again
    "accounts.UserLanguage": {"language": _N},
}  # fmt: skip


# --- What the data is for, and how long it is kept ----------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ProcessingPurpose:
    """An entry of the record of processing: a group of columns, why they are stored, and how long.

    ``models``: labels of the models, empty for all that no other entry names; ``categories``: of their columns.
    ``kept`` may contain ``%(days)s``, which are those of ``setting``. Texts are translated to the reader's language.
    """

    key: str
    title: Promise
    data: Promise
    people: Promise
    purpose: Promise
    kept: Promise
    categories: frozenset[PersonalDataCategory]
    models: tuple[str, ...] = ()
    setting: str = ""


_BUYERS = _("customers and their contact persons")
_CALLERS = _("people who call")
_USERS = _("users of the portal")
_BROWSERS = _("users of the portal and whoever reaches it over the network")
_UNTIL_ERASED = _("until the customer or the contact person is erased")

PROCESSING: tuple[ProcessingPurpose, ...] = (
    ProcessingPurpose(
        "customers", _("Customers and sites"),
        _("name, customer number, address, contact name, telephone number, e-mail, site names, now and before"),
        _BUYERS, _("to know who bought, to find a customer on the telephone, and to explain corrections"),
        _UNTIL_ERASED, frozenset({_P}),
        ("customers.Customer", "customers.HistoricalCustomer", "customers.Site", "customers.HistoricalSite"),
    ),
    ProcessingPurpose(
        "registrations", _("Registrations and entries by hand"),
        _("name, address and contact as they were entered, the name in licence files, names of new sites"),
        _BUYERS, _("to tell a customer from a stranger when hardware changes, and to show who is entitled to support"),
        _UNTIL_ERASED, frozenset({_P}), ("licences.Registration", "licences.LicenceFile", "licences.HandEntry"),
    ),
    ProcessingPurpose(
        "checklist", _("Checklist answers"), _("what a caller answered, and what was on record"),
        _BUYERS, _("to prove why a licence was moved or refused"), _UNTIL_ERASED,
        frozenset({_P}), ("licences.CheckedItem",),
    ),
    ProcessingPurpose(
        "calls", _("Who called"), _("name, call-back number, ticket reference"),
        _CALLERS, _("to call back, and to continue a call that somebody else took"),
        _("%(days)s days after the request has ended"), frozenset({_P}), ("licences.Relicensing",),
        "KEEP_CALLERS_DAYS",
    ),
    ProcessingPurpose(
        "notes", _("Notes"), _("free text about a customer or a serial number"),
        _BUYERS, _("to tell the next person who takes a call what they should know"),
        _("%(days)s days after the note was written"), frozenset({_P}), ("licences.Note",), "KEEP_NOTES_DAYS",
    ),
    ProcessingPurpose(
        "quality_notes", _("Notes on data quality entries"), _("free text about an entry of a list"),
        _BUYERS, _("to tell colleagues what was found out about an entry"),
        _("%(days)s days after somebody last worked on the entry"), frozenset({_P}), ("licences.QualityMark",),
        "KEEP_NOTES_DAYS",
    ),
    ProcessingPurpose(
        "code_deliveries", _("Unlock codes sent by e-mail"), _("e-mail address"),
        _BUYERS, _("to send an unlock code, and to show where it was sent"),
        _("%(days)s days after it was sent or given up"), frozenset({_P}), ("licences.CodeDelivery",),
        "KEEP_CODE_EMAILS_DAYS",
    ),
    ProcessingPurpose(
        "events", _("Event log"), _("names and values as they were when something happened"),
        _BUYERS, _("to prove in a dispute what was done, and to find tampering"), _UNTIL_ERASED,
        frozenset({_P}), ("licences.Event",),
    ),
    ProcessingPurpose(
        "uploads", _("Uploaded files"), _("purchase files and their names"),
        _BUYERS, _("to explain where a record comes from"),
        _("%(days)s days after the import has ended; the name of the file until the customer is erased"),
        frozenset({_P}), ("licences.FileImport",), "KEEP_IMPORT_FILES_DAYS",
    ),
    ProcessingPurpose(
        "rejected_rows", _("Rejected rows of purchase files"), _("the row as it was in the file"),
        _BUYERS, _("to let the sender correct it"), _("%(days)s days after the import has ended"),
        frozenset({_P}), ("licences.RejectedRow",), "KEEP_REJECTED_ROWS_DAYS",
    ),
    ProcessingPurpose(
        "staged_rows", _("Rows of an import in progress"), _("name, address and contact in the file"),
        _BUYERS, _("to show what an import will change before it does"), _("until the import has ended"),
        frozenset({_T}), ("licences.StagedPurchase", "licences.StagedInstallation"),
    ),
    ProcessingPurpose(
        "search", _("Search texts and keys"), _("words and keys computed from names, addresses and contacts"),
        _BUYERS, _("to find a record however its name is spelled"),
        _("as long as the data that they are computed from"), frozenset({_D}),
    ),
    ProcessingPurpose(
        "digests", _("Digests of rows"), _("digests; only somebody who guesses a whole row can confirm the guess"),
        _BUYERS, _("to notice that a purchase comes again, or that a record was changed"), _("as long as the record"),
        frozenset({_G}),
    ),
    ProcessingPurpose(
        "reasons", _("Reasons"), _("why staff did something; they are asked not to name anybody"),
        _("customers, if they are named"), _("to prove who decided what, and why"), _("as long as the event log"),
        frozenset({_R}),
    ),
    ProcessingPurpose(
        "staff", _("Who did something"), _("user names"),
        _USERS, _("to prove who decided what, and why"), _("as long as the event log"), frozenset({_S}),
    ),
    ProcessingPurpose(
        "accounts", _("User accounts"),
        _("user name, name, e-mail address, digest of the password, second factors; address and browser of sessions"),
        _USERS, _("to let only those in who may, and to show them where they are logged in"),
        _("until the user is deleted; a session until it has ended"), frozenset(),  # tables of Django and of allauth
    ),
    ProcessingPurpose(
        "sign_in_events", _("Login events"), _("user name, IP address, time"),
        _USERS, _("to notice that an account is misused"), _("%(days)s days"),
        frozenset({_S}), ("accounts.SignInEvent",), "KEEP_LOGIN_EVENTS_DAYS",
    ),
    ProcessingPurpose(
        "addresses", _("Attempts with serial numbers of others"), _("IP address"),
        _BROWSERS, _("to stop the guessing of serial numbers"), _("%(days)s days after the last attempt"),
        frozenset({_T}), ("licences.SerialGuess",), "KEEP_ADDRESSES_DAYS",
    ),
    ProcessingPurpose(
        "installation_addresses", _("Addresses of servers"),
        _("IP address of a server of a customer, as a digest with a secret"),
        _BUYERS, _("to notice that a server was copied"), _("seven days after the last call from the address"),
        frozenset({_T}), ("licences.InstallationAddress",),
    ),
    ProcessingPurpose(
        "limits", _("Rate limits, lock-outs and one-time tokens"), _("IP address or user name, mostly as a digest"),
        _BROWSERS, _("to slow down attacks, and to do once what was sent twice"), _("two days at most"),
        frozenset({_T}), ("licences.RateLimit", "licences.FormToken", "accounts.LockOut", "accounts.CacheEntry"),
    ),
    ProcessingPurpose(
        "queued_mail", _("Waiting e-mail"), _("encrypted messages"),
        _("customers and users who get e-mail"), _("to send it"),
        _("until it is sent, a day at most; if it was given up, for a week more"),
        frozenset({_T}), ("accounts.QueuedMessage", "accounts.FailedMessage"),
    ),
)  # fmt: skip
