"""The sentences of refusals about entries by hand."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

HAND_ENTRY_SENTENCES: dict[str, Promise] = {
    "nothing-entered": _("Enter the number of licences for at least one product."),
    "number-taken": _("Customer number %(number)s belongs to another customer: %(customer)s."),
    "number-taken-otherwise": _(
        "Customer number %(number)s is on record as %(known)s and belongs to another customer: %(customer)s. Type the "
        "number of this customer, or use that record."
    ),
    "site-known": _(
        "This customer already has a site of that name. Give the new site another name, or enter the purchase on the "
        "page of the serial number."
    ),
    "nothing-to-correct": _("This is what is recorded already, so there is nothing to correct."),
    "entry-not-correctable": _("Only purchases and returns that were recorded can be corrected."),
    "correction-waiting": _("A correction of this entry is waiting for a second person. Decide that one first."),
    "decider-entered": _("You entered this yourself, so another supervisor has to agree."),
}
