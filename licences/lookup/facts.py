"""Reference facts that the look-up finds as well: releases, CRM applications and support contacts.

The tables are small, so one query reads all of them, together with the known words that the look-up needs, and the
comparison is done in Python.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from typing import Any

from django.db.models import Q, QuerySet, Value
from django.db.models.functions import JSONObject
from django.utils.dateparse import parse_date
from rapidfuzz.distance import OSA

from licences.domain.little_words import is_little
from licences.domain.matching import fold_name
from licences.domain.query_parsing import AROUND, ParsedQuery, is_version
from licences.domain.search_words import GAP, indexed_part, join_words, words_of
from licences.domain.versions import Version
from licences.models import CrmApplication, Release, SearchWord, SupportContact
from licences.wording.countries import said_names

FACTS_SHOWN = 6
MOST_KNOWN = 1000  # known words read from the database by spelling, and as many again by sound
_WORD = "word"


def _folded(words: str) -> frozenset[str]:
    """Words, separated by blanks, as they are compared: without case, accents and umlauts."""
    return frozenset(words_of(words))


class FactKind(StrEnum):
    """The reference tables. The value is part of an anchor on the page of all facts."""

    RELEASE = "release"
    APPLICATION = "application"
    CONTACT = "contact"


_COLUMNS: dict[FactKind, tuple[Any, tuple[str, ...]]] = {
    FactKind.RELEASE: (
        Release,
        ("id", "version", "released_on", "is_supported", "needs_software_assurance", "requirements_url", "download_url",
         "guide_url", "settings_url"),
    ),
    FactKind.APPLICATION: (CrmApplication, ("id", "name", "vendor", "works", "since_version", "notes", "url")),
    FactKind.CONTACT: (SupportContact, ("id", "country", "country_code", "phone", "email", "hours", "url")),
}  # fmt: skip


# Words that ask for one kind of fact: alone for all of them, beside others for those that have the others.
_ASKED = {
    FactKind.RELEASE: _folded(
        "release releases download downloads herunterladen runterladen requirements systemvoraussetzungen "
        "voraussetzungen guide handbuch anleitung installationsanleitung latest newest neueste aktuelle aktuellste"
    ),
    FactKind.APPLICATION: _folded("crm"),
    FactKind.CONTACT: _folded(
        "support supportkontakt supportkontakte supportnummer contact contacts kontakt kontakte hotline helpdesk "
        "kundendienst"
    ),
}
_QUESTION = "is ist does do please bitte how wie xchange "
# Words that ask for nothing by themselves and may stand beside.
_BESIDE = {
    FactKind.RELEASE: _folded(
        _QUESTION + "version versions versionen server system installation install installieren link to update upgrade "
        "updaten aktualisieren current supported unterstützt settings einstellungen übernehmen carry over notes still "
        "noch software assurance"
    ),
    FactKind.APPLICATION: _folded(
        _QUESTION + "it work works working with geht gehen läuft funktioniert mit compatible kompatibel supported "
        "unterstützt application applications anwendung anwendungen"
    ),
    FactKind.CONTACT: _folded(
        _QUESTION + "telephone telefon phone number nummer telefonnummer rufnummer help hilfe service customer "
        "kundenservice technical technischer email mail e hours opening öffnungszeiten stunden who i we ich wir call "
        "reach anrufen erreiche erreichen"
    ),
}
_SEARCHED = {FactKind.APPLICATION: ("name", "vendor"), FactKind.CONTACT: ("country", "country_code")}


@dataclass(frozen=True, slots=True)
class Fact:
    """One row of a reference table; ``values`` maps column names to values."""

    kind: FactKind
    values: dict[str, Any]

    @property
    def works(self) -> str:
        """The label that says how well a CRM application works with Xchange; only for ``FactKind.APPLICATION``."""
        return str(CrmApplication.Works(self.values["works"]).label)

    @property
    def anchor(self) -> str:
        """The anchor of the fact on the page of all facts: its kind and primary key."""
        return f"{self.kind.value}-{self.values['id']}"


@dataclass(frozen=True, slots=True)
class FactMatches:
    """Facts that match a query, at most ``FACTS_SHOWN``, and the known words that were asked for."""

    facts: list[Fact] = field(default_factory=list)
    words: list[str] = field(default_factory=list)


def find_facts(query: ParsedQuery, *, word_conditions: Sequence[Q] = ()) -> FactMatches:
    """Find the facts that a query names, newest releases first, and read known words in the same database query.

    A release matches by its version. Any other fact matches when it has every word of the query; a word of five or
    more letters may be one slip away. A query that is a code matches no fact.

    ``word_conditions``: which known words to read, from ``interpretations.known_word_conditions``
    (docs/look-up.md#3-what-is-near).
    """
    if query.is_code:
        return FactMatches()
    facts, words = [], []
    for kind, values in _fact_and_word_rows(word_conditions):
        if kind == _WORD:
            words.append(values[_WORD])
        elif _matches_query(FactKind(kind), values, query):
            facts.append(Fact(FactKind(kind), _converted_values(values)))
    return FactMatches(_newest_first(facts)[:FACTS_SHOWN], words)


def _newest_first(facts: list[Fact]) -> list[Fact]:
    """Releases, the newest first, and then all other facts as they are."""
    releases = [fact for fact in facts if fact.kind is FactKind.RELEASE]
    releases.sort(key=lambda fact: Version.parse(fact.values["version"]), reverse=True)
    return releases + [fact for fact in facts if fact.kind is not FactKind.RELEASE]


def _fact_and_word_rows(word_conditions: Sequence[Q]) -> QuerySet[Any]:
    """All facts, and the known words that meet the conditions, in one query: pairs of kind and values."""
    tables = [_table(kind.value, model.objects.order_by(), columns) for kind, (model, columns) in _COLUMNS.items()]
    tables += [_table(_WORD, _known_words(condition), (_WORD,)) for condition in word_conditions]
    return tables[0].union(*tables[1:], all=True)


def _known_words(condition: Q) -> QuerySet[SearchWord]:
    """At most ``MOST_KNOWN`` known words that meet the condition.

    The limit is in a subquery, because SQLite allows none on one part of a union.
    """
    limited = SearchWord.objects.filter(condition).order_by("word").values("word")[:MOST_KNOWN]
    return SearchWord.objects.filter(word__in=limited)


def _table(kind: str, rows: QuerySet[Any], columns: tuple[str, ...]) -> QuerySet[Any]:
    """One part of the union: the rows of a model as pairs of ``kind`` and a JSON object of ``columns``."""
    return rows.annotate(fact=Value(kind), values=JSONObject(**{name: name for name in columns})).values_list(
        "fact", "values"
    )


def _converted_values(values: dict[str, Any]) -> dict[str, Any]:
    """The values with dates as ``date``: they come as JSON, which has only text for them."""
    converted = dict(values)
    if converted.get("released_on"):
        converted["released_on"] = parse_date(str(converted["released_on"])[:10])
    return converted


def names_kind(query: ParsedQuery) -> bool:
    """Whether a query has a word that asks for facts, such as "support" or "download"."""
    return any(word in asked for asked in _ASKED.values() for word in query.words)


def _matches_query(kind: FactKind, values: dict[str, Any], query: ParsedQuery) -> bool:
    """Whether a fact, given by its kind and the values of its columns, is one that a query names.

    A release matches by its version, any other fact if it has every word, or one a slip away. Words that only say what
    kind of fact is meant ("2.6 download", "support austria") may stand beside, and find all facts of that kind where
    nothing else is typed.
    """
    said = words_of(query.text)
    wanted = _wanted_words(kind, query)
    if not wanted:
        return any(word in _ASKED[kind] for word in said)
    if kind == FactKind.RELEASE:
        typed = _typed_version(query)
        return typed != "" and _is_version_of(values["version"], typed)
    words = list(_searched_words(kind, values))
    text = join_words(words) + GAP
    return all(indexed_part(word) in text or any(_is_one_slip_away(word, other) for other in words) for word in wanted)


def _typed_version(query: ParsedQuery) -> str:
    """The version that a query names, without little words and those that ask for releases; empty for other text."""
    known = _ASKED[FactKind.RELEASE] | _BESIDE[FactKind.RELEASE]
    parts = [part for part in query.text.split() if (word := fold_name(part)) not in known and not is_little(word)]
    typed = " ".join(parts).strip(AROUND.replace(")", ""))
    return typed if is_version(typed) else ""


def _wanted_words(kind: FactKind, query: ParsedQuery) -> list[str]:
    """The words that a fact must have: those typed, without little ones and those that ask for the kind.

    Where only little words are left, they are meant: "support at" asks for Austria.
    """
    beside = _ASKED[kind] | _BESIDE[kind]
    said = [word for word in words_of(query.text) if word not in beside]
    return [word for word in query.words if word not in beside] or said


def _is_version_of(version: str, typed: str) -> bool:
    """Whether a version that was typed means a release: 2.6 is meant by 2.6, by 2, and by its patch 2.6.1."""
    own, other = Version.parse(version).parts, Version.parse(typed).parts
    size = min(len(own), len(other))
    return own[:size] == other[:size]


def _searched_words(kind: FactKind, values: dict[str, Any]) -> Iterator[str]:
    """The words, folded, by which a fact is found: those in its searched columns, and the country of a contact.

    ``values`` maps the fact's columns to their values.
    """
    for name in _SEARCHED[kind]:
        yield from words_of(values[name])
    if kind == FactKind.CONTACT:
        yield from _country_words(values["country_code"])


@cache
def _country_words(code: str) -> tuple[str, ...]:
    """The words, folded, of every name of a country; none without a code."""
    return tuple(dict.fromkeys(word for name in said_names(code) for word in words_of(name)))


def _is_one_slip_away(word: str, other: str) -> bool:
    """Whether two words differ by at most one slip: only words of five letters or more with the same first letter."""
    return len(word) >= 5 and word[0] == other[0] and OSA.distance(word, other, score_cutoff=1) <= 1
