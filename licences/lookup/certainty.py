"""When a look-up is sure: what was typed names one customer and does not only fit (docs/look-up.md#when-it-is-sure)."""

from licences.domain.company_names import without_legal_form
from licences.domain.labelled_values import ValueLabel
from licences.domain.matching import fold_name
from licences.domain.query_parsing import ParsedQuery
from licences.domain.search_words import (
    email_word,
    is_telephone,
    joined_word,
    telephone_numbers,
    telephone_part,
    telephone_words,
)
from licences.lookup.match_kinds import MatchKind, MatchReason
from licences.lookup.serial_summaries import SerialSummary
from licences.lookup.statements import FoundAs

SHORTEST_REFERENCE = 5  # letters and digits
SHORTEST_NUMBER = 7  # digits of a telephone number
_WHOLE_CODES = {
    MatchKind.SERIAL, MatchKind.SITE_ID, MatchKind.FORMER_SITE_ID, MatchKind.UNLOCK_CODE, MatchKind.RELEASE_CODE,
}  # fmt: skip


def is_sure(serial: SerialSummary, reason: MatchReason, query: ParsedQuery) -> bool:
    """Whether a serial number was found by something that names it, so that its verdict may be told.

    ``reason`` says why it was found. That names it: a whole code, a reference or customer number of five symbols or
    more, a telephone number of seven digits or more, an e-mail address, or a whole name. Rule:
    docs/look-up.md#when-it-is-sure.
    """
    if reason.kind in _WHOLE_CODES:
        return True
    if reason.kind is MatchKind.NUMBER and joined_word(query.reference) != joined_word(serial.number):
        return False  # the 10115 of K-10115, which may be a postcode
    if reason.kind is MatchKind.NUMBER and serial.number in query.respelled:
        return False  # K/10115, where K-10115 is on record
    if reason.kind is MatchKind.NUMBER or (reason.kind is MatchKind.PURCHASE and serial.found_as == FoundAs.PURCHASE):
        is_long = sum(map(str.isalnum, query.reference)) >= SHORTEST_REFERENCE
        return is_long and _may_be(query, _LABELS_OF_KEYS[reason.kind])
    return (
        (_may_be(query, ValueLabel.EMAIL) and _has_address(serial, query))
        or (_may_be(query, ValueLabel.TELEPHONE) and has_number(serial, query))
        or (_may_be(query, ValueLabel.CUSTOMER) and _has_name(serial, query))
    )


_LABELS_OF_KEYS = {MatchKind.NUMBER: ValueLabel.CUSTOMER, MatchKind.PURCHASE: ValueLabel.PURCHASE}


def _may_be(query: ParsedQuery, label: ValueLabel) -> bool:
    """Whether what was typed may be of a kind: where a label stood before it, only that of the label."""
    return query.label in (ValueLabel.NONE, label)


def _has_address(serial: SerialSummary, query: ParsedQuery) -> bool:
    """Whether an e-mail address was typed that is the customer's or that of the latest registration."""
    typed = email_word(query.email) if query.email else ""
    return bool(typed) and typed in (email_word(serial.contact_email), email_word(serial.registered_email))


def has_number(serial: SerialSummary, query: ParsedQuery) -> bool:
    """Whether a telephone number on record is the typed one, or ends with it where the area code was left out."""
    if not is_telephone(query.text):
        return False
    typed = [each for each in query.readings[0] if len(each) >= SHORTEST_NUMBER]
    for number in (*telephone_numbers(serial.contact_phone), *telephone_numbers(serial.registered_phone)):
        (digits,) = telephone_words(number)
        if any(each == telephone_part(number) or digits.endswith(each) for each in typed):
            return True
    return False


def _has_name(serial: SerialSummary, query: ParsedQuery) -> bool:
    """Whether the name of the customer or of the latest registration was typed in full.

    Its legal form may be missing; another legal form is another customer.
    """
    names = [serial.customer_name] if serial.name_key == query.name else []
    if serial.registered_name and serial.registered_name != serial.customer_name:
        names.append(serial.registered_name)
    if not names or not query.name:
        return False
    typed, bare = fold_name(query.text), without_legal_form(query.text)
    return any(fold_name(name) == typed or (bare == typed and without_legal_form(name) == typed) for name in names)
