"""What a serial number may be found by in a look-up."""

from dataclasses import dataclass
from enum import StrEnum


class MatchKind(StrEnum):
    """What a serial number was found by. ``*_SLIP``, ``EXTENSION``, ``SPELLING``, ``SOUND`` and ``*ALIKE`` are near."""

    SERIAL = "serial-number"
    SITE_ID = "site-id"
    FORMER_SITE_ID = "former-site-id"
    UNLOCK_CODE = "unlock-code"
    RELEASE_CODE = "release-code"
    CODE_PART = "code-part"
    PURCHASE = "purchase"
    NAME = "name"
    CONTACT = "contact"
    TELEPHONE = "telephone"
    POSTCODE = "postcode"
    TOWN = "town"
    EMAIL = "e-mail"
    SITE = "site"
    NUMBER = "customer-number"
    STREET = "street"
    FORMER = "former-name"
    TICKET = "ticket"
    SEVERAL = "several"
    REGISTRATION = "registration"
    SERIAL_SLIP = "serial-slip"
    SITE_ID_SLIP = "site-id-slip"
    PURCHASE_SLIP = "purchase-slip"
    NUMBER_SLIP = "customer-number-slip"
    EXTENSION = "extension"
    SPELLING = "spelling"
    SOUND = "sound"
    ALIKE = "alike"
    CONTACT_ALIKE = "contact-alike"
    TOWN_ALIKE = "town-alike"
    STREET_ALIKE = "street-alike"


@dataclass(frozen=True, slots=True)
class MatchReason:
    """Why a serial number was found: its kind, and what the sentence about it needs.

    ``text``: the text that matched. ``group``: the number of the group of a code that differs, from 1.
    ``differences``: keys of ``licences.wording.sentences.DIFFERENCES``. ``parts``: of ``SEVERAL``, the fields that have
    the words between them, in the order of the words.
    """

    kind: MatchKind
    text: str = ""
    group: int = 0
    differences: tuple[str, ...] = ()
    parts: tuple["MatchReason", ...] = ()
