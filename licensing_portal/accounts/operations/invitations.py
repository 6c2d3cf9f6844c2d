"""Invitations: e-mails with a link by which a new user sets their password, once and within three days.

The link holds the user's number and a digest of what is stored instead of a password, signed with the time. So it ends
with the password that is set, and with another invitation. It leads to the page for a new password, with a key for it.
"""

import hashlib
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.models import User
from django.core import signing
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from licences.domain.errors import Refusal
from licensing_portal.accounts.models import SignInEvent
from licensing_portal.accounts.operations import events, languages
from licensing_portal.accounts.operations.messages import NOWHERE, queue_message

GOOD_FOR = timedelta(days=3)
_SALT = "licensing_portal.invitation"


class InvitationMessage(EmailMessage):
    """A message with a link that is good until a time, as the mail queue wants to know."""

    good_until: datetime


@transaction.atomic
def invite_user(user: User, *, by: str) -> None:
    """Queue an e-mail with a link for the first password, in the user's language, and record a login event.

    An earlier invitation ends, and so does a password that was set but never used. ``Refusal``: ``mail-off``,
    ``invited-without-address``, ``invited-user-inactive``, ``invited-user-knows-portal`` (they have logged in before:
    they ask for a new password themselves).
    """
    if settings.MAIL_TRANSPORT == NOWHERE:
        raise Refusal("mail-off")
    if not user.email:
        raise Refusal("invited-without-address", user=user.get_username())
    if not user.is_active:
        raise Refusal("invited-user-inactive", user=user.get_username())
    if user.last_login is not None:
        raise Refusal("invited-user-knows-portal", user=user.get_username())
    user.set_unusable_password()
    user.save(update_fields=["password"])
    events.record_sign_in_event(SignInEvent.Kind.INVITED, user=user, by=by)
    with translation.override(languages.language_of(user)):
        queue_message(_message(user, by=by))


def _message(user: User, *, by: str) -> EmailMessage:
    path = reverse("account_invitation", kwargs={"key": _key_of(user)})
    context = {
        "username": user.get_username(),
        "by": by,
        "link": f"{settings.PORTAL_URL.rstrip('/')}{path}",
        "days": GOOD_FOR.days,
    }
    body = render_to_string("account/email/invitation.txt", context)
    message = InvitationMessage(_("Your account at the licensing portal"), body, to=[user.email])
    message.good_until = timezone.now() + GOOD_FOR
    return message


def _key_of(user: User) -> str:
    return signing.dumps([user.pk, _state(user)], salt=_SALT)


def _state(user: User) -> str:
    """What changes with every password and invitation."""
    return hashlib.sha256(user.password.encode()).hexdigest()[:32]


def invited_user(key: str) -> User | None:
    """Return the user of an invitation that is still good; None if there is none."""
    try:
        number, state = signing.loads(key, salt=_SALT, max_age=GOOD_FOR)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    user = User.objects.filter(pk=number, is_active=True).first()
    return user if user is not None and _state(user) == state else None
