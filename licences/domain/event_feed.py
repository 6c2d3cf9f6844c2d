"""What programs and webhooks learn of the event log (docs/events.md).

An event has many details; these are the ones that other systems are promised. A detail that is not named here is never
told: no code, no reason that somebody typed, no digest. A name that was published keeps its meaning for good.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

from licences.domain.chain import NONCE

_INSTALLATION = ("site_id", "server_version", "client_version")
_CHECK = ("request", "check")
_EMERGENCY = ("emergency", "site_id", "earlier_site_id", "expires_on")
_KEY = ("key", "handle", "program", "scopes", "expires_at")
_IMPORT = ("import", "rows", "new", "top_up", "return", "unchanged", "rejected", "new_serials", "new_customers")
_FILE = ("list", "columns")
_WEBHOOK = ("webhook", "name", "host")

# Kind of event → its published details. A detail is left out of an event that does not have it.
PUBLISHED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "purchases-recorded": (*_IMPORT, "serials", "entry"),
        "installations-taken-over": (*_IMPORT, "taken_over"),
        "registered": (*_INSTALLATION, "sequence"),
        "registration-renewed": _INSTALLATION,
        "licences-updated": (*_INSTALLATION, "sequence"),
        "released": (*_INSTALLATION, "proved"),
        "server-proved": ("site_id", "how", "token"),
        "connection-allowed": ("site_id",),
        "relicensing-checked": (*_CHECK, "verdicts", "wrong_codes"),
        "relicensing-confirmed": (*_CHECK, "items"),
        "relicensing-decided": (*_CHECK, "items"),
        "relicensing-agreed": (*_CHECK, "items"),
        "relicensing-handed-over": (*_CHECK, "items"),
        "relicensing-withdrawn": ("request",),
        "relicensing-closed": ("request", "because", "days"),
        "relicensing-reopened": ("request",),
        "re-licensed": (*_CHECK, "site_id", "sequence", "purpose"),
        "emergency-issued": (*_EMERGENCY, *_CHECK, "sequence"),
        "emergency-code-wrong": (*_EMERGENCY, "wrong_codes"),
        "emergency-code-reported": (*_EMERGENCY, "proved"),
        "emergency-settled": (*_EMERGENCY, "sequence"),
        "emergency-decided": (*_EMERGENCY, "sequence"),
        "emergency-withdrawn": _EMERGENCY,
        "blocked": (),
        "unblocked": (),
        "transferred": ("previous", "registration"),
        "claim-refused": ("claim", "site_id"),
        "customer-corrected": ("fields",),
        "catalogue-changed": ("products",),
        "reference-changed": ("releases", "applications", "countries"),
        "profile-changed": ("profile",),
        "customers-merged": ("kept", "merged", "sites"),
        "customer-erased": ("customers",),
        "contact-forgotten": ("customers",),
        "customer-exported": (),
        "case-file-made": (),
        "log-exported": ("length",),
        "log-verified": ("log_check", "length", "records", "anchors", "findings"),
        "customer-entered": ("entry",),
        "hand-entered": ("entry", "waits"),
        "hand-decided": ("entry", "agreed"),
        "sequences-raised": ("by_how_many", "recalled"),
        "file-begun": _FILE,
        "file-taken": (*_FILE, "rows", "whole"),
        "code-mailed": ("sequence", "delivery", "language"),
        "caller-noted": ("request", "columns"),
        "note-written": ("note",),
        "import-taken-back": ("import", "rows"),
        "quality-marked": ("quality_list", "did", "count"),
        "quality-filter-changed": ("filter", "did", "list"),
        "reminder-rule-changed": ("rule",),
        "reminder-marked": ("rule", "did", "about", "number", "snoozed_until"),
        "key-created": _KEY,
        "key-rotated": (*_KEY, "replaces", "old_expires_at"),
        "key-revoked": _KEY,
        "webhook-created": (*_WEBHOOK, "kinds"),
        "webhook-changed": (*_WEBHOOK, "kinds", "enabled", "fields", "because"),
        "webhook-rotated": (*_WEBHOOK, "old_secret_until"),
        "webhook-tested": (*_WEBHOOK, "message"),
        "webhook-replayed": (*_WEBHOOK, "first", "last", "count"),
        "baseline-made": ("through",),
    }
)


def published_event(
    *, id: int, kind: str, at: datetime, serial: str, customer: int | None, details: Mapping[str, Any]
) -> dict[str, Any]:
    """An event as a JSON object without anything personal. ``details`` are those of the log."""
    return {
        "id": id,
        "kind": kind,
        "at": at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "serial": serial or None,
        "customer": customer,
        "details": published_details(kind, details),
    }


def published_details(kind: str, details: Mapping[str, Any]) -> dict[str, Any]:
    """The details of an event that other systems are told, in the order of ``PUBLISHED``; none of an unknown kind."""
    return {name: details[name] for name in PUBLISHED.get(kind, ()) if name in details}


def published_personal(personal: Mapping[str, Any]) -> dict[str, Any]:
    """The personal details of an event without the nonce that protects their digest; empty after an erasure."""
    return {name: value for name, value in personal.items() if name != NONCE}
