"""What others do to someone's second factors: an administrator after a telephone was lost, and a change of the key."""

from allauth.mfa.models import Authenticator
from django.contrib.auth.models import User
from django.db import transaction

from licensing_portal.accounts import sealing
from licensing_portal.accounts.models import SignInEvent
from licensing_portal.accounts.operations import events, sessions

SEALED = ("secret", "seed")  # of an authenticator app, and of recovery codes


@transaction.atomic
def remove_all(user: User, *, by: User) -> int:
    """Take all second factors away and end the user's sessions; how many factors there were."""
    factors = list(Authenticator.objects.filter(user_id=user.pk))
    for factor in factors:
        kind = SignInEvent.Kind.FACTOR_REMOVED
        events.record(kind, user=user, by=by.get_username(), detail=factor.type)
        factor.delete()
    sessions.end(user, by=by.get_username())
    return len(factors)


@transaction.atomic
def reseal_all() -> int:
    """Seal every seed with the first key; how many there were."""
    resealed = 0
    for factor in Authenticator.objects.select_for_update().exclude(type=Authenticator.Type.WEBAUTHN):
        for name in SEALED:
            if name in factor.data:
                factor.data[name] = sealing.reseal(factor.data[name])
                resealed += 1
        factor.save(update_fields=["data"])
    return resealed
