"""The SQL that selects search texts by their words: a pool of at most ``POOL`` texts, as a common table expression.

PostgreSQL has two indexes of the texts (docs/look-up.md#2-what-fits). That of words reads one list for each whole
word, so that texts with several common words are found in milliseconds. That of trigrams finds what is inside a word,
and reads a list for each three letters. SQLite has trigrams only, and reads no further than to the last text wanted.
"""

from collections.abc import Callable, Sequence

from django.db.backends.base.base import BaseDatabaseWrapper

from licences.database.search_index import LETTER_WORDS, PARTS, TEXTS
from licences.domain.search_words import GAP, beginning_part

POOL = 200  # texts read for one condition

Alternatives = Sequence[Sequence[str]]  # for every word of the query, the words that will do
PartOf = Callable[[str], str]  # makes of a word what a text, with a gap at its end, must contain


def whole_part(word: str) -> str:
    """Return what a search text with a gap at its end must contain if a word of letters is one of its words.

    Of anything else what ``beginning_part`` returns: numbers and addresses are given in parts.
    """
    return f"{GAP}{word}{GAP}" if _is_of_letters(word) else beginning_part(word)


def _is_of_letters(word: str) -> bool:
    """Whether a word, or words with a gap between them, consists of letters only, and is no code."""
    return word.replace(GAP, "").isalpha() and not word.isupper()


def text_pool(
    connection: BaseDatabaseWrapper,
    words: Alternatives,
    parts: Alternatives,
    *,
    name: str,
    also: str = "",
) -> tuple[str, list[str]]:
    """Return a common table expression ``name`` of at most ``POOL`` texts that have all the words, and its parameters.

    ``parts`` has, for each of the words, what a text with a gap at its end must contain; ``also`` is a further
    condition. Column ``whole`` is 0 where every word is a whole word of the text, else 1.
    """
    source_for = _source_of_postgresql if connection.vendor == "postgresql" else _source_by_trigrams
    source, parameters = source_for(parts)
    whole, whole_parameters = _whole_words(words)
    condition = f" AND {also}" if also else ""
    return (
        f"{name} AS MATERIALIZED (SELECT t.serial_id, t.name_key, {whole} AS whole FROM {source}{condition} "
        f"LIMIT {POOL})",
        [*whole_parameters, *parameters],
    )


def _whole_words(words: Alternatives) -> tuple[str, list[str]]:
    """An expression that is 0 where every word is a whole word of the text ``t.text``, and its parameters."""
    groups = [" OR ".join([f"t.text || '{GAP}' LIKE %s"] * len(each)) for each in words]
    patterns = [f"%{GAP}{without_wildcards(word)}{GAP}%" for each in words for word in each]
    return "CASE WHEN " + " AND ".join(f"({group})" for group in groups) + " THEN 0 ELSE 1 END", patterns


def without_wildcards(word: str) -> str:
    """Return a word for use in a LIKE pattern; its wildcards, which only e-mail addresses have, become ``_``."""
    return "".join("_" if symbol in "%_\\" else symbol for symbol in word)


# --- PostgreSQL ----------------------------------------------------------------------------------------


def _source_of_postgresql(parts: Alternatives) -> tuple[str, list[str]]:
    """PostgreSQL's FROM clause for texts that contain, of each group, one of the parts, and its parameters.

    Groups of whole words, or of beginnings of words, are found by the index of words, all others by trigrams.
    """
    lexemes = [_lexemes(group) for group in parts]
    if not any(each and _is_telling(group) for each, group in zip(lexemes, parts, strict=True)):
        return _source_by_like(parts)  # nothing but beginnings of one or two letters: most texts have them
    others = [group for each, group in zip(lexemes, parts, strict=True) if not each]
    contained = [group for each, group in zip(lexemes, parts, strict=True) if each]
    # For a word that is everywhere the planner reads the table instead, and compares by strpos before anything slower.
    # Of several words it must not know which: it would take them for independent, and read the whole table for words
    # that are never together. "<> 0" excludes little in its eyes, "> 0" would two thirds.
    query = "%s::tsquery" if len(parts) == 1 else "(SELECT %s::tsquery)"
    conditions = [" OR ".join([f"strpos(t.text || '{GAP}', %s) <> 0"] * len(group)) for group in contained]
    parameters = [part for group in contained for part in group]
    like, like_parameters = _likes(others)
    return (
        f"{TEXTS} t WHERE " + " AND ".join(f"({each})" for each in (*conditions, *like))
        + f" AND {LETTER_WORDS}(t.text) @@ {query}",
        [*parameters, *like_parameters, " & ".join(filter(None, lexemes))],
    )  # fmt: skip


