"""Why a serial number is in the result of a look-up, and the order of the result.

Nothing here asks the database: the rows that the statements found are compared with the query once more.
"""

from dataclasses import dataclass
from functools import partial
from typing import Any

from licences.domain.matching import Likeness, compare_names, fold_name
from licences.domain.near_misses import near_miss
from licences.domain.query_parsing import ParsedQuery, QueryForm
from licences.domain.search_words import is_telephone, sound, street_words, words_of
from licences.lookup import certainty
from licences.lookup.likeness import similarity, total_similarity, with_words_sorted
from licences.lookup.match_kinds import MatchKind, MatchReason
from licences.lookup.serial_summaries import SerialSummary
from licences.lookup.statements import FoundAs
from licences.lookup.word_fit import Fit, indexed_words, searched_fields

__all__ = ["Hit", "MatchKind", "MatchReason"]


@dataclass(frozen=True, slots=True)
class Hit:
    """One serial number of a result, why it is there, and how well it fits.

    ``sure``: it was found by something that names one customer (docs/look-up.md#when-it-is-sure).
    """

    serial: SerialSummary
    reason: MatchReason
    fit: Fit = Fit.NONE
    sure: bool = False

    @property
    def is_fit(self) -> bool:
        """Whether it fits what was typed; a part inside a word does not, and what is only similar does not."""
        return self.fit >= Fit.BEGINS


# --- What fits ---------------------------------------------------------------------------------------


def matched(serial: SerialSummary, query: ParsedQuery) -> Hit | None:
    """Return a serial number that a statement found as a hit, with why it matches; None if it does not, after all.

    Compared in this order: its code, its site IDs, its customer number, its purchases, its words. No words match a
    customer whose data were erased.
    """
    by_code = _reason_by_code(serial, query)
    if by_code:
        return Hit(serial, by_code, Fit.WHOLE, certainty.is_sure(serial, by_code, query))
    if serial.erased:
        return None
    reason, fit = _reason_by_words(serial, query)
    if fit is Fit.NONE:
        return None
    return Hit(serial, reason, fit, certainty.is_sure(serial, reason, query))


_CODES = {
    QueryForm.SITE_ID: MatchKind.FORMER_SITE_ID,
    QueryForm.UNLOCK_CODE: MatchKind.UNLOCK_CODE,
    QueryForm.RELEASE_CODE: MatchKind.RELEASE_CODE,
}


def _reason_by_code(serial: SerialSummary, query: ParsedQuery) -> MatchReason | None:
    """Why a serial number matches by a code, a customer number or a purchase; None where only words were found."""
    if query.code and query.code == serial.code:
        return MatchReason(MatchKind.SERIAL)
    if query.code and query.code in (serial.live_site_id, serial.latest_site_id):
        return MatchReason(MatchKind.SITE_ID if query.code == serial.live_site_id else MatchKind.FORMER_SITE_ID)
    reference = query.reference
    numbers = (reference, reference.upper(), *query.respelled)
    if serial.number and serial.number in numbers:
        return MatchReason(MatchKind.NUMBER, serial.number)
    if serial.found_as == FoundAs.CODE:
        return MatchReason(next((_CODES[form] for form in query.forms if form in _CODES), MatchKind.CODE_PART))
    if serial.found_as in (FoundAs.PURCHASE, FoundAs.PURCHASE_WITH_PREFIX, FoundAs.RESPELLED_PURCHASE):
        return MatchReason(MatchKind.PURCHASE, reference or query.text)
    if serial.found_as == FoundAs.CODE_PART:
        return MatchReason(MatchKind.CODE_PART)
    return None


def _reason_by_words(serial: SerialSummary, query: ParsedQuery) -> tuple[MatchReason, Fit]:
    """Which field of a serial number fits all the words best, and how well.

    The reason is ``SEVERAL`` where only several fields together have all the words, and ``REGISTRATION`` where only the
    search text has them.
    """
    best, fit = MatchReason(MatchKind.REGISTRATION), Fit.NONE
    each_best = [Fit.NONE] * len(query.readings)
    parts: dict[int, MatchReason] = {}  # by the position of the word
    for field in searched_fields(serial):
        fits = [field.fit_of(readings) for readings in query.readings]
        better = [place for place, (old, new) in enumerate(zip(each_best, fits, strict=True)) if new > old]
        each_best = list(map(max, each_best, fits))
        reason = MatchReason(field.kind, "" if field.kind is MatchKind.NAME else field.text)
        parts |= dict.fromkeys(better, reason)
        if (of_all := min(fits, default=Fit.NONE)) > fit:
            best, fit = reason, of_all
        if fit is Fit.WHOLE:
            return best, fit
    if fit < Fit.BEGINS and query.name and serial.name_key.startswith(query.name):
        return MatchReason(MatchKind.NAME), Fit.WHOLE if serial.name_key == query.name else Fit.BEGINS
    together = min(each_best, default=Fit.NONE)
    several = MatchReason(MatchKind.SEVERAL, parts=tuple(dict.fromkeys(parts[place] for place in sorted(parts))))
    if together > fit and together >= Fit.BEGINS:
        return several, together
    indexed = Fit.NONE if fit >= Fit.BEGINS else indexed_words(serial).fit_of_all(query.readings)
    if indexed > max(fit, together):
        return MatchReason(MatchKind.REGISTRATION), indexed
    return (best, fit) if fit >= together else (several, together)


