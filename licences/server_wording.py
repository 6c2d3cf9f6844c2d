"""The sentences for the person at the server, who is a customer and no clerk: what to do now, in the API's answers
and on the public registration page. Where a code has none here, the sentence for clerks will do.
"""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from licences.wording import SENTENCES, sentence

AT_THE_SERVER: dict[str, Promise] = {
    # Refusals of the domain
    "code-symbol": _(
        "“%(symbol)s” (%(name)s) at position %(position)s cannot be part of a code. "
        "Codes have the digits 1 to 9 and the letters A to Z."
    ),
    "code-length": _("This has %(length)s symbols; the code must have %(expected)s. Check it group by group."),
    "unknown-serial": _("This serial number is not known, or does not belong to this site ID. Check both."),
    "serial-blocked": _("This serial number is blocked. Call the licensing team."),
    "serial-in-use": _(
        "This serial number is in use on another installation. Release it there first, then call the licensing team."
    ),
    "relicensing-required": _("This serial number was released. Call the licensing team to have it licensed again."),
    "emergency-expired": _("The emergency code was valid until %(until)s. Call the licensing team."),
    "site-id-in-use": _("This server runs another serial number already. Release that one first."),
    "nothing-licensed": _("No licences are left on this serial number. Call the licensing team if that is wrong."),
    "software-assurance-required": _(
        "Version %(version)s needs Software Assurance. Without it, this serial number may run up to %(ceiling)s."
    ),
    "release-code-wrong": _("This release code does not belong to this serial number and site ID. Check it."),
    "codes-exhausted": _("No further unlock code can be made for this serial number. Call the licensing team."),
    # What a version may
    "version-free": _("Every serial number may run %(version)s."),
    "version-assured": _("Software Assurance covers %(version)s."),
    "version-kept": _("This serial number may run up to %(highest)s, as before."),
    # Requests
    "too-many-requests": _("Too many requests. Try again in %(seconds)s seconds."),
    "invalid-request": _("Something in the request is missing or cannot be read; “errors” says what, field by field."),
    "bad-request": _("The request cannot be understood."),
    "not-found": _("There is nothing at this address. The documentation of the API lists what there is."),
    "method-not-allowed": _("This address takes other methods; the header “Allow” names them."),
    "body-too-large": _("The body is too large: at most %(limit)s bytes are read."),
    "unsupported-media-type": _("Send JSON, with the header “Content-Type: application/json”."),
    "internal-error": _("Something went wrong here, not with your request. Try again later."),
    "body-not-json": _("The body is not JSON in UTF-8."),
    "value-not-text": _("This must be a text."),
    "value-not-object": _("This must be an object with named fields."),
    "field-unknown": _("There is no field of this name."),
}


def sentence_at_the_server(code: str, parameters: Mapping[str, Any] | None = None) -> str:
    """The sentence of a code, its parameters filled in; in the language that the request asked for."""
    return sentence(code, parameters, among=AT_THE_SERVER if code in AT_THE_SERVER else SENTENCES)
