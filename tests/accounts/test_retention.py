"""Who logged in, when and from where, goes after a while; `apply_retention` does it with everything else."""

from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.core.cache import cache
from django.core.management import call_command
from django.utils import timezone

from licences import operations
from licensing_portal.accounts.models import CacheEntry, LockOut, SignInEvent
from tests.accounts.people import is_signed_in, log_in

pytestmark = pytest.mark.django_db


def after(**time) -> dict[str, int]:
    return operations.apply_retention(now=timezone.now() + timedelta(**time))


def test_login_events_go_after_as_many_days_as_the_setting_says(clerk, settings):
    log_in("clerk")
    log_in("clerk", "wrong")

    assert after(days=364)["login events"] == 0
    assert after(days=366)["login events"] == 2
    assert not SignInEvent.objects.exists()

    settings.KEEP_LOGIN_EVENTS_DAYS = 10
    log_in("clerk")
    assert (after(days=9)["login events"], after(days=11)["login events"]) == (0, 1)


def test_addresses_and_browsers_of_sessions_go_when_these_are_over(clerk):
    browser, _ = log_in("clerk")

    assert after(hours=11)["devices"] == 0
    assert is_signed_in(browser)
    assert after(hours=13)["devices"] == 1
    assert not UserSession.objects.exists()


def test_addresses_of_lock_outs_go_after_a_day(clerk):
    log_in("clerk", "wrong")

    assert after(hours=23)["lock-outs"] == 0
    assert after(hours=25)["lock-outs"] == 2
    assert not LockOut.objects.exists()


def test_counts_by_address_go_when_their_time_is_over():
    cache.set("by:192.0.2.7", 1, timeout=60)

    assert after(seconds=30)["cache entries"] == 0
    assert after(seconds=90)["cache entries"] == 1
    assert not CacheEntry.objects.exists()


def test_the_command_says_how_many(clerk, capsys):
    log_in("clerk")
    SignInEvent.objects.update(at=timezone.now() - timedelta(days=400))

    call_command("apply_retention")

    assert "login events: 1\n" in capsys.readouterr().out
