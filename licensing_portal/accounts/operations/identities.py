"""Identities of single sign-on. Each is linked to one account, once."""

from allauth.socialaccount.models import SocialAccount
from django.contrib.auth.models import User
from django.db import transaction
from django.http import HttpRequest

from licensing_portal.accounts.models import SignInEvent
from licensing_portal.accounts.operations import events


@transaction.atomic
def link_identity(account: SocialAccount, user: User, *, request: HttpRequest) -> None:
    """Link an identity to an account. Of the provider's claims only the subject is kept."""
    account.user = user
    forget_claims(account)
    events.record_sign_in_event(SignInEvent.Kind.JOINED, user=user, request=request)


def forget_claims(account: SocialAccount) -> None:
    account.extra_data = {}
    account.save()


@transaction.atomic
def make_account(user: User, account: SocialAccount, *, request: HttpRequest) -> None:
    """Create an account without role and password for someone whose domain may sign up by itself."""
    user.set_unusable_password()
    user.save()
    link_identity(account, user, request=request)
