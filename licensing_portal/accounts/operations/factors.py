"""Second factors: removing a user's factors, and sealing all seeds again after a change of the key."""

from allauth.mfa.models import Authenticator
from django.contrib.auth.models import User
from django.db import transaction

from licensing_portal.accounts import sealing
from licensing_portal.accounts.models import SignInEvent
from licensing_portal.accounts.operations import events, sessions

SEALED = ("secret", "seed")  # of an authenticator app, and of recovery codes


@transaction.atomic
def remove_factors(user: User, *, by: str, reason: str = "") -> int:
    """Remove all second factors of a user and end their sessions. Returns how many factors there were.

    ``by`` is the name of the administrator, or ``SERVER``; only events show the reason.
    """
    factors = list(Authenticator.objects.filter(user_id=user.pk))
    for factor in factors:
        kind = SignInEvent.Kind.FACTOR_REMOVED
        events.record_sign_in_event(kind, user=user, by=by, detail=factor.type, reason=reason)
        factor.delete()
    sessions.end_sessions(user, by=by)
    return len(factors)


@transaction.atomic
def reseal_factors() -> int:
    """Seal every seed with the first key. Returns how many there were. Idempotent."""
    resealed = 0
    for factor in Authenticator.objects.select_for_update().exclude(type=Authenticator.Type.WEBAUTHN):
        for name in SEALED:
            if name in factor.data:
                factor.data[name] = sealing.reseal(factor.data[name])
                resealed += 1
        factor.save(update_fields=["data"])
    return resealed
