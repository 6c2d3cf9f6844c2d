"""Sentences about other systems: keys for programs, the calls that are made with them, and webhooks."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from licences.wording.webhooks import WEBHOOK_SENTENCES

PROGRAM_SENTENCES: dict[str, Promise] = {
    **WEBHOOK_SENTENCES,
    # Keys in the administration
    "scopes-missing": _("Tick at least one scope."),
    "expiry-out-of-range": _("Choose a day from tomorrow on, at most %(days)s days ahead."),
    "not-a-network": _(
        "“%(text)s” is no address or network. Write addresses as 192.0.2.7 or networks as 192.0.2.0/24."
    ),
    "too-many-networks": _("At most %(limit)s addresses or networks fit here. Combine neighbouring ones."),
    "key-rotated": _("This key was rotated before. Rotate its successor."),
    # Keys in calls
    "key-missing": _(
        "Send a key with the header “Authorization: Bearer”. An administrator of the portal creates keys."
    ),
    "key-wrong": _("This key is unknown. Check that it was copied in full."),
    "key-revoked": _("This key was revoked. Ask an administrator of the portal for a new one."),
    "key-expired": _("This key has expired. Ask an administrator of the portal for a new one."),
    "address-not-allowed": _("This key may not be used from the address %(address)s."),
    "scope-missing": _("This key does not have the scope %(scope)s, which this call needs."),
    "program-unknown-serial": _("This serial number is not on record."),
    "unknown-fields": _("Unknown fields: %(names)s. Known are: %(known)s."),
    "unknown-kinds": _("Unknown kinds of events: %(names)s. Known are: %(known)s."),
    "cursor-wrong": _("This is no cursor of ours. Begin again without one."),
    "after-wrong": _("This is no position in the event log. Send the “next” of the page before, 0 or end."),
    "after-beyond-end": _(
        "The event log ends at %(end)s, before the position %(after)s. Check the position. If it is right, the log was "
        "restored from a backup: begin again from a position that you know to be in it."
    ),
    "parameter-repeated": _("Give this parameter once. Where it takes several values, write commas between them."),
    "number-out-of-range": _("This must be a whole number from %(least)s to %(most)s."),
}
