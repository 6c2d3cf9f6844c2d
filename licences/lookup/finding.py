"""From what was typed to what was meant: first what fits, then what is near."""

from dataclasses import dataclass, field
from datetime import date

from licences.domain import codes
from licences.domain.near_misses import near_misses
from licences.domain.recognising import Form, Understanding, recognise
from licences.lookup import facts, reasons, words
from licences.lookup.facts import Fact
from licences.lookup.listing import Listed, connection_for_reading, listed
from licences.lookup.reasons import Hit
from licences.lookup.statements import CANDIDATES, Statement, alike, between, containing, equal, union

_FIRST, _LAST = codes.ALPHABET[0], codes.ALPHABET[-1]


@dataclass(frozen=True, slots=True)
class Found:
    """What a look-up found, best first. ``near``: nothing fits what was typed; these may be meant."""

    understanding: Understanding
    hits: list[Hit] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)
    near: bool = False
    more: bool = False

    @property
    def sure(self) -> Hit | None:
        """The one serial number that fits, where there is just one: its verdict is the answer."""
        return self.hits[0] if len(self.hits) == 1 and not self.near else None


def look_up(typed: str, *, codes_too: bool, today: date) -> Found:
    """Find serial numbers and facts. ``codes_too``: the viewer may see codes, and so find by them."""
    said = recognise(typed)
    if not said.text:
        return Found(said)
    serials = _serials(_fitting(said, codes_too=codes_too))
    hits = [Hit(serial, reasons.why(serial, said)) for serial in serials]
    if any(reasons.is_strong(hit, said) for hit in hits):
        more = len(hits) == CANDIDATES
        return Found(said, reasons.best_first(hits, said), facts.about(said, today=today).facts, more=more)
    return _look_near(said, weak=reasons.best_first(hits, said), today=today)


def _look_near(said: Understanding, *, weak: list[Hit], today: date) -> Found:
    """Nothing fits, or only by the middle of words: codes one symbol away, names that sound or look alike."""
    consulted = facts.about(said, today=today, near_words=words.wanted(said))
    statements = _near_codes(said)
    if meant := words.meant_by(said, consulted.words):
        names, each = [one.name for one in meant], [one.words for one in meant]
        statements.append(alike(connection_for_reading(), names, each))
    fitting = {hit.serial.pk for hit in weak}
    serials = [serial for serial in _serials(statements) if serial.pk not in fitting]
    hits = reasons.nearest_first([Hit(serial, reasons.how_near(serial, said)) for serial in serials], said)
    if weak:
        hits = [hit for hit in hits if hit.reason.why == reasons.Why.SPELLING]
    return Found(said, (hits + weak)[:CANDIDATES], consulted.facts, near=not weak, more=len(weak) == CANDIDATES)


def _serials(statements: list[Statement]) -> list[Listed]:
    return listed(union(statements)) if statements else []


# --- What fits ---------------------------------------------------------------------------------------


def _fitting(said: Understanding, *, codes_too: bool) -> list[Statement]:
    statements = [*_by_code(said, codes_too=codes_too), *_by_reference(said)]
    if said.words and not said.is_code:
        statements.append(containing(connection_for_reading(), [[word] for word in said.words], said.name))
    return statements


def _by_code(said: Understanding, *, codes_too: bool) -> list[Statement]:
    code = said.code
    statements = []
    if Form.SERIAL in said.forms:
        statements.append(equal("licences_serial", "code", [code], serial="id"))
    if Form.SITE_ID in said.forms:
        statements.append(equal("licences_installation", "site_id", [code]))
    if Form.CODE_PART in said.forms:
        statements += _by_beginning(code)
    if codes_too and Form.UNLOCK_CODE in said.forms:
        statements.append(equal("licences_unlockcode", "code", [code]))
    if codes_too and Form.RELEASE_CODE in said.forms:
        statements.append(equal("licences_unlockcode", "release_code", [code]))
        reported = "(SELECT * FROM licences_installation WHERE NOT (reported_release_code = '')) AS i"
        statements.append(equal(reported, "reported_release_code", [code]))
    return statements


def _by_beginning(code: str) -> list[Statement]:
    """Codes of one length that begin so lie between two others, in the order of any locale."""
    places = (("licences_serial", "code", codes.SERIAL_LENGTH, "id"),
              ("licences_installation", "site_id", codes.SITE_ID_LENGTH, "serial_id"))  # fmt: skip
    return [
        between(table, column, code.ljust(length, _FIRST), code.ljust(length, _LAST), serial=serial)
        for table, column, length, serial in places
        if len(code) < length
    ]


def _by_reference(said: Understanding) -> list[Statement]:
    if Form.REFERENCE not in said.forms:
        return []
    spellings = list(dict.fromkeys((said.text, said.text.upper())))
    # SQLite takes a partial index only where its condition stands to the letter.
    customers = (
        "licences_serial s JOIN customers_site t ON t.id = s.site_id JOIN customers_customer c ON c.id = t.customer_id"
    )
    return [
        equal("licences_licencegrant", "purchase_reference", spellings),
        equal(customers, "NOT (c.number = '') AND c.number", spellings, serial="s.id"),
    ]


# --- What is near --------------------------------------------------------------------------------------


def _near_codes(said: Understanding) -> list[Statement]:
    """Codes on record one slip away. Release and unlock codes are never guessed at."""
    statements = []
    if similar := near_misses(said.code, codes.SERIAL_LENGTH):
        statements.append(equal("licences_serial", "code", list(similar), serial="id"))
    if similar := near_misses(said.code, codes.SITE_ID_LENGTH):
        statements.append(equal("licences_installation", "site_id", list(similar)))
    return statements
