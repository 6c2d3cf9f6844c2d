"""Names of the checklist's items, verdicts and headlines, keyed by their stored values."""

from typing import NamedTuple

from django.utils.dateparse import parse_date
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from licences.domain.approvals import LimitKind
from licences.domain.checklist import Item, Verdict
from licences.domain.checklist_headlines import FoundHeadline, Headline
from licences.domain.code_kinds import CodeKind
from licences.wording.sentences import SENTENCES
from licences.wording.serial_verdicts import BLOCKED_TO_CALLER

ITEM_NAMES: dict[str, Promise] = {
    Item.SERIAL.value: _("Serial number"),
    Item.SITE_ID.value: _("Site ID of the PC to be licensed"),
    Item.RELEASE_CODE.value: _("Release code"),
    Item.SERVER_VERSION.value: _("Xchange Server version"),
    Item.CLIENT_VERSION.value: _("Client software version"),
    Item.CUSTOMER_NAME.value: _("Customer's name"),
    Item.ADDRESS_LINE1.value: _("First line of the address"),
}
VERDICT_NAMES: dict[str, Promise] = {
    Verdict.MATCH.value: _("match"),
    Verdict.CLOSE.value: _("close"),
    Verdict.MISMATCH.value: _("mismatch"),
    Verdict.UNPROVABLE.value: _("cannot be verified"),
    Verdict.MISSING.value: _("missing"),
}
NOT_CHECKED_YET = _("not checked yet")

# What a supervisor agrees to by ticking an item or a limit.
ACCEPTED_AS: dict[str, Promise] = {
    Item.RELEASE_CODE.value: _("Accept without a verified release code"),
    Item.CUSTOMER_NAME.value: _("Accept the customer's name as the caller gives it"),
    Item.ADDRESS_LINE1.value: _("Accept the address as the caller gives it"),
    LimitKind.RELICENSINGS.value: _("Allow one more re-licensing"),
    LimitKind.WRONG_CODES.value: _("Go on despite the wrong release codes"),
}


# A site ID that is new to the serial number, beside the one on record. It depends on the purpose of the call.
NEW_PC = _("New PC (was %(was)s).")
NEW_SITE_ID = _("New site ID, same PC (was %(was)s).")


class HeadlineTexts(NamedTuple):
    """A headline, what the clerk does next, and what they can say to the caller; empty if nothing is to be asked."""

    title: Promise
    next_step: Promise
    to_caller: Promise | str


# The code fields in a headline: their names, and the codes that may stand in them.
_CODE_NAMES: dict[str, Promise] = {
    CodeKind.SERIAL.value: _("serial number"),
    CodeKind.SITE_ID.value: _("site ID"),
    CodeKind.RELEASE_CODE.value: _("release code"),
}
_A_CODE: dict[str, Promise] = {
    CodeKind.SERIAL.value: _("a serial number"),
    CodeKind.SITE_ID.value: _("a site ID"),
    CodeKind.RELEASE_CODE.value: _("a release code"),
    CodeKind.UNLOCK_CODE.value: _("an unlock code"),
}
ASK_FOR: dict[str, Promise] = {
    CodeKind.SERIAL.value: _("Please read me the serial number from your licence document. It has 8 characters."),
    CodeKind.SITE_ID.value: _("Please read me the site ID that the PC to be licensed shows. It has 12 characters."),
    CodeKind.RELEASE_CODE.value: _("Please read me the release code that the old PC showed. It has 10 characters."),
}


HEADLINES: dict[Headline, HeadlineTexts] = {
    Headline.NO_SERIAL: HeadlineTexts(
        _("The serial number is missing"),
        _("Ask for it and check again. The other items are checked once it is found."),
        _("Please read me the serial number from your licence document."),
    ),
    Headline.UNKNOWN_SERIAL: HeadlineTexts(
        _("Serial number not found"),
        _("Correct it and check again. The other items are checked once it is found."),
        _(
            "I cannot find this serial number. Please read it to me again from your licence document, one character "
            "at a time."
        ),
    ),
    Headline.SERIAL_LENGTH: HeadlineTexts(
        _("The serial number has %(length)s characters instead of 8"),
        _("Correct it and check again. The other items are checked once it is found."),
        _(
            "A serial number has 8 characters. Please read it to me again from your licence document, one character at "
            "a time."
        ),
    ),
    Headline.TEN_CHARACTERS: HeadlineTexts(
        _("Serial number: 10 characters instead of 8"),
        SENTENCES["serial-of-ten-symbols"],
        ASK_FOR[CodeKind.SERIAL.value],
    ),
    Headline.SWAPPED_CODES: HeadlineTexts(
        _("Swapped: %(field)s and %(other)s"),
        _("Press the button that swaps them, or F8. Then everything is checked again."),
        "",
    ),
    Headline.CODE_TO_MOVE: HeadlineTexts(
        _("In the field for the %(field)s: %(code)s"),
        _("Press the button that moves it to its own field, or F8. Then everything is checked again."),
        "",
    ),
    Headline.OTHER_CODE: HeadlineTexts(
        _("In the field for the %(field)s: %(code)s"), _("Ask for the right code and check again."), "%(ask_for)s"
    ),
    Headline.HOUSE_NUMBER: HeadlineTexts(
        _("Ask again for the house number"),
        _("Correct it and check again. Another house number is never accepted as close."),
        _("Please tell me your street and house number once more."),
    ),
    Headline.BLOCKED: HeadlineTexts(
        _("This serial number is blocked"),
        _("No code can be issued until a supervisor lifts the block. Reason for the block: “%(why)s”"),
        BLOCKED_TO_CALLER,
    ),
    Headline.NEVER_ASSURED: HeadlineTexts(
        _("Version %(version)s needs Software Assurance"),
        _(
            "Ask whether version %(ceiling)s will do, and check again with that. Otherwise the customer has to buy "
            "Software Assurance first."
        ),
        _(
            "Version %(version)s needs Software Assurance, which is not on your licence. You can use versions up to "
            "%(ceiling)s, or buy Software Assurance."
        ),
    ),
    Headline.ASSURANCE_ENDED: HeadlineTexts(
        _("Version %(version)s needs Software Assurance"),
        _(
            "Ask whether version %(ceiling)s will do, and check again with that. Otherwise the customer has to renew "
            "Software Assurance first."
        ),
        _(
            "Version %(version)s needs Software Assurance, and yours ended on %(since)s. You can use versions up to "
            "%(ceiling)s, or renew Software Assurance."
        ),
    ),
}


class HeadlineWords(NamedTuple):
    """A headline in the language of the reader, its parameters filled in."""

    title: str
    next_step: str
    to_caller: str


def headline_words(found: FoundHeadline) -> HeadlineWords:
    """The texts of a headline, filled with the parameters of the finding that it is about."""
    parameters = {**found.finding.parameters, **_code_words(found)}
    if day := parse_date(str(parameters.get("since", ""))):
        parameters["since"] = date_format(day, "DATE_FORMAT")
    return HeadlineWords(*(str(text) % parameters for text in HEADLINES[found.headline]))


def _code_words(found: FoundHeadline) -> dict[str, object]:
    """What a headline about a misplaced code says: the field, the code in it, its own field, and what to ask for."""
    misplaced, field = found.misplaced, found.finding.item.value
    if misplaced is None:
        return {}
    about = {"field": _CODE_NAMES[field], "code": _A_CODE[misplaced.kind.value], "ask_for": ASK_FOR[field]}
    return {**about, "other": _CODE_NAMES.get(misplaced.other, "")}
