"""Reference facts, found by the same box: releases, CRM applications, support contacts.

The tables are small: all of them are read at once, with the known words that a look-up asks for, and compared here.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from django.db.models import Q, QuerySet, Value
from django.db.models.functions import JSONObject
from django.utils.dateparse import parse_date
from rapidfuzz.distance import OSA

from licences.domain.recognising import Form, Understanding
from licences.domain.search_words import GAP, as_text, part_in_text, words_of
from licences.domain.versions import Version
from licences.models import CrmApplication, Release, SearchWord, SupportContact

FACTS_SHOWN = 6
_WORD = "word"


class Kind(StrEnum):
    RELEASE = "release"
    APPLICATION = "application"
    CONTACT = "contact"


_COLUMNS: dict[Kind, tuple[Any, tuple[str, ...]]] = {
    Kind.RELEASE: (
        Release,
        ("version", "released_on", "is_supported", "needs_software_assurance", "requirements_url", "download_url",
         "guide_url", "settings_url"),
    ),
    Kind.APPLICATION: (CrmApplication, ("name", "vendor", "works", "since_version", "notes", "url")),
    Kind.CONTACT: (SupportContact, ("country", "country_code", "phone", "email", "hours", "url")),
}  # fmt: skip
_SEARCHED = {Kind.APPLICATION: ("name", "vendor"), Kind.CONTACT: ("country", "country_code")}


@dataclass(frozen=True, slots=True)
class Fact:
    """A row of a reference table, with its columns as ``values``."""

    kind: Kind
    values: dict[str, Any]

    @property
    def works(self) -> str:
        return str(CrmApplication.Works(self.values["works"]).label)

    @property
    def anchor(self) -> str:
        """Where it stands on the page of all facts."""
        return f"{self.kind.value}s"


@dataclass(frozen=True, slots=True)
class Consulted:
    facts: list[Fact] = field(default_factory=list)
    words: list[str] = field(default_factory=list)


def about(said: Understanding, *, today: date, near_words: Sequence[Q] = ()) -> Consulted:
    """Facts that the words name. ``near_words``: nothing was found, so facts that sound so will do, and these words."""
    if said.is_code:
        return Consulted()
    facts, words = [], []
    for kind, values in _rows(near_words):
        if kind == _WORD:
            words.append(values[_WORD])
        elif _is_meant(Kind(kind), values, said):
            facts.append(Fact(Kind(kind), _read(values)))
    return Consulted(facts[:FACTS_SHOWN], words)


def _rows(near_words: Sequence[Q]) -> QuerySet[Any]:
    """All facts, and the words asked for, in one query."""
    tables = [_table(kind.value, model.objects.order_by(), columns) for kind, (model, columns) in _COLUMNS.items()]
    tables += [_table(_WORD, SearchWord.objects.filter(wanted), (_WORD,)) for wanted in near_words]
    return tables[0].union(*tables[1:], all=True)


def _table(kind: str, rows: QuerySet[Any], columns: tuple[str, ...]) -> QuerySet[Any]:
    return rows.annotate(fact=Value(kind), values=JSONObject(**{name: name for name in columns})).values_list(
        "fact", "values"
    )


def _read(values: dict[str, Any]) -> dict[str, Any]:
    """JSON has no dates, and SQLite no booleans."""
    read = dict(values)
    if read.get("released_on"):
        read["released_on"] = parse_date(str(read["released_on"])[:10])
    return read


def _is_meant(kind: Kind, values: dict[str, Any], said: Understanding) -> bool:
    if kind == Kind.RELEASE:
        return Form.VERSION in said.forms and _is_version_of(values["version"], said.text)
    words = list(_words(kind, values))
    text = as_text(words) + GAP
    return bool(said.words) and all(
        part_in_text(word) in text or any(_sounds_so(word, other) for other in words) for word in said.words
    )


def _is_version_of(version: str, typed: str) -> bool:
    """2.6 is meant by 2.6, by 2, and by 2.6.1 of which it is the series."""
    one, other = Version.parse(version).parts, Version.parse(typed).parts
    size = min(len(one), len(other))
    return one[:size] == other[:size]


def _words(kind: Kind, values: dict[str, Any]) -> Iterator[str]:
    for name in _SEARCHED[kind]:
        yield from words_of(values[name])


def _sounds_so(word: str, other: str) -> bool:
    """One slip in a word of five letters or more, where the first letter is right."""
    return len(word) >= 5 and word[0] == other[0] and OSA.distance(word, other, score_cutoff=1) <= 1
