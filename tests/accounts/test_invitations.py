"""Inviting users by e-mail, deactivating them with a reason, and what the list of users shows."""

import re
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group, User
from django.core import mail, signing
from django.urls import reverse
from django.utils import timezone

from licensing_portal.accounts.models import QueuedMessage, SignInEvent
from licensing_portal.accounts.operations import invitations
from tests.accounts.people import log_in
from tests.questions import why_refused
from tests.roles.forms import form_on

pytestmark = pytest.mark.django_db(transaction=True)
ADD = "/admin/auth/user/add/"
NEW = {"username": "anna", "usable_password": "invite", "email": "anna@example.com"}


@pytest.fixture
def desk(administrator, as_user):
    return as_user(administrator)


@pytest.fixture
def link(desk, queued):
    """Invite Anna; returns the path in the e-mail."""
    assert desk.post(ADD, NEW).status_code == 302
    queued()
    return link_in(mail.outbox[-1])


def link_in(message) -> str:
    return re.search(r"https?://[^/\s]+(/accounts/invitation/\S+)", message.body)[1]


def shown(client, path: str):
    return client.get(path, follow=True)


# --- Inviting ----------------------------------------------------------------------------------------------


def test_an_invited_user_chooses_a_password_and_logs_in(link, client):
    assert mail.outbox[-1].to == ["anna@example.com"]
    assert not User.objects.get(username="anna").has_usable_password()

    page = shown(client, link)
    chosen = {"password1": "a brand new password", "password2": "a brand new password"}
    client.post(page.redirect_chain[-1][0], chosen)

    assert User.objects.get(username="anna").check_password("a brand new password")
    kinds = SignInEvent.objects.filter(username="anna").values_list("kind", "by")
    assert {("created", "admin"), ("invited", "admin")} <= set(kinds)


def test_the_link_works_once(link, client):
    page = shown(client, link)
    client.post(page.redirect_chain[-1][0], {"password1": "a brand new password", "password2": "a brand new password"})

    answer = client.get(link)

    assert answer.status_code == 404
    assert "This invitation has ended" in answer.content.decode()


def test_looking_at_it_twice_is_no_harm(link, client):
    assert client.get(link).status_code == client.get(link).status_code == 302


def test_the_link_ends_after_three_days(link, client, monkeypatch):
    now = timezone.now().timestamp()
    for days, status in ((2.9, 302), (3.1, 404)):
        monkeypatch.setattr(signing.time, "time", lambda days=days: now + timedelta(days=days).total_seconds())
        assert client.get(link).status_code == status


@pytest.mark.parametrize("key", ["x", "WzEsIngiXQ:1a:b", "..", "%00", "a" * 3000])
def test_what_is_no_invitation_leads_nowhere(key, client):
    assert client.get(f"/accounts/invitation/{key}/").status_code == 404


def test_another_invitation_replaces_the_first(link, desk, client, queued):
    user = User.objects.get(username="anna")

    desk.post("/admin/auth/user/", {"action": "send_invitations", "_selected_action": [user.pk]})
    queued()

    assert client.get(link).status_code == 404
    assert client.get(link_in(mail.outbox[-1])).status_code == 302


def test_a_deactivated_user_cannot_use_it(link, client):
    User.objects.filter(username="anna").update(is_active=False)

    assert client.get(link).status_code == 404


def test_an_invitation_needs_an_address(desk, queued):
    answer = desk.post(ADD, {**NEW, "email": ""})

    assert "Enter the address to which the invitation is sent." in answer.content.decode()
    assert not User.objects.filter(username="anna").exists()
    assert not QueuedMessage.objects.exists()


def test_who_has_logged_in_is_not_invited_again(clerk, queued):
    clerk.email, clerk.last_login = "clerk@example.com", timezone.now()
    clerk.save()
    password = clerk.password

    assert why_refused(invitations.invite_user, clerk, by="administrator") == "invited-user-knows-portal"
    clerk.refresh_from_db()
    assert clerk.password == password


def test_refusals_are_told_in_the_list(clerk, desk, queued):
    answer = desk.post("/admin/auth/user/", {"action": "send_invitations", "_selected_action": [clerk.pk]}, follow=True)

    assert [str(each) for each in answer.context["messages"]] == ["clerk has no e-mail address. Enter one first."]


# --- Deactivating --------------------------------------------------------------------------------------------


def change(desk, user, **values):
    """Send the form of a user with other values; ``is_active`` is not ticked unless it is given."""
    address = reverse("admin:auth_user_change", args=[user.pk])
    shown = form_on(address, desk.get(address).content.decode(), address)
    data = {name: each for name, each in shown.items() if each and not name.startswith("_") and name != "is_active"}
    return desk.post(address, {**data, **values})


def test_deactivating_takes_a_reason_and_ends_the_sessions(clerk, desk):
    browser, _answer = log_in("clerk")

    refused = change(desk, clerk, activity_reason="Left")
    assert refused.status_code == 200
    assert list(refused.context["adminform"].form.errors) == ["activity_reason"]
    clerk.refresh_from_db()
    assert clerk.is_active

    assert change(desk, clerk, activity_reason="Left the company in November.").status_code == 302
    clerk.refresh_from_db()
    event = SignInEvent.objects.get(kind="deactivated")
    assert not clerk.is_active
    assert (event.user, event.by, event.reason) == (clerk, "admin", "Left the company in November.")
    assert browser.get("/").status_code == 302


def test_activating_again_takes_a_reason_too(clerk, desk):
    clerk.is_active = False
    clerk.save()

    assert change(desk, clerk, is_active="on").status_code == 200
    assert change(desk, clerk, is_active="on", activity_reason="Back from parental leave.").status_code == 302

    assert SignInEvent.objects.get(kind="reactivated").reason == "Back from parental leave."


def test_nobody_deactivates_themselves(administrator, desk):
    change(desk, administrator, activity_reason="By mistake, of course.")

    administrator.refresh_from_db()
    assert administrator.is_active


# --- The list ------------------------------------------------------------------------------------------------


def test_the_list_shows_role_last_login_and_second_factor(clerk, supervisor, desk):
    Authenticator.objects.create(user=clerk, type=Authenticator.Type.TOTP, data={})
    Authenticator.objects.create(user=supervisor, type=Authenticator.Type.RECOVERY_CODES, data={})
    clerk.groups.set([Group.objects.get(name="Licensing staff")])

    rows = {user.username: user for user in desk.get("/admin/auth/user/").context["cl"].result_list}
    with_factor = desk.get("/admin/auth/user/?factor=1").context["cl"].result_list

    assert rows["clerk"].has_second_factor
    assert not rows["supervisor"].has_second_factor
    assert [user.username for user in with_factor] == ["clerk"]
    assert "Licensing staff" in desk.get("/admin/auth/user/").content.decode()
