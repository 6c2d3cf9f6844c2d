"""What is taken away from a user is gone with the next request (docs/decisions.md#no-short-cut-past-authentication)."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.contrib.sessions.models import Session
from django.utils import timezone

LOOKUP = "/lookup/?q=x&format=json"


@pytest.fixture
def browser(clerk, as_user):
    browser = as_user(clerk)
    assert browser.get(LOOKUP).status_code == 200
    return browser


def to_log_in(answer) -> bool:
    return answer.status_code == 302 and "/login/" in answer["Location"]


def test_a_role_that_is_taken_away(browser, clerk):
    clerk.groups.clear()

    assert browser.get(LOOKUP).status_code == 403


def test_a_permission_that_a_role_loses(browser):
    Group.objects.get(name="Licensing staff").permissions.remove(Permission.objects.get(codename="view_serial"))

    assert browser.get(LOOKUP).status_code == 403


def test_a_permission_that_is_given_to_the_user_and_taken_again(clerk, as_user):
    clerk.groups.clear()
    browser = as_user(clerk)

    clerk.user_permissions.add(Permission.objects.get(codename="view_serial"))
    given = browser.get(LOOKUP).status_code
    clerk.user_permissions.clear()

    assert (given, browser.get(LOOKUP).status_code) == (200, 403)


def test_a_user_who_is_deactivated(browser, clerk):
    User.objects.filter(pk=clerk.pk).update(is_active=False)

    assert to_log_in(browser.get(LOOKUP))


def test_a_user_who_is_deleted(browser, clerk):
    User.objects.filter(pk=clerk.pk).delete()

    assert to_log_in(browser.get(LOOKUP))


def test_a_user_with_another_password(browser, clerk):
    clerk.set_password("another password")
    clerk.save()

    assert to_log_in(browser.get(LOOKUP))


def test_a_session_that_is_removed(browser):
    Session.objects.all().delete()

    assert to_log_in(browser.get(LOOKUP))


def test_a_session_that_has_expired(browser):
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))

    assert to_log_in(browser.get(LOOKUP))


def test_a_superuser_may_do_everything_until_he_is_none(as_user):
    root = User.objects.create_superuser("root")
    browser = as_user(root)

    before = browser.get(LOOKUP).status_code
    User.objects.filter(pk=root.pk).update(is_superuser=False)

    assert (before, browser.get(LOOKUP).status_code) == (200, 403)
