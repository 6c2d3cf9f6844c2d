"""An identity of the provider and an account here are joined once; after that, the identity is the account's."""

from allauth.socialaccount.models import SocialAccount
from django.contrib.auth.models import User
from django.db import transaction
from django.http import HttpRequest

from licensing_portal.accounts.models import SignInEvent
from licensing_portal.accounts.operations import events


@transaction.atomic
def join(account: SocialAccount, user: User, *, request: HttpRequest) -> None:
    """Of the provider's claims nothing is kept but the subject: who that is stands in the account."""
    account.user = user
    forget_claims(account)
    events.record(SignInEvent.Kind.JOINED, user=user, request=request)


def forget_claims(account: SocialAccount) -> None:
    account.extra_data = {}
    account.save()


@transaction.atomic
def make_account(user: User, account: SocialAccount, *, request: HttpRequest) -> None:
    """For someone of a domain whose people may come by themselves: an account without a role and without a password."""
    user.set_unusable_password()
    user.save()
    join(account, user, request=request)
