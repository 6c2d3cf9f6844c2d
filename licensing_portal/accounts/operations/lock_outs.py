"""Attempts to sign in are counted in the database, so that a lock-out holds across workers and restarts.

An attempt is counted before the password is looked at, and given back when it was right: however many arrive at the
same moment, no more than the limit are looked at. Names are counted as they were typed, whether there is such an
account or not, and refused with the same words, so a lock-out does not tell which accounts exist. Browsers in which an
account was used before are counted apart, so that whoever knows a name cannot lock its owner out of these.

Not in the cache: a cache may drop what it holds when it is full, and nobody could see or unlock what is in there.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from licensing_portal.accounts.models import LockOut, SignInEvent
from licensing_portal.accounts.operations import events

Kind = LockOut.Kind
KEPT = timedelta(days=1)
_CLEANED_EVERY = 1000
_counter = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Door:
    """What attempts are counted at: an account, its second factor, or an address.

    ``is_known``: from a browser in which the account was used before, which is counted apart.
    """

    kind: LockOut.Kind
    name: str
    user: User | None = None
    is_known: bool = False

    @property
    def key(self) -> str:
        salt = "lock-outs of known browsers" if self.is_known else "lock-outs"
        digest = salted_hmac(salt, self.name.strip().casefold(), algorithm="sha256").hexdigest()
        return f"{self.kind.value}:{digest}"

    @property
    def limit(self) -> int:
        return settings.SIGN_IN_TRIES_ADDRESS if self.kind == Kind.ADDRESS else settings.SIGN_IN_TRIES


@dataclass(frozen=True, slots=True)
class Attempt:
    """``seconds``: how long to wait, and the attempt must not be made; ``last``: after this one the door is locked."""

    seconds: int
    last: bool


def take(doors: Sequence[Door], *, now: datetime | None = None) -> Attempt:
    """Count an attempt at all doors, or none if one is locked. All callers name the address last: no circles."""
    now = now or timezone.now()
    if next(_counter) % _CLEANED_EVERY == 0:
        LockOut.objects.filter(last_at__lt=now - KEPT).delete()
    with transaction.atomic():
        rows = [_held(door, now) for door in doors]
        waits = [row.locked_until - now for row in rows if row.locked_until and row.locked_until > now]
        if waits:
            return Attempt(int(max(waits).total_seconds()) + 1, last=False)
        counted = [_count(row, door, now) for row, door in zip(rows, doors, strict=True)]
    return Attempt(0, last=any(counted))


def _held(door: Door, now: datetime) -> LockOut:
    start: dict[str, Any] = {"kind": door.kind, "user": door.user, "first_at": now, "last_at": now}
    if door.kind == Kind.ADDRESS:
        start["address"] = door.name
    LockOut.objects.get_or_create(key=door.key, defaults=start)
    return LockOut.objects.select_for_update().get(key=door.key)


def _count(row: LockOut, door: Door, now: datetime) -> bool:
    """One more; whether it was the last one that is taken for a while."""
    period = timedelta(minutes=settings.LOCK_OUT_MINUTES)
    if row.first_at <= now - period or row.locked_until:
        row.failures, row.first_at = 0, now
    row.failures += 1
    row.last_at = now
    row.locked_until = now + period if row.failures >= door.limit else None
    row.user = row.user or door.user
    row.save(update_fields=["user", "failures", "first_at", "last_at", "locked_until"])
    return row.locked_until is not None


@transaction.atomic
def give_back(doors: Sequence[Door]) -> None:
    """The attempt was right: the account starts anew, the address has one less (others may be guessing there)."""
    for door in doors:
        row = LockOut.objects.select_for_update().filter(key=door.key).first()
        if row is None:
            continue
        row.failures = max(0, row.failures - 1) if door.kind == Kind.ADDRESS else 0
        if row.failures < door.limit:
            row.locked_until = None
        row.save(update_fields=["failures", "locked_until"])


@transaction.atomic
def unlock(rows: Sequence[LockOut], *, by: User) -> int:
    """Let them try again at once; how many were unlocked."""
    for row in rows:
        events.record(SignInEvent.Kind.UNLOCKED, user=row.user, by=by.get_username(), detail=row.kind)
    LockOut.objects.filter(pk__in=[row.pk for row in rows]).delete()
    return len(rows)


def forgive(user: User) -> None:
    """Whoever chose a new password by e-mail has failed at the old one, and may use the new one at once."""
    LockOut.objects.filter(user_id=user.pk, kind=Kind.ACCOUNT).delete()
