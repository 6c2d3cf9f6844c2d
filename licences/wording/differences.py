"""The names of what differs between a name or address that was given and the one on record."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

DIFFERENCES: dict[str, Promise] = {
    "case": pgettext_lazy("difference", "capital letters"),
    "accents": pgettext_lazy("difference", "accents or umlauts"),
    "punctuation": pgettext_lazy("difference", "punctuation"),
    "spacing": pgettext_lazy("difference", "word division"),
    "legal-form": pgettext_lazy("difference", "legal form"),
    "abbreviation": pgettext_lazy("difference", "abbreviation"),
    "word-order": pgettext_lazy("difference", "word order"),
    "spelling": pgettext_lazy("difference", "spelling"),
    "house-number": pgettext_lazy("difference", "house number"),
    "words": pgettext_lazy("difference", "words"),
    "house-number-not-said": pgettext_lazy("difference", "house number (none was given)"),
    "house-number-not-on-record": pgettext_lazy("difference", "house number (none is on record)"),
    "unit-number": pgettext_lazy("difference", "number of flat, floor or building"),
    "street": pgettext_lazy("difference", "street"),
    "small-words": pgettext_lazy("difference", "small words"),
    "shorter": pgettext_lazy("difference", "less than on record"),
    "longer": pgettext_lazy("difference", "more than on record"),
    "line-2": pgettext_lazy("difference", "line of the address"),
}

# The same, as the whole reason of an item that does not match.
DIFFERENT: dict[str, Promise] = {
    "case": _("different capital letters"),
    "accents": _("different accents or umlauts"),
    "punctuation": _("different punctuation"),
    "spacing": _("different word division"),
    "legal-form": _("different legal form"),
    "abbreviation": _("different abbreviation"),
    "word-order": _("different word order"),
    "spelling": _("different spelling"),
    "house-number": _("different house number"),
    "words": _("different words"),
    "house-number-not-said": _("no house number given"),
    "house-number-not-on-record": _("house number that is not on record"),
    "unit-number": _("different flat, floor or building"),
    "street": _("different street"),
    "small-words": _("different small words"),
}
