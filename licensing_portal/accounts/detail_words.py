"""The details of login events in words: how somebody logged in, which factor or limit it was, why it was refused."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from licensing_portal.accounts.models import LockOut

_WORDS: dict[str, str | Promise] = {
    **dict(LockOut.Kind.choices),
    # How somebody logged in
    "password": _("password"),
    "socialaccount": _("single sign-on"),
    "password_reset": _("link for a new password"),
    # Second factors
    "mfa": _("second factor"),
    "totp": _("app"),
    "webauthn": _("passkey"),
    "recovery_codes": _("recovery code"),
    # Why single sign-on was refused
    "ambiguous": _("several users have the address"),
    "contradiction": _("the provider contradicts itself"),
    "inactive": _("the account is deactivated"),
    "no-address": _("the provider named no address"),
    "not-offered": _("not offered here"),
    "unknown": _("no user has the address"),
    "unverified": _("the address is not verified"),
}


def detail_in_words(detail: str) -> str:
    """Return the words of a detail, in the language of the reader; what is not known stays as it is."""
    return " + ".join(str(_WORDS.get(part, part)) for part in detail.split(" + "))
