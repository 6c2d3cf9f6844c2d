"""The sentences by which the owner of an account is told of a change, keyed by allauth's names or ours."""

from allauth.account.adapter import get_adapter
from django.contrib.auth.models import User
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from licensing_portal.accounts.operations import languages

BY_ADMINISTRATOR = "by-administrator/"

CHANGES = {
    "account/email/password_changed": _("The password was changed."),
    "account/email/password_reset": _("A new password was chosen with a link that was sent to this address."),
    "mfa/email/totp_activated": _("An authenticator app was set up as second factor."),
    "mfa/email/totp_deactivated": _("The authenticator app was removed."),
    "mfa/email/webauthn_added": _("A passkey was added."),
    "mfa/email/webauthn_removed": _("A passkey was removed."),
    "mfa/email/recovery_codes_generated": _("New recovery codes were made. The old ones are no longer valid."),
    BY_ADMINISTRATOR + "password": _("An administrator set a new password."),
    BY_ADMINISTRATOR + "factors": _("An administrator removed the second factors."),
    BY_ADMINISTRATOR + "address": _("An administrator changed the e-mail address. Messages no longer come here."),
}


def tell_of_removed_factors(user: User, *, by: str) -> None:
    """Queue the message that all second factors were removed, from a command, which has no browser and no address."""
    if user.email:
        change = CHANGES[BY_ADMINISTRATOR + "factors"]
        about = {"user": user, "change": change, "by": by, "timestamp": timezone.now()}
        with translation.override(languages.language_of(user)):
            get_adapter().render_mail("account/email/changed", user.email, about).send()
