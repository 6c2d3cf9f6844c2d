"""The titles of problem documents, by the names of the problems; they also name what the API refused in figures."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

PROBLEM_TITLES: dict[str, Promise] = {
    "invalid-request": _("The request is incomplete or invalid"),
    "unknown-serial": _("Unknown serial number"),
    "serial-in-use": _("The serial number is in use"),
    "relicensing-required": _("Re-licensing is required"),
    "site-id-in-use": _("The site ID is in use"),
    "serial-blocked": _("The serial number is blocked"),
    "nothing-licensed": _("There are no licences left"),
    "software-assurance-required": _("Software Assurance is required"),
    "release-code-wrong": _("The release code is wrong"),
    "installation-not-proved": _("The installation could not be verified"),
    "registration-required": _("The serial number must be registered first"),
    "too-many-requests": _("Too many requests"),
    "codes-exhausted": _("There are no unlock codes left"),
    "bad-request": _("The request is invalid"),
    "not-found": _("Page not found"),
    "method-not-allowed": _("Method not allowed"),
    "body-too-large": _("The request is too large"),
    "unsupported-media-type": _("The request is not JSON"),
    "unavailable": _("The portal is not available at the moment"),
    "internal-error": _("Something went wrong in the portal"),
    # Of calls with a key.
    "key-missing": _("The key is missing"),
    "key-wrong": _("The key is wrong"),
    "key-expired": _("The key has expired"),
    "key-revoked": _("The key was revoked"),
    "address-not-allowed": _("The address is not allowed"),
    "scope-missing": _("The scope is missing"),
    "after-beyond-end": _("The position lies behind the end of the log"),
    "lines-rejected": _("Lines were rejected"),
    "call-in-progress": _("The same call is in progress"),
    "idempotency-key-reused": _("The idempotency key was used before"),
    "purchases-busy": _("A large import is running"),
}
