"""Counting what was refused to people, and what browsers refused to pages: one row each, however often."""

from datetime import datetime

from django.db import transaction
from django.db.models import F, Model, QuerySet

from licences.models import PolicyViolation, RefusedAccess

BLOCKED_TOLD_APART = 50


@transaction.atomic
def count_refused_access(*, username: str, method: str, page: str, why: str, now: datetime) -> None:
    """Count that a user was refused a page."""
    _count(RefusedAccess.objects.all(), {"username": username, "method": method, "page": page, "why": why}, now)


@transaction.atomic
def count_violation(*, directive: str, blocked: str, now: datetime) -> None:
    """Count what a browser blocked. However many come, a directive gets a bounded number of rows."""
    known = PolicyViolation.objects.filter(directive=directive)
    if not known.filter(blocked=blocked).exists() and known.count() >= BLOCKED_TOLD_APART:
        blocked = ""
    _count(PolicyViolation.objects.all(), {"directive": directive, "blocked": blocked}, now)


def _count(rows: QuerySet[Model], what: dict[str, str], now: datetime) -> None:
    if not rows.filter(**what).update(times=F("times") + 1, last_at=now):
        rows.get_or_create(**what, defaults={"first_at": now, "last_at": now})
