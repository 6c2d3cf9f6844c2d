"""What the look-up asks, as SQL: the serial numbers that may be meant, at most ``CANDIDATES`` of them, best first.

Written by hand, because the planner has to be led. A common word must not be read to its end, so the pool is cut off
before anything is sorted. Only questions for whole codes are prepared, which one plan answers whatever the code. With
words before its eyes the planner reads the table for a word that is everywhere, and the trigrams for any other; a
general plan does one of them wrong.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.backends.base.base import BaseDatabaseWrapper

from licences.domain.recognising import CONNECTIVE
from licences.domain.search_words import part_in_text
from licences.search_index import PARTS, TEXTS

CANDIDATES = 20
POOL = 200
_FEW = 2  # values of a prepared statement: their number is part of it, and there should not be many statements
MOST_SHORTENED = 2  # how many of what may be meant are tried without one of their words
_AFTER_ALL = "\U0010ffff"

Alternatives = Sequence[Sequence[str]]  # for every word that was typed, the words that may be meant


@dataclass(frozen=True, slots=True)
class Statement:
    """``one_plan``: the same plan is right for all parameters, so that the statement may be prepared."""

    sql: str
    parameters: tuple[str | int, ...] = ()
    one_plan: bool = False


_NOBODY = Statement("SELECT serial_id, name_key FROM licences_searchtext WHERE 1 = 0")


def union(statements: Iterable[Statement]) -> Statement:
    """Serial numbers that any of the statements finds."""
    each = list(statements)
    return Statement(
        " UNION ".join(f"SELECT serial_id FROM ({statement.sql}) AS u{index}" for index, statement in enumerate(each)),
        tuple(parameter for statement in each for parameter in statement.parameters),
        one_plan=all(statement.one_plan for statement in each),
    )


# --- Codes -------------------------------------------------------------------------------------------


def equal(source: str, column: str, values: Sequence[str], *, serial: str = "serial_id") -> Statement:
    """Serial numbers by an indexed column of a table."""
    places = ", ".join(["%s"] * len(values))
    return Statement(
        f"SELECT {serial} AS serial_id FROM {source} WHERE {column} IN ({places}) LIMIT {CANDIDATES}",
        tuple(values),
        one_plan=len(values) <= _FEW,
    )


def between(source: str, column: str, low: str, high: str, *, serial: str = "serial_id") -> Statement:
    return Statement(
        f"SELECT {serial} AS serial_id FROM {source} WHERE {column} BETWEEN %s AND %s LIMIT {CANDIDATES}", (low, high)
    )


# --- Words -------------------------------------------------------------------------------------------


def containing(connection: BaseDatabaseWrapper, words: Alternatives, name: str) -> Statement:
    """Serial numbers whose text has all the words: those named so first, then the shortest names."""
    named = _named(connection, name)
    pool, pool_parameters = _pool(connection, words)
    of_name = [word for word in name.split() if word != CONNECTIVE]  # abbreviated, and without its legal form
    rank, rank_parameters = _rank(of_name or [each[0] for each in words], name)
    return Statement(
        f"WITH {pool}, named AS ({named.sql}) SELECT serial_id FROM ("
        "SELECT serial_id, name_key FROM pool UNION SELECT serial_id, name_key FROM named) AS found "
        f"ORDER BY {rank}, length(name_key), {_by_letters(connection)}, serial_id LIMIT {CANDIDATES}",
        (*pool_parameters, *named.parameters, *rank_parameters),
    )


def alike(connection: BaseDatabaseWrapper, names: Sequence[str], meant: Sequence[Sequence[str]]) -> Statement:
    """Serial numbers by what may be meant: names, and the words of each, the likeliest first.

    Three attempts, each only where the one before finds nothing: names that begin so, texts that have all the words,
    texts that have all but one.
    """
    named = [_named(connection, name) for name in names if name] or [_NOBODY]
    whole = [_pool(connection, [[word] for word in words], name=f"whole{index}") for index, words in enumerate(meant)]
    less = [
        _pool(connection, [[other] for other in words if other is not word], name=f"less{index}_{place}")
        for index, words in enumerate(meant[:MOST_SHORTENED])
        if len(words) > 1
        for place, word in enumerate(words)
    ]
    parts = [
        "named AS MATERIALIZED (" + " UNION ALL ".join(f"SELECT * FROM ({each.sql}) AS b" for each in named) + ")",
        *(sql for sql, _parameters in (*whole, *less)),
        _either("whole", [f"whole{index}" for index in range(len(whole))], unless="named"),
        _either("less", [sql.split(" ", 1)[0] for sql, _parameters in less], unless="whole", also="named"),
    ]
    # One of each name before the second of any, or the many customers of one name leave no place for another.
    turn = "row_number() OVER (PARTITION BY name_key ORDER BY serial_id)"
    order = f"{turn}, abs(length(name_key) - %s), {_by_letters(connection)}, serial_id"
    return Statement(
        f"WITH {', '.join(part for part in parts if part)} SELECT serial_id FROM (SELECT * FROM named UNION "
        f"SELECT * FROM whole{' UNION SELECT * FROM less' if less else ''}) AS found "
        f"ORDER BY {order} LIMIT {CANDIDATES}",
        (
            *(parameter for each in named for parameter in each.parameters),
            *(parameter for _sql, parameters in (*whole, *less) for parameter in parameters),
            len(names[0]),
        ),
    )


def _either(name: str, sources: list[str], *, unless: str, also: str = "") -> str:
    """A table of all rows of the sources, empty where there is something in ``unless`` (or ``also``)."""
    if not sources:
        return ""
    nothing = " AND ".join(f"NOT EXISTS (SELECT 1 FROM {each})" for each in (unless, also) if each)
    rows = " UNION ALL ".join(f"SELECT serial_id, name_key FROM {source} WHERE {nothing}" for source in sources)
    return f"{name} AS MATERIALIZED ({rows})"


def _named(connection: BaseDatabaseWrapper, name: str) -> Statement:
    """Names that begin so, in the order of their letters; the name itself is the first."""
    column = _by_letters(connection)
    inner = (
        f"SELECT serial_id, name_key FROM {TEXTS} WHERE {column} >= %s AND {column} < %s "
        f"ORDER BY {column}, serial_id LIMIT {CANDIDATES}"
    )
    return Statement(f"SELECT serial_id, name_key FROM ({inner}) AS n", (name, name + _AFTER_ALL))


def _by_letters(connection: BaseDatabaseWrapper) -> str:
    """The order of names that is the same on both databases, whatever their locale."""
    return 'name_key COLLATE "C"' if connection.vendor == "postgresql" else "name_key"


def _pool(connection: BaseDatabaseWrapper, words: Alternatives, *, name: str = "pool") -> tuple[str, list[str]]:
    having = _having_like if connection.vendor == "postgresql" else _having_parts
    source, parameters = having(words)
    return f"{name} AS MATERIALIZED (SELECT t.serial_id, t.name_key FROM {source} LIMIT {POOL})", parameters


def _having_like(words: Alternatives) -> tuple[str, list[str]]:
    groups = [" OR ".join(["t.text LIKE %s"] * len(each)) for each in words]
    parameters = [f"%{_escaped(part_in_text(word))}%" for each in words for word in each]
    return f"{TEXTS} t WHERE " + " AND ".join(f"({group})" for group in groups), parameters


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _having_parts(words: Alternatives) -> tuple[str, list[str]]:
    """FTS5 finds texts with all trigrams of the words; ``instr`` makes sure that they stand side by side."""
    match = " AND ".join("(" + " OR ".join(_trigrams(part_in_text(word)) for word in each) + ")" for each in words)
    groups = [" OR ".join(["instr(t.text, %s) > 0"] * len(each)) for each in words]
    parameters = [part_in_text(word) for each in words for word in each]
    source = f"{PARTS} CROSS JOIN {TEXTS} t ON t.serial_id = {PARTS}.rowid WHERE {PARTS} MATCH %s AND "
    return source + " AND ".join(f"({group})" for group in groups), [match, *parameters]


def _trigrams(part: str) -> str:
    parts = dict.fromkeys(part[index : index + 3] for index in range(len(part) - 2))
    quoted = (each.replace('"', '""') for each in parts)
    return "(" + " AND ".join(f'"{each}"' for each in quoted) + ")"


def _rank(words: Sequence[str], name: str) -> tuple[str, list[str | int]]:
    """Names first that are just this one, or its words in any order; then those that have them all, or begin so."""
    whole = " AND ".join(["' ' || name_key || ' ' LIKE %s"] * len(words))
    patterns = [f"% {_plain(word)} %" for word in words]
    rank = (
        f"CASE WHEN name_key = %s OR {whole} AND length(name_key) = %s THEN 0 WHEN {whole} THEN 1 ELSE 2 END, "
        "CASE WHEN name_key LIKE %s THEN 0 ELSE 1 END"
    )
    return rank, [name, *patterns, len(name), *patterns, f"{_plain(words[0])}%"]


def _plain(word: str) -> str:
    """A word inside a pattern: what would mean something there (in e-mail addresses only) stands for anything."""
    return "".join("_" if symbol in "%_\\" else symbol for symbol in word)