def _is_telling(parts: Sequence[str]) -> bool:
    """Whether all the parts are whole words, or beginnings of three letters or more."""
    return all((part.endswith(GAP) and part.strip()) or len(part.strip()) > 2 for part in parts)


def _lexemes(parts: Sequence[str]) -> str:
    """The condition for the index of words that a text has one of the parts; empty if it has to be found otherwise."""
    each = [_lexeme(part) for part in parts]
    return f"({' | '.join(each)})" if all(each) else ""


def _lexeme(part: str) -> str:
    """The condition for the index of words that a text has a part; empty if it has to be found otherwise.

    A part with a gap on both sides is a whole word, one with a blank before it the beginning of a word.
    """
    if not part.startswith(" ") or not _is_of_letters(part.strip()):
        return ""
    words = [f"'{word}'" for word in part.split()]
    words[-1] += "" if part.endswith(GAP) else ":*"
    return f"({' & '.join(words)})"


def _source_by_like(parts: Alternatives) -> tuple[str, list[str]]:
    """PostgreSQL's FROM clause for texts that contain, of each group, one of the parts: ``LIKE``, by trigrams."""
    conditions, parameters = _likes(parts)
    return f"{TEXTS} t WHERE " + " AND ".join(f"({each})" for each in conditions), parameters


def _likes(parts: Alternatives) -> tuple[list[str], list[str]]:
    """A condition for each group of parts, and the parameters of all."""
    patterns = [[pattern for part in group for pattern in _like_patterns(part)] for group in parts]
    conditions = [" OR ".join(["t.text LIKE %s"] * len(group)) for group in patterns]
    return conditions, [pattern for group in patterns for pattern in group]


def _like_patterns(part: str) -> list[str]:
    """The LIKE patterns of a part. One with a gap behind may also end the text, which has no gap at its end."""
    escaped = _like_escaped(part)
    ending = [f"%{escaped.removesuffix(GAP)}"] if part.strip() and part.endswith(GAP) else []
    return [f"%{escaped}%", *ending]


def _like_escaped(text: str) -> str:
    """A text for use in a LIKE pattern, with its wildcards and backslashes escaped."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


# --- SQLite --------------------------------------------------------------------------------------------


def _source_by_trigrams(parts: Alternatives) -> tuple[str, list[str]]:
    """SQLite's FROM clause for texts that contain, of each group, one of the parts, and its parameters.

    FTS5 finds the texts with all trigrams, and ``instr`` checks that they are adjacent.
    """
    match = " AND ".join("(" + " OR ".join(trigrams(part) for part in group) + ")" for group in parts)
    groups = [" OR ".join([f"instr(t.text || '{GAP}', %s) > 0"] * len(group)) for group in parts]
    parameters = [part for group in parts for part in group]
    source = f"{PARTS} CROSS JOIN {TEXTS} t ON t.serial_id = {PARTS}.rowid WHERE {PARTS} MATCH %s AND "
    return source + " AND ".join(f"({group})" for group in groups), [match, *parameters]


def trigrams(part: str) -> str:
    """An FTS5 expression for every third trigram and the last one: the others cost reading and exclude little more.

    The gap behind a whole word is left to ``instr``, as the last word of a text has none.
    """
    part = part.removesuffix(GAP) if part.strip() else part
    last = len(part) - 3
    parts = dict.fromkeys(part[index : index + 3] for index in (*range(0, last, 3), last))
    quoted = (each.replace('"', '""') for each in parts)
    return "(" + " AND ".join(f'"{each}"' for each in quoted) + ")"
