"""Failed sign-in attempts, counted in the database, so that a lock-out holds across workers and restarts.

An attempt is counted before the password is checked and given back if it was right: of simultaneous attempts, no more
than the limit are checked. Names are counted as typed, whether the account exists or not, and refused in the same
words, so a lock-out does not reveal accounts. Browsers in which an account was used before have a limit of their own,
so that someone who knows the name cannot lock the owner out of them.

Nobody is locked out for longer than ``LOCK_OUT_MINUTES`` from now. A time in the future, written while a clock was
ahead, counts as now.

Not in the cache: a full cache drops entries, and nobody could see or unlock them.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from licensing_portal.accounts.models import LockOut, SignInEvent
from licensing_portal.accounts.operations import events
from licensing_portal.accounts.usernames import folded

Kind = LockOut.Kind
KEPT = timedelta(days=1)
_CLEANED_EVERY = 1000
_counter = itertools.count(1)


@dataclass(frozen=True, slots=True)
class AttemptLimit:
    """What attempts are counted for: an account, its second factor, or an address.

    ``is_known``: the account was used in this browser before, which has a count of its own.
    """

    kind: LockOut.Kind
    name: str
    user: User | None = None
    is_known: bool = False

    @property
    def key(self) -> str:
        salt = "lock-outs of known browsers" if self.is_known else "lock-outs"
        digest = salted_hmac(salt, folded(self.name), algorithm="sha256").hexdigest()
        return f"{self.kind.value}:{digest}"

    @property
    def limit(self) -> int:
        return settings.SIGN_IN_TRIES_ADDRESS if self.kind == Kind.ADDRESS else settings.SIGN_IN_TRIES


@dataclass(frozen=True, slots=True)
class Attempt:
    """The result of counting. ``seconds``: how long to wait before the next attempt, 0 if this one may go on. ``last``:
    if this attempt fails, the limit is reached.
    """

    seconds: int
    last: bool


def count_attempt(limits: Sequence[AttemptLimit], *, now: datetime | None = None) -> Attempt:
    """Count an attempt at all limits, or at none if one of them is locked. Callers name the address last, which
    prevents deadlocks.
    """
    now = now or timezone.now()
    if next(_counter) % _CLEANED_EVERY == 0:
        LockOut.objects.filter(last_at__lt=now - KEPT).delete()
    with transaction.atomic():
        rows = [_locked_row(limit, now) for limit in limits]
        for row in rows:
            _set_right(row, now)
        waits = [row.locked_until - now for row in rows if row.locked_until and row.locked_until > now]
        if waits:
            return Attempt(ceil(max(waits).total_seconds()), last=False)
        counted = [_count(row, limit, now) for row, limit in zip(rows, limits, strict=True)]
    return Attempt(0, last=any(counted))


def _locked_row(limit: AttemptLimit, now: datetime) -> LockOut:
    start: dict[str, Any] = {"kind": limit.kind, "user": limit.user, "first_at": now, "last_at": now}
    if limit.kind == Kind.ADDRESS:
        start["address"] = limit.name
    LockOut.objects.get_or_create(key=limit.key, defaults=start)
    return LockOut.objects.select_for_update().get(key=limit.key)


def _set_right(row: LockOut, now: datetime) -> None:
    """Clamp times in the future to now, and store them, so that the wait then runs out."""
    until = now + timedelta(minutes=settings.LOCK_OUT_MINUTES)
    first, last = min(row.first_at, now), min(row.last_at, now)
    locked_until = min(row.locked_until, until) if row.locked_until else None
    if (first, last, locked_until) != (row.first_at, row.last_at, row.locked_until):
        row.first_at, row.last_at, row.locked_until = first, last, locked_until
        row.save(update_fields=["first_at", "last_at", "locked_until"])


def _count(row: LockOut, limit: AttemptLimit, now: datetime) -> bool:
    """Add one attempt; return whether it was the last one before a lock-out."""
    period = timedelta(minutes=settings.LOCK_OUT_MINUTES)
    if row.first_at <= now - period or row.locked_until:
        row.failures, row.first_at = 0, now
    row.failures += 1
    row.last_at = now
    row.locked_until = now + period if row.failures >= limit.limit else None
    row.user = row.user or limit.user
    row.save(update_fields=["user", "failures", "first_at", "last_at", "locked_until"])
    return row.locked_until is not None


@transaction.atomic
def forget_attempt(limits: Sequence[AttemptLimit]) -> None:
    """The attempt succeeded: reset the account's count, and take one from the address's (others
    there may be guessing).
    """
    for limit in limits:
        row = LockOut.objects.select_for_update().filter(key=limit.key).first()
        if row is None:
            continue
        row.failures = max(0, row.failures - 1) if limit.kind == Kind.ADDRESS else 0
        if row.failures < limit.limit:
            row.locked_until = None
        row.save(update_fields=["failures", "locked_until"])


@transaction.atomic
def remove_lock_outs(rows: Sequence[LockOut], *, by: User) -> int:
    """Remove these lock-outs. Returns how many there were."""
    for row in rows:
        events.record_sign_in_event(SignInEvent.Kind.UNLOCKED, user=row.user, by=by.get_username(), detail=row.kind)
    LockOut.objects.filter(pk__in=[row.pk for row in rows]).delete()
    return len(rows)


def reset_attempts(user: User) -> None:
    """Reset the counts of a user who chose a new password by e-mail, so that they can use it at once."""
    LockOut.objects.filter(user_id=user.pk, kind=Kind.ACCOUNT).delete()