def best_first(hits: list[Hit], query: ParsedQuery) -> list[Hit]:
    """The hits sorted: codes, then names (whole words before parts, short before long), then everything else."""
    return sorted(hits, key=partial(_rank_key, query=query))


KEY_REASONS = (
    MatchKind.SERIAL, MatchKind.SITE_ID, MatchKind.FORMER_SITE_ID, MatchKind.UNLOCK_CODE, MatchKind.RELEASE_CODE,
    MatchKind.CODE_PART, MatchKind.PURCHASE, MatchKind.NUMBER,
)  # fmt: skip


def _rank_key(hit: Hit, query: ParsedQuery) -> tuple[Any, ...]:
    """The key that ``best_first`` sorts by, smaller for better hits: what fits before what is only inside a word, and
    of each, codes, then names, short ones first.
    """
    name = hit.serial.name_key
    words = name.split()
    return (
        not hit.is_fit,
        hit.reason.kind not in KEY_REASONS,
        query.names_person and hit.reason.kind is not MatchKind.CONTACT,
        name != query.name,
        name == query.name and fold_name(hit.serial.customer_name) != fold_name(query.text),
        sorted(words) != sorted(query.name.split()),
        hit.reason.kind != MatchKind.NAME,
        -hit.fit,
        not set(query.words) <= set(words),
        not (query.words and name.startswith(query.words[0])),
        len(name),
        name,
        hit.serial.pk,
    )


# --- What is near ------------------------------------------------------------------------------------


def near_match_reason(serial: SerialSummary, query: ParsedQuery) -> MatchReason:
    """How a serial number that does not match the query comes near to it: by a code, the name, or another field."""
    if serial.found_as == FoundAs.CODE_PART and query.plain_code_part:
        return MatchReason(MatchKind.CODE_PART)
    if serial.found_as == FoundAs.MISHEARD_PURCHASE:
        return MatchReason(MatchKind.PURCHASE_SLIP)
    if serial.found_as == FoundAs.MISHEARD_NUMBER:
        return MatchReason(MatchKind.NUMBER_SLIP)
    if is_telephone(query.text):
        return MatchReason(MatchKind.EXTENSION, serial.contact_phone)
    if query.code and (miss := near_miss(query.code, serial.code)):
        return MatchReason(MatchKind.SERIAL_SLIP, group=miss.group)
    for site_id in (serial.live_site_id, serial.latest_site_id):
        if query.code and site_id and (miss := near_miss(query.code, site_id)):
            return MatchReason(MatchKind.SITE_ID_SLIP, group=miss.group)
    compared = compare_names(query.text, serial.customer_name)
    if compared.likeness is not Likeness.DIFFERENT:
        return MatchReason(MatchKind.SPELLING, differences=compared.differences)
    return _nearest_field(serial, query)


def _nearest_field(serial: SerialSummary, query: ParsedQuery) -> MatchReason:
    """The near match by words: ``ALIKE`` for the name, or ``SOUND`` if all words sound like words of the name.

    If the words come nearer to the contact, the town or the address, ``CONTACT_ALIKE``, ``TOWN_ALIKE`` or
    ``STREET_ALIKE`` with its text instead: the list may not show those, so they are named as the reason.
    """
    words, name = query.name_words, serial.name_key.split()
    fields = [
        (MatchKind.ALIKE, "", name),
        (MatchKind.CONTACT_ALIKE, serial.contact_name, words_of(serial.contact_name)),
        (MatchKind.TOWN_ALIKE, serial.city, words_of(serial.city)),
        (MatchKind.STREET_ALIKE, serial.address_line1, street_words(serial.address_line1)),
    ]
    kind, text, _words = max(fields, key=lambda field: total_similarity(words, field[2]))
    if kind is MatchKind.ALIKE and {sound(word) for word in words} <= {sound(word) for word in name}:
        return MatchReason(MatchKind.SOUND)
    return MatchReason(kind, text)


def nearest_first(hits: list[Hit], query: ParsedQuery) -> list[Hit]:
    """The hits sorted by how near they come: slips in codes, then by how well each word fits, then the whole name."""
    return sorted(hits, key=partial(_nearness_key, query=query))


_SLIPS = (MatchKind.SERIAL_SLIP, MatchKind.SITE_ID_SLIP, MatchKind.PURCHASE_SLIP, MatchKind.NUMBER_SLIP)


def _nearness_key(hit: Hit, query: ParsedQuery) -> tuple[Any, ...]:
    """The key that ``nearest_first`` sorts by, smaller for nearer hits: slips in codes before everything else.

    Then by the sum of how well each word of the query fits any word of the name, town or contact, or of the address if
    that is the reason; then by the similarity of the whole names, whatever the order of their words.
    """
    name = hit.serial.name_key
    words = [*name.split(), *words_of(hit.serial.city), *words_of(hit.serial.contact_name)]
    if hit.reason.kind is MatchKind.STREET_ALIKE:
        words += street_words(hit.serial.address_line1)
    total = total_similarity(query.name_words, words)
    whole = max(similarity(query.name, name), similarity(with_words_sorted(query.name), with_words_sorted(name)))
    return (
        hit.reason.kind not in _SLIPS,
        -round(total, 6),
        -round(whole, 6),
        name,
        hit.serial.pk,
    )
