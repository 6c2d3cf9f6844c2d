"""Keys for programs: created, rotated, revoked, and used (docs/security.md#keys-for-programs)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from licences.database.compiled import CompiledQuery, QueryParameter
from licences.domain.errors import Refusal
from licences.domain.program_keys import (
    Scope,
    handle_of,
    judge_key,
    new_key,
    parse_networks,
    require_life,
)
from licences.models import Event, ProgramKey
from licences.operations.events import record_event
from licences.operations.reasons import require_reason

BETWEEN_NOTES = timedelta(minutes=1)  # a use is noted once in this time: reading must not write


@dataclass(frozen=True, slots=True)
class IssuedKey:
    """A new key, and its text, which is shown once and stored nowhere."""

    record: ProgramKey
    text: str


@transaction.atomic
def create_program_key(
    *, name: str, owner: str, scopes: Sequence[str], networks: Sequence[str], expires_at: datetime, by: str
) -> IssuedKey:
    """Create a key with which another system reads from the portal; returns its record, and its text, shown once.

    ``name`` is that of the system, ``owner`` who answers for it. ``scopes`` are values of ``Scope``, ``networks``
    addresses or networks such as 192.0.2.0/24, from which the key may be used; none allow any address. The key ends at
    ``expires_at``, an aware datetime. Every call creates another key. ``Refusal``: ``scopes-missing``,
    ``expiry-out-of-range``, ``too-many-networks``, ``not-a-network``. Rule: docs/security.md#keys-for-programs.
    """
    issued = _issue(name, owner, scopes, networks, expires_at, by=by)
    _record(Event.Kind.KEY_CREATED, issued.record, by=by)
    return issued


@transaction.atomic
def rotate_program_key(*, key_id: int, expires_at: datetime, overlap: timedelta, by: str) -> IssuedKey:
    """Create the successor of a key, with its name, owner, scopes and networks; the old one ends after ``overlap``.

    Returns the successor's record, and its text, shown once. ``key_id`` is the primary key of the old one,
    ``expires_at`` the end of the new one. An end of the old key that comes sooner stays. ``Refusal``: ``key-revoked``,
    ``key-expired``, ``key-rotated`` (it has a successor already, so also on a second call), ``expiry-out-of-range``.
    """
    old, now = require_usable_key(key_id), timezone.now()
    require_not_rotated(old)
    issued = _issue(old.name, old.owner, old.scopes, old.networks, expires_at, by=by, replaces=old)
    old.expires_at = min(old.expires_at, now + overlap)
    old.save(update_fields=["expires_at"])
    more = {"replaces": old.pk, "old_expires_at": old.expires_at.isoformat(timespec="seconds")}
    _record(Event.Kind.KEY_ROTATED, issued.record, by=by, **more)
    return issued


@transaction.atomic
def revoke_program_key(*, key_id: int, reason: str, by: str) -> ProgramKey:
    """End a key at once, with a reason, and return it.

    ``key_id`` is a primary key. ``Refusal``: ``reason-missing``, ``reason-too-short``, ``key-revoked`` (also on a
    second call), ``key-expired``.
    """
    reason = require_reason(reason)
    key = require_usable_key(key_id)
    key.revoked_at, key.revoked_by, key.revoked_reason = timezone.now(), str(by), reason
    key.save(update_fields=["revoked_at", "revoked_by", "revoked_reason"])
    _record(Event.Kind.KEY_REVOKED, key, by=by, reason=reason)
    return key


def use_program_key(text: str, *, address: str, now: datetime) -> ProgramKey:
    """Return the record of the key that a program sent, and note its use, at most once a minute.

    ``text`` is the key as it was sent, ``address`` the IP address that it came from. ``Refusal``: ``key-wrong``,
    ``key-revoked``, ``key-expired``, ``address-not-allowed``.
    """
    handle = handle_of(text)
    key = _BY_HANDLE.first(handle=handle) if handle else None
    judge_key(text, key.facts() if key else None, address=address, now=now)
    if key is None:
        raise Refusal("key-wrong")
    if key.last_used_at is None or key.last_used_at <= now - BETWEEN_NOTES:
        ProgramKey.objects.filter(pk=key.pk).update(last_used_at=now)
    return key


_BY_HANDLE = CompiledQuery(lambda: ProgramKey.objects.filter(handle=QueryParameter("handle", like="")).order_by("pk"))


def _issue(
    name: str,
    owner: str,
    scopes: Sequence[str],
    networks: Sequence[str],
    expires_at: datetime,
    *,
    by: str,
    replaces: ProgramKey | None = None,
) -> IssuedKey:
    """Draw a key and store its record; returns the record and the key's text. No event is recorded.

    ``scopes`` are values of ``Scope``, ``networks`` those from which the key may be used, ``replaces`` is the key whose
    successor it is. ``Refusal``: ``scopes-missing``, ``expiry-out-of-range``, ``too-many-networks``, ``not-a-network``.
    """
    known = [scope.value for scope in Scope if scope in scopes]
    if not known:
        raise Refusal("scopes-missing", field="scopes")
    require_life(expires_at, now=timezone.now())
    drawn = new_key()
    record = ProgramKey.objects.create(
        name=name,
        owner=owner,
        scopes=known,
        networks=parse_networks("\n".join(networks)),
        handle=drawn.handle,
        digest=drawn.digest,
        replaces=replaces,
        created_by=str(by),
        expires_at=expires_at,
    )
    return IssuedKey(record, drawn.text)


def require_usable_key(key_id: int) -> ProgramKey:
    """Lock a key until the transaction ends, and return it. ``Refusal``: ``key-revoked``, ``key-expired``."""
    key = ProgramKey.objects.select_for_update(no_key=True).get(pk=key_id)
    if key.revoked_at is not None:
        raise Refusal("key-revoked")
    if key.expires_at <= timezone.now():
        raise Refusal("key-expired")
    return key


def require_not_rotated(key: ProgramKey) -> None:
    """Refuse a key that has a successor already. ``Refusal``: ``key-rotated``."""
    if ProgramKey.objects.filter(replaces=key).exists():
        raise Refusal("key-rotated")


def _record(kind: Event.Kind, key: ProgramKey, *, by: str, **more: Any) -> None:
    """Record an event of this kind about a key, with all that its record says; ``more`` is added to the details."""
    details = {
        "key": key.pk,
        "handle": key.handle,
        "program": key.name,
        "scopes": key.scopes,
        "networks": key.networks,
        "expires_at": key.expires_at.isoformat(timespec="seconds"),
        **more,
    }
    record_event(kind, by=by, details=details, personal={"owner": key.owner})
