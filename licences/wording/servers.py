"""The sentences for the person at a server, who is a customer: in answers of the API and on the public registration
page. A code without one uses the sentence for clerks.
"""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from licences.wording.licensing_phone import phone_in_brackets
from licences.wording.sentences import SENTENCES, sentence

AT_THE_SERVER: dict[str, Promise] = {
    # Refusals of the domain
    "code-symbol": _(
        "“%(symbol)s” (%(name)s) at position %(position)s cannot be part of a code. "
        "Codes have the digits 1 to 9 and the letters A to Z."
    ),
    "code-length": _("%(length)s characters; the code has %(expected)s. Check it group by group."),
    "serial-of-ten-symbols": _(
        "Ten characters: a release code, or a serial of version 2.4 or older. Use the 8-character serial of the "
        "licence document."
    ),
    "unknown-serial": _("This serial number is unknown, or does not belong to this site ID. Check both."),
    "serial-blocked": _("This serial number is blocked. Call the licensing team%(phone)s."),
    "serial-in-use": _(
        "This serial number is in use on another installation. Release it there first, then call the licensing "
        "team%(phone)s."
    ),
    "relicensing-required": _(
        "This serial number was released. Call the licensing team%(phone)s to have it licensed again."
    ),
    "emergency-expired": _("The emergency code was valid until %(until)s. Call the licensing team%(phone)s."),
    "site-id-in-use": _("This server already has another serial number. Release that one first."),
    "nothing-licensed": _(
        "No licences are left on this serial number. Call the licensing team%(phone)s if that is wrong."
    ),
    "software-assurance-required": _(
        "Version %(version)s needs Software Assurance. Without it, this serial number can be used up "
        "to version %(ceiling)s."
    ),
    "release-code-wrong": _("This release code does not belong to this serial number and site ID. Check it."),
    "installation-not-proved": _(
        "This server could not be verified as the installation with this serial number. Type in the unlock "
        "code from its sheet and try again, or call the licensing team%(phone)s."
    ),
    "registration-required": _("This serial number was never registered. Register it on this server first."),
    "codes-exhausted": _(
        "No more unlock codes can be issued for this serial number. Call the licensing team%(phone)s."
    ),
    # What a version may
    "version-free": _("Every serial number may run %(version)s."),
    "version-assured": _("Software Assurance covers %(version)s."),
    "version-kept": _("This serial number can be used up to version %(highest)s, as before."),
    # Requests
    "too-many-requests": _("Too many requests. Try again in %(seconds)s seconds."),
    "invalid-request": _("Something in the request is missing or invalid; “errors” lists it field by field."),
    "bad-request": _("The request is invalid."),
    "not-found": _("Page not found. The API documentation lists all addresses."),
    "method-not-allowed": _("This address accepts other methods only; the “Allow” header lists them."),
    "body-too-large": _("The request is too large: at most %(limit)s bytes are accepted."),
    "unsupported-media-type": _("Send JSON, with the header “Content-Type: application/json”."),
    "unavailable": _(
        "The portal cannot reach or use its database at the moment. Try again after the time in the "
        "“Retry-After” header."
    ),
    "internal-error": _("This is the portal’s fault, not your request’s. Try again later."),
    "charset-not-utf-8": _("The header “Content-Type” names another character set. Send the JSON in UTF-8."),
    "transfer-coding-unknown": _(
        "The header “Transfer-Encoding” names a coding that the portal does not read. Send the body as it is, or "
        "chunked."
    ),
    "body-not-json": _("The request is not JSON in UTF-8."),
    "value-not-text": _("This must be text."),
    "value-not-object": _("This must be an object with named fields."),
    # Purchases of a program
    "value-not-list": _("This must be a list."),
    "value-not-boolean": _("This must be true or false."),
    "value-not-among": _("This must be one of: %(known)s."),
    "too-many-lines": _("At most %(limit)s lines are accepted in a call. Send the others in another call."),
    "idempotency-key-unreadable": _(
        "The header “Idempotency-Key” must have 1 to 100 letters, digits and signs of ASCII, without blanks."
    ),
    "lines-rejected": _(
        "Nothing was recorded. Rejected lines: %(count)s; “lines” says what is wrong with each. Correct them and send "
        "all lines again, or send them with the mode “valid”."
    ),
    "call-in-progress": _("The same call is in progress. Send it again in a moment to get its answer."),
    "idempotency-key-reused": _(
        "Another call was made with the same “Idempotency-Key”. Send this one with a key of its own."
    ),
    "program-purchases-busy": _("A large import is running. Send the same call again later; nothing was recorded."),
}


def sentence_at_the_server(code: str, parameters: Mapping[str, Any] | None = None) -> str:
    """Return the sentence of a code with its parameters filled in, in the language of the request.

    Sentences that ask to call the licensing team have its number, if ``LICENSING_PHONE`` is set.
    """
    parameters = {**(parameters or {}), "phone": phone_in_brackets()}
    return sentence(code, parameters, among=AT_THE_SERVER if code in AT_THE_SERVER else SENTENCES)
