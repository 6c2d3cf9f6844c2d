"""Sentences of the refusals of erasures: of a customer, and of a contact person."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

PERSONAL_DATA_SENTENCES: dict[str, Promise] = {
    "customer-merged": _("This customer was merged into another one. Erase the data of that customer instead."),
    "customer-erased": _("The personal data of this customer has already been erased."),
    "import-names-customer": _(
        "The import of %(file)s includes this customer and is not finished. Confirm or discard it first."
    ),
    "import-names-contact": _(
        "The import of %(file)s names this person and is not finished. Confirm or discard it first."
    ),
    "contact-missing": _("Tick at least one name, telephone number or e-mail address."),
    "reason-names-contact": _("The reason is kept, so it must not name the person. Describe the request instead."),
}
