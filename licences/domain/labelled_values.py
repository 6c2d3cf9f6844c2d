"""The label in front of a value that was copied from an e-mail, a form or a sheet: ``Kundennummer K-10115``.

The labels are those by which pasted text is taken apart (``pasted_patterns``), and those of customer numbers and
purchases, which no form asks for. docs/look-up.md#1-what-was-typed.
"""

import re
from enum import StrEnum

from licences.domain.code_kinds import CODE_FIELDS
from licences.domain.pasted_patterns import EITHER_VERSION, IGNORED, LABELS, VALUE_PATTERNS


class ValueLabel(StrEnum):
    """What a label in front of a value says that it is."""

    NONE = ""
    CUSTOMER = "customer"  # their name or number
    PURCHASE = "purchase"
    TELEPHONE = "telephone"
    EMAIL = "e-mail"
    OTHER = "other"  # it names no customer: a contact, a place, a ticket


_MINE = r"(?:(?:my|our|your|the|meine?|unsere?|ihre?|die|der)\s+)?"
_NUMBER = r"(?:number|nummer|no|nr|n°|id|ref|reference|referenz)"
_IS = r"(?:\s*[:=#]+\s*|\s+(?:is|ist|lautet|war|was)[\s:]+|\s+)"
_CUSTOMER = (
    rf"(?:customer|client|account|kunden?|debitor(?:en)?)(?:[-.\s]*{_NUMBER})?\.?|kd\.?[-.\s]*{_NUMBER}\.?|kdnr\.?"
)
_PURCHASE = (
    rf"(?:purchase(?:\s+order)?|order|bestell(?:ung)?|auftrags?|beleg|invoice|rechnungs?)(?:[-.\s]*{_NUMBER})?\.?"
    rf"|(?:po|best)\.?[-.\s]*{_NUMBER}\.?"
)
_TICKET = rf"(?:ticket|case|vorgangs?)(?:[-.\s]*{_NUMBER})?\.?"
_KEY = r"(?=\S*(?:\s\S*)?\d)(?:[A-Z]{1,5}(?:\s|\s?-\s?))?[^\W_](?:[\w./_-]|\s-\s)*[^\W_]"
_EMAIL_LABEL = r"e-?mail(?:[-\s]?(?:address|adresse))?|mail|from|von|to|an|sender|absender"
_POSTCODE_LABEL = r"post\s?code|postal\s?code|zip(?:\s?code)?|postleitzahl|plz"


def _labelled(label: str, value: str) -> re.Pattern[str]:
    """The pattern of a text that is a value with a label before it."""
    return re.compile(rf"\s*{_MINE}(?:{label}){_IS}(?P<value>{value})[\s.,;!?]*", re.IGNORECASE)


# Values with a form of their own need no colon after their label. So Order Logistik and Bestellung 24 stay names.
_FORMS = (
    (ValueLabel.CUSTOMER, _labelled(_CUSTOMER, _KEY)),
    (ValueLabel.PURCHASE, _labelled(_PURCHASE, _KEY)),
    (ValueLabel.OTHER, _labelled(_TICKET, _KEY)),
    (ValueLabel.EMAIL, _labelled(_EMAIL_LABEL, VALUE_PATTERNS["contact_email"])),
    (ValueLabel.OTHER, _labelled(_POSTCODE_LABEL, r"[A-Z]{0,2}[-\s]?\d[\w\s-]{2,8}")),
)
_SHORTEST_KEY = 4  # letters and digits of a number behind a label without a colon
_KINDS = {"name": ValueLabel.CUSTOMER, "contact_phone": ValueLabel.TELEPHONE, "contact_email": ValueLabel.EMAIL}
_WITH_COLON = tuple(
    (_KINDS.get(field, ValueLabel.OTHER), re.compile(rf"\s*(?:{pattern})\s*[:=\t]\s*(?P<value>\S.*)", re.I | re.S))
    for field, pattern in LABELS
    if field not in (IGNORED, EITHER_VERSION, "server_version", "client_version", *CODE_FIELDS)
)


def without_label(text: str) -> tuple[str, ValueLabel]:
    """Return a text without the label that it begins with, and what the label says; the text itself where it has none.

    A label of words counts with a colon after it (``Name: Alpha GmbH``); one of a number or an e-mail address counts
    without, if nothing but such a value follows.
    """
    for label, pattern in _FORMS:
        found = pattern.fullmatch(text)
        if found and sum(map(str.isalnum, found["value"])) >= _SHORTEST_KEY:
            return found["value"], label
    for label, pattern in _WITH_COLON:
        found = pattern.fullmatch(text)
        if found:
            return found["value"], label
    return text, ValueLabel.NONE
