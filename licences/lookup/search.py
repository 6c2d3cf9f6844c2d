"""The look-up from the typed text to its result: first what fits, then what is near (docs/look-up.md)."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from licences.domain.query_parsing import ParsedQuery, QueryForm, parse_query
from licences.domain.reference_spellings import reference_spellings
from licences.lookup import facts, interpretations, likeness, match_reasons, near_statements
from licences.lookup.facts import Fact
from licences.lookup.match_reasons import Hit, MatchKind
from licences.lookup.serial_summaries import SerialSummary, connection_for_reads, serial_summaries
from licences.lookup.statements import (
    CANDIDATES,
    FoundAs,
    SearchStatement,
    select_alike,
    select_containing,
    select_equal,
    union_of,
)


@dataclass(frozen=True, slots=True)
class LookupResult:
    """What a look-up found, best first, at most ``CANDIDATES`` hits.

    ``near``: nothing fits what was typed, and the hits are what may be meant or what has it inside a word. ``more``:
    there may be more matches than hits.
    """

    query: ParsedQuery
    hits: list[Hit] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)
    near: bool = False
    more: bool = False

    @property
    def fits(self) -> list[Hit]:
        """The hits that fit what was typed, without those that only have it inside a word or are only similar."""
        return [] if self.near else [hit for hit in self.hits if hit.is_fit]

    @property
    def is_secret(self) -> bool:
        """Whether an unlock or release code was typed, which no browser keeps and no link holds."""
        kinds = (MatchKind.UNLOCK_CODE, MatchKind.RELEASE_CODE)
        return self.query.is_secret or any(hit.reason.kind in kinds for hit in self.hits)

    @property
    def facts_first(self) -> bool:
        """Whether the facts come before the sites: they were asked for, or no site fits."""
        return bool(self.facts) and (self.near or facts.names_kind(self.query))

    @property
    def only_match(self) -> Hit | None:
        """The hit that fits, if there is exactly one; else None."""
        return self.fits[0] if len(self.fits) == 1 else None

    @property
    def answer(self) -> Hit | None:
        """The one site that was named, whose verdict may be told; None where others may be meant
        (docs/look-up.md#when-it-is-sure)."""
        sure = [hit for hit in self.fits if hit.sure]
        if len(sure) != 1:
            return None
        kind = sure[0].reason.kind
        is_plain_number = kind in (MatchKind.NUMBER, MatchKind.PURCHASE) and self.query.reference.isdigit()
        is_key = kind in match_reasons.KEY_REASONS and not is_plain_number
        return sure[0] if is_key or len(self.fits) == 1 else None


def look_up(typed: str, *, with_codes: bool, with_facts: bool = True) -> LookupResult:
    """Find serial numbers and reference facts by any text. Reads a replica where the view allows it; writes nothing.

    ``typed``: the text as typed, of which the first ``LONGEST_QUERY`` characters count; an empty one finds nothing.
    ``with_codes``: whether unlock and release codes are searched, that is whether the viewer may see them
    (docs/look-up.md#who-sees-what). ``with_facts``: whether facts beside what fits are wanted. At most three database
    queries (docs/look-up.md#what-is-bounded).
    """
    query = parse_query(typed)
    if not query.text:
        return LookupResult(query)
    hits = _by_whole_code(query, with_codes=with_codes)
    hits = hits or _fitting(_exact_statements(query, with_codes=with_codes), query)
    if any(hit.is_fit for hit in hits):
        more = len(hits) >= CANDIDATES
        best = match_reasons.best_first(hits, query)[:CANDIDATES]
        return LookupResult(query, best, facts.find_facts(query).facts if with_facts else [], more=more)
    weak = match_reasons.best_first(hits, query)
    return _look_up_near(query, weak=weak, with_codes=with_codes)


def _by_whole_code(query: ParsedQuery, *, with_codes: bool) -> list[Hit]:
    """The hits of a whole code, by one statement that the database plans quickly; none for any other query.

    Where a whole code is on record, nothing else is searched for it. ``with_codes`` tells whether the viewer may see
    unlock and release codes.
    """
    return _fitting(_code_statements(query, with_codes=with_codes), query) if query.is_code else []


def _fitting(statements: list[SearchStatement], query: ParsedQuery) -> list[Hit]:
    """The hits, among the serial numbers that the statements find, in no order."""
    return [hit for serial in _serials(statements) if (hit := match_reasons.matched(serial, query))]


_BESIDE_WEAK = (
    MatchKind.SPELLING, MatchKind.EXTENSION, MatchKind.PURCHASE_SLIP, MatchKind.NUMBER_SLIP, MatchKind.SERIAL_SLIP,
)  # fmt: skip
_MOST_CODES_BESIDE = 5  # that have the letters or digits which were typed, beside others


def _look_up_near(query: ParsedQuery, *, weak: list[Hit], with_codes: bool) -> LookupResult:
    """The second attempt, where nothing or only ``weak`` hits match: what is similar to what was typed.

    It finds parts of codes, codes one slip away, and names that sound or look alike (docs/look-up.md#3-what-is-near).
    The result is ``near``, with the weak hits last, unless a part of a code or words in its form fit after all.
    ``weak`` are hits that have the words only inside others; ``with_codes`` tells whether the viewer may see unlock
    codes.
    """
    matches = facts.find_facts(query, word_conditions=interpretations.known_word_conditions(query))
    statements = [*near_statements.code_parts(query, with_codes=with_codes), *near_statements.slips(query)]
    statements += near_statements.without_dashes(query)
    if query.is_code and query.words:
        statements.append(select_containing(connection_for_reads(), query.readings, query.name))
    meant = [] if query.names_version else interpretations.interpretations_of(query, matches.words)
    if meant:
        names, word_sets = [one.name for one in meant], list(dict.fromkeys(one.words for one in meant if one.words))
        statements.append(select_alike(connection_for_reads(), names, word_sets, set(matches.words)))
    seen = {hit.serial.pk for hit in weak}
    serials = [serial for serial in _serials(statements) if serial.pk not in seen]
    if fits := _fits_after_all(serials, query):
        return LookupResult(query, fits[:CANDIDATES], matches.facts, more=len(fits) >= CANDIDATES)
    near = [Hit(serial, match_reasons.near_match_reason(serial, query)) for serial in serials]
    near = match_reasons.nearest_first(
        [hit for hit in near if likeness.is_likeness(hit.serial, hit.reason, query)], query
    )
    return LookupResult(
        query, _near_and_weak(near, weak, query), matches.facts, near=True, more=len(weak) >= CANDIDATES
    )


def _near_and_weak(near: list[Hit], weak: list[Hit], query: ParsedQuery) -> list[Hit]:
    """The similar hits before the weak ones, at most ``CANDIDATES``. Beside weak ones only slips and spellings count.

    Codes that have the typed letters or digits come last: beside others only few, and of letters only where these are
    capitals, as codes are.
    """
    coded = [hit for hit in near if hit.reason.kind is MatchKind.CODE_PART]
    others = [hit for hit in near if hit.reason.kind in _BESIDE_WEAK] if weak else near
    others = [hit for hit in (*others, *weak) if hit.reason.kind is not MatchKind.CODE_PART]
    if others:
        coded = coded[:_MOST_CODES_BESIDE] if query.text == query.text.upper() else []
    return [*others[: CANDIDATES - len(coded)], *coded]


def _fits_after_all(serials: list[SerialSummary], query: ParsedQuery) -> list[Hit]:
    """The hits, among the serial numbers found, of a query that looks like a code and is none, or is a reference.

    It is a part of a code, or words, such as the ticket HELP-4711. Of any other query, only references fit.
    """
    if not query.looks_like_code:
        serials = [serial for serial in serials if serial.found_as == FoundAs.RESPELLED_PURCHASE]
    hits = [hit for serial in serials if (hit := match_reasons.matched(serial, query)) and hit.is_fit]
    return match_reasons.best_first(hits, query)


def _serials(statements: list[SearchStatement]) -> list[SerialSummary]:
    """Summaries of all serial numbers that any of the statements finds; one database query, none without statements."""
    return serial_summaries(union_of(statements)) if statements else []


# --- What fits ---------------------------------------------------------------------------------------


def _exact_statements(query: ParsedQuery, *, with_codes: bool) -> list[SearchStatement]:
    """Statements for what fits the query: part of a code, a reference or customer number, or texts with all its words.

    ``with_codes``: whether the viewer may see unlock and release codes; only then these are searched.
    """
    codes = [] if query.is_code else _code_statements(query, with_codes=with_codes)
    statements = [*codes, *_reference_statements(query)]
    if query.words and not query.is_code and not query.names_version:
        statements.append(select_containing(connection_for_reads(), query.readings, query.name))
    return statements


def _code_statements(query: ParsedQuery, *, with_codes: bool) -> list[SearchStatement]:
    """Statements for each code that the query looks like.

    ``with_codes``: whether the viewer may see unlock and release codes; only then these are searched.
    """
    code = query.code
    statements = []
    if QueryForm.SERIAL in query.forms:
        statements.append(select_equal("licences_serial", "code", [code], serial="id"))
    if QueryForm.SITE_ID in query.forms:
        statements.append(select_equal("licences_installation", "site_id", [code]))
    if QueryForm.CODE_PART in query.forms:
        statements += near_statements.code_parts(query, with_codes=with_codes)
    if with_codes and QueryForm.UNLOCK_CODE in query.forms:
        statements.append(select_equal("licences_unlockcode", "code", [code]))
    if with_codes and QueryForm.RELEASE_CODE in query.forms:
        statements.append(select_equal("licences_unlockcode", "release_code", [code]))
        reported = "(SELECT * FROM licences_installation WHERE NOT (reported_release_code = '')) AS i"
        statements.append(select_equal(reported, "reported_release_code", [code]))
    return statements


def _reference_statements(query: ParsedQuery) -> list[SearchStatement]:
    """Statements for a purchase reference or customer number, also in capitals or with a prefix that was left out, or
    with dashes for other signs.

    None if the query can be neither.
    """
    reference, respelled = query.reference, query.respelled
    if not reference:
        return _respelled_statements(respelled)
    spellings = list(dict.fromkeys((reference, reference.upper())))
    prefixed = [each for each in reference_spellings(reference) if each not in spellings]
    statements = [
        select_equal("licences_licencegrant", "purchase_reference", spellings, found_as=FoundAs.PURCHASE),
        near_statements.customer_numbers(spellings),
        *_respelled_statements(respelled),
    ]
    if prefixed:
        found_as = FoundAs.PURCHASE_WITH_PREFIX
        statements.append(select_equal("licences_licencegrant", "purchase_reference", prefixed, found_as=found_as))
    return statements


def _respelled_statements(spellings: Sequence[str]) -> list[SearchStatement]:
    """Statements for purchase references and customer numbers that were typed with other signs than their dashes."""
    if not spellings:
        return []
    found_as = FoundAs.RESPELLED_PURCHASE
    purchases = select_equal("licences_licencegrant", "purchase_reference", spellings, found_as=found_as)
    return [purchases, near_statements.customer_numbers(spellings)]
