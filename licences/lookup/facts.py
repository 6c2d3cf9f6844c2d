"""Reference facts that the look-up finds as well: releases, CRM applications and support contacts.

The tables are small, so one query reads all of them, together with the known words that the look-up needs, and the
comparison is done in Python.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.db.models import Q, QuerySet, Value
from django.db.models.functions import JSONObject
from django.utils.dateparse import parse_date
from rapidfuzz.distance import OSA

from licences.domain.matching import fold_name
from licences.domain.query_parsing import ParsedQuery, is_version
from licences.domain.search_words import GAP, indexed_part, join_words, words_of
from licences.domain.versions import Version
from licences.models import CrmApplication, Release, SearchWord, SupportContact
from licences.wording.countries import country_name

FACTS_SHOWN = 6
MOST_KNOWN = 1000  # known words read from the database by spelling, and as many again by sound
_WORD = "word"


class FactKind(StrEnum):
    """The reference tables. The value is part of an anchor on the page of all facts."""

    RELEASE = "release"
    APPLICATION = "application"
    CONTACT = "contact"


_COLUMNS: dict[FactKind, tuple[Any, tuple[str, ...]]] = {
    FactKind.RELEASE: (
        Release,
        ("version", "released_on", "is_supported", "needs_software_assurance", "requirements_url", "download_url",
         "guide_url", "settings_url"),
    ),
    FactKind.APPLICATION: (CrmApplication, ("name", "vendor", "works", "since_version", "notes", "url")),
    FactKind.CONTACT: (SupportContact, ("country", "country_code", "phone", "email", "hours", "url")),
}  # fmt: skip
# Words that say which kind of fact is meant, folded.
_ASKED = {
    FactKind.RELEASE: frozenset(
        "download release version xchange server guide installation requirements handbuch anleitung".split()
    ),
    FactKind.APPLICATION: frozenset(("crm",)),
    FactKind.CONTACT: frozenset("support contact kontakt hotline helpdesk".split()),
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
        """The anchor of its table on the page of all facts."""
        return f"{self.kind.value}s"


@dataclass(frozen=True, slots=True)
class FactMatches:
    """Facts that match a query, at most ``FACTS_SHOWN``, and the known words that were asked for."""

    facts: list[Fact] = field(default_factory=list)
    words: list[str] = field(default_factory=list)


def find_facts(query: ParsedQuery, *, word_conditions: Sequence[Q] = ()) -> FactMatches:
    """Find the facts that a query names, and read known words in the same database query.

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
    return FactMatches(facts[:FACTS_SHOWN], words)


def _fact_and_word_rows(word_conditions: Sequence[Q]) -> QuerySet[Any]:
    """All facts and the known words that meet the conditions, as (kind, values), in one query."""
    tables = [_table(kind.value, model.objects.order_by(), columns) for kind, (model, columns) in _COLUMNS.items()]
    tables += [_table(_WORD, _known_words(condition), (_WORD,)) for condition in word_conditions]
    return tables[0].union(*tables[1:], all=True)


def _known_words(condition: Q) -> QuerySet[SearchWord]:
    """At most ``MOST_KNOWN`` words. The limit is in a subquery, because SQLite allows none on one part of a union."""
    limited = SearchWord.objects.filter(condition).order_by("word").values("word")[:MOST_KNOWN]
    return SearchWord.objects.filter(word__in=limited)


def _table(kind: str, rows: QuerySet[Any], columns: tuple[str, ...]) -> QuerySet[Any]:
    """One part of the union: rows of a model as (``kind``, JSON object of ``columns``)."""
    return rows.annotate(fact=Value(kind), values=JSONObject(**{name: name for name in columns})).values_list(
        "fact", "values"
    )


def _converted_values(values: dict[str, Any]) -> dict[str, Any]:
    """The values with dates as ``date``: they come as JSON, which has only text for them."""
    converted = dict(values)
    if converted.get("released_on"):
        converted["released_on"] = parse_date(str(converted["released_on"])[:10])
    return converted


def _matches_query(kind: FactKind, values: dict[str, Any], query: ParsedQuery) -> bool:
    """Whether a fact matches: a release by its version, any other if it has every word, or one a slip away.

    Words that only say what kind of fact is meant ("2.6 download", "support austria") may stand beside.
    """
    asked = _ASKED[kind]
    if kind == FactKind.RELEASE:
        typed = [part for part in query.text.split() if fold_name(part) not in asked]
        return len(typed) == 1 and is_version(typed[0]) and _is_version_of(values["version"], typed[0])
    words = list(_searched_words(kind, values))
    text = join_words(words) + GAP
    wanted = [word for word in query.words if word not in asked]
    return bool(query.words) and all(
        indexed_part(word) in text or any(_is_one_slip_away(word, other) for other in words) for word in wanted
    )


def _is_version_of(version: str, typed: str) -> bool:
    """Whether a typed version means this release: 2.6 is meant by 2.6, by 2, and by 2.6.1, a patch of it."""
    own, other = Version.parse(version).parts, Version.parse(typed).parts
    size = min(len(own), len(other))
    return own[:size] == other[:size]


def _searched_words(kind: FactKind, values: dict[str, Any]) -> Iterator[str]:
    """The words, folded, by which a fact is found: of its searched columns, and of the country of a contact."""
    for name in _SEARCHED[kind]:
        yield from words_of(values[name])
    if kind == FactKind.CONTACT and values["country_code"]:
        yield from words_of(country_name(values["country_code"]))


def _is_one_slip_away(word: str, other: str) -> bool:
    """Whether two words differ by at most one slip: only words of five letters or more with the same first letter."""
    return len(word) >= 5 and word[0] == other[0] and OSA.distance(word, other, score_cutoff=1) <= 1
