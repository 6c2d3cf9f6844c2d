"""Retention of sign-in data: deletes what is older than its setting allows."""

from datetime import datetime, timedelta

from allauth.usersessions.models import UserSession
from django.conf import settings

from licensing_portal.accounts.models import CacheEntry, LockOut, SignInEvent
from licensing_portal.accounts.operations import lock_outs, messages


def login_events(now: datetime) -> int:
    return SignInEvent.objects.filter(at__lt=now - timedelta(days=settings.KEEP_LOGIN_EVENTS_DAYS)).delete()[0]


def devices(now: datetime) -> int:
    """Delete addresses and browsers of sessions that are over."""
    return UserSession.objects.filter(last_seen_at__lt=now - timedelta(hours=settings.SESSION_HOURS)).delete()[0]


def old_lock_outs(now: datetime) -> int:
    return LockOut.objects.filter(last_at__lt=now - lock_outs.KEPT).delete()[0]


def cache_entries(now: datetime) -> int:
    """Delete expired counts of attempts."""
    return CacheEntry.objects.filter(expires__lt=now).delete()[0]


KINDS = {
    "messages that were not sent": messages.remove_old_messages,
    "login events": login_events,
    "devices": devices,
    "lock-outs": old_lock_outs,
    "cache entries": cache_entries,
}
