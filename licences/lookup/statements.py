"""The SQL of the look-up: statements that select at most ``CANDIDATES`` serial numbers, best first.

They are written by hand to lead the planner. The rows of a common word must not be read to the end, so the pool is cut
off before anything is sorted. Only statements for codes and references are prepared: knowing the words, the planner
reads the table for one that is everywhere and the trigrams for any other, and a generic plan gets one of the two wrong.

What they read is bounded: docs/look-up.md#what-is-bounded.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum

from django.db.backends.base.base import BaseDatabaseWrapper

from licences.database.search_index import TEXTS
from licences.domain.little_words import telling
from licences.domain.query_parsing import CONNECTIVE, MOST_NAME_WORDS
from licences.domain.search_words import GAP, beginning_part, indexed_part
from licences.lookup.word_pools import Alternatives, PartOf, text_pool, whole_part, without_wildcards

CANDIDATES = 20  # results of a look-up
MOST_SHORTENED = 2  # readings of the query that are tried without one of their words
_LAST_SYMBOL = "\U0010ffff"


class FoundAs(IntEnum):
    """What a statement finds serial numbers by. Of two statements that find the same one, the higher value counts."""

    WORDS = 0
    MISHEARD_NUMBER = 1
    MISHEARD_PURCHASE = 2
    CODE_PART = 3
    RESPELLED_PURCHASE = 4
    PURCHASE_WITH_PREFIX = 5
    PURCHASE = 6
    CODE = 7


@dataclass(frozen=True, slots=True)
class SearchStatement:
    """A SELECT with the column ``serial_id``, and the parameters for its placeholders (``%s``).

    Its serial numbers were found as ``found_as``; a union has a column of that name instead. ``of_keys``: it only
    compares keys, so the best plan is the same whatever they are, and the statement may be prepared.
    """

    sql: str
    parameters: tuple[str | int, ...] = ()
    found_as: FoundAs = FoundAs.WORDS
    of_keys: bool = False


_NO_ROWS = SearchStatement("SELECT serial_id, name_key FROM licences_searchtext WHERE 1 = 0")


def union_of(statements: Iterable[SearchStatement]) -> SearchStatement:
    """One statement that finds what any of these finds, with ``found_as`` as a column; there must be at least one."""
    parts = list(statements)
    rows = " UNION ALL ".join(
        f"SELECT serial_id, {int(part.found_as)} AS found_as FROM ({part.sql}) AS u{index}"
        for index, part in enumerate(parts)
    )
    return SearchStatement(
        f"SELECT serial_id, max(found_as) AS found_as FROM ({rows}) AS united GROUP BY serial_id",
        tuple(parameter for part in parts for parameter in part.parameters),
        of_keys=all(part.of_keys for part in parts),
    )


# --- Codes -------------------------------------------------------------------------------------------


def select_equal(
    source: str, column: str, values: Sequence[str], *, serial: str = "serial_id", found_as: FoundAs = FoundAs.CODE
) -> SearchStatement:
    """A statement for serial numbers whose column has one of the values, at most ``CANDIDATES``.

    ``source``: a table, a join or a subquery, as SQL. ``serial``: its column with the key of the serial number. Source,
    column and serial go into the statement as they are, so they never come from a user. ``found_as`` says what the
    serial numbers are found by.
    """
    placeholders = ", ".join(["%s"] * len(values))
    return SearchStatement(
        f"SELECT {serial} AS serial_id FROM {source} WHERE {column} IN ({placeholders}) LIMIT {CANDIDATES}",
        tuple(values),
        found_as,
        of_keys=True,
    )


def select_between(source: str, column: str, low: str, high: str, *, serial: str = "serial_id") -> SearchStatement:
    """A statement for serial numbers whose column lies between two values, both included, at most ``CANDIDATES``.

    ``source``: a table as SQL. ``serial``: its column with the key of the serial number. Source, column and serial go
    into the statement as they are, so they never come from a user.
    """
    return SearchStatement(
        f"SELECT {serial} AS serial_id FROM {source} WHERE {column} BETWEEN %s AND %s LIMIT {CANDIDATES}",
        (low, high),
        FoundAs.CODE_PART,
    )


# --- Words -------------------------------------------------------------------------------------------


def select_containing(connection: BaseDatabaseWrapper, words: Alternatives, name: str) -> SearchStatement:
    """A statement for serial numbers whose search text has all the words, at most ``CANDIDATES``, the best first.

    ``words`` has, for every word that was typed, the words that will do; ``name`` is the whole text as name keys are
    written, empty where it cannot be a name. Names that are the text come first, then the shortest. Words that begin
    with what was typed come before words that have it inside (``_pools_by_fit``). Names that begin with ``name`` are
    found although their texts lack a word. ``connection`` is the database that the statement is for.
    """
    named = _names_beginning_with(connection, name) if name else _NO_ROWS
    pools = _pools_by_fit(connection, words)
    found = [f"SELECT serial_id, name_key, whole, {turn} AS turn FROM {sql.split(' ', 1)[0]}"
             for turn, sql, _parameters in pools]  # fmt: skip
    # A name key is abbreviated and has no legal form: its words are better to rank by than those that were typed.
    name_words = [word for word in telling(name.split()[:MOST_NAME_WORDS]) if word != CONNECTIVE]
    rank, rank_parameters = _rank_order(name_words or [choices[0] for choices in words], name)
    return SearchStatement(
        f"WITH named AS MATERIALIZED ({named.sql}), {', '.join(sql for _turn, sql, _parameters in pools)} "
        "SELECT serial_id FROM ("
        "SELECT serial_id, name_key, min(whole) AS whole, min(turn) AS turn FROM ("
        f"{' UNION ALL '.join(found)} UNION ALL SELECT serial_id, name_key, 1, 1 FROM named) AS each "
        "GROUP BY serial_id, name_key) AS found "
        f"ORDER BY {rank}, turn, whole, length(name_key), {_sortable_name(connection)}, serial_id LIMIT {CANDIDATES}",
        (
            *named.parameters,
            *(parameter for _turn, _sql, parameters in pools for parameter in parameters),
            *rank_parameters,
        ),
    )


def _pools_by_fit(connection: BaseDatabaseWrapper, words: Alternatives) -> list[tuple[int, str, list[str]]]:
    """The pools of ``select_containing``: the turn of each, its SQL and its parameters.

    Whole words, beginnings of words, and parts inside words, each only where the pools before have fewer than
    ``CANDIDATES``; of several words, only where they have nothing. Of several words only the last is a beginning, as it
    is still being typed: the list of all words with a common beginning is long, and parts inside words include those.
    A single word is not looked for as a part or beginning where ``CANDIDATES`` names begin with it: those come first.
    """
    enough = 1 if len(words) > 1 else CANDIDATES
    stages: list[list[list[str]]] = []
    for part_of in (whole_part, beginning_part, indexed_part):
        others = whole_part if part_of is beginning_part else part_of
        parts = [[others(word) for word in choices] for choices in words[:-1]]
        stages.append([*parts, [part_of(word) for word in words[-1]]])
    pools: list[tuple[int, str, list[str]]] = []
    also = ""
    unless_named = f" AND (SELECT count(*) FROM named) < {CANDIDATES}" if len(words) == 1 else ""
    for index, (name, parts) in enumerate(zip(("exact", "begun", "within"), stages, strict=True)):
        if parts not in stages[:index]:  # else it is of numbers alone, for example
            pools.append((index // 2, *text_pool(connection, words, parts, name=name, also=also)))
            also += f"{' AND ' if also else ''}(SELECT count(*) FROM {name}) < {enough}{unless_named}"
            unless_named = ""
    return pools


def select_alike(
    connection: BaseDatabaseWrapper, names: Sequence[str], word_sets: Sequence[Sequence[str]], known: Collection[str]
) -> SearchStatement:
    """A statement for serial numbers by what may be meant, where nothing fits what was typed.

    ``names`` are names that may be meant, and must not be empty; ``word_sets`` are sets of words that texts must have;
    each has the likeliest first. Of ``known`` words whole words are meant, of others beginnings. There are three
    attempts, each only where the ones before find nothing: names that begin with one of ``names``, texts that have all
    the words of a set, texts that have all but one. One serial number of each name comes before the second of any;
    among them, those first whose names are nearest in length to ``names[0]``.
    """

    def part_of(word: str) -> str:
        return whole_part(word) if all(each in known for each in word.split(GAP)) else beginning_part(word)

    named = [_names_beginning_with(connection, name) for name in names if name] or [_NO_ROWS]
    whole = [
        text_pool(connection, [[word] for word in words], [[part_of(word)] for word in words], name=f"whole{index}")
        for index, words in enumerate(word_sets)
    ]
    less = _pools_without_one_word(connection, word_sets, part_of)
    parts = [
        "named AS MATERIALIZED (" + " UNION ALL ".join(f"SELECT * FROM ({each.sql}) AS b" for each in named) + ")",
        *(sql for sql, _parameters in (*whole, *less)),
        _fallback_table("whole", [f"whole{index}" for index in range(len(whole))], unless="named"),
        _fallback_table("less", [sql.split(" ", 1)[0] for sql, _parameters in less], unless="whole", also="named"),
    ]
    sources = " UNION ".join(
        f"SELECT * FROM {name}" for name, has in (("named", True), ("whole", whole), ("less", less)) if has
    )
    # One of each name before the second of any; else many customers of one name would leave no room for another.
    turn = "row_number() OVER (PARTITION BY name_key ORDER BY serial_id)"
    order = f"{turn}, abs(length(name_key) - %s), {_sortable_name(connection)}, serial_id"
    return SearchStatement(
        f"WITH {', '.join(part for part in parts if part)} SELECT serial_id FROM ({sources}) AS found "
        f"ORDER BY {order} LIMIT {CANDIDATES}",
        (
            *(parameter for each in named for parameter in each.parameters),
            *(parameter for _sql, parameters in (*whole, *less) for parameter in parameters),
            len(names[0]),
        ),
    )


def _pools_without_one_word(
    connection: BaseDatabaseWrapper, word_sets: Sequence[Sequence[str]], part_of: PartOf
) -> list[tuple[str, list[str]]]:
    """Pools of the first word sets, each once without each of its words. A set of one word has none."""
    return [
        _pool_without(connection, words, word, part_of, name=f"less{index}_{position}")
        for index, words in enumerate(word_sets[:MOST_SHORTENED])
        if len(words) > 1
        for position, word in enumerate(words)
    ]


def _pool_without(
    connection: BaseDatabaseWrapper, words: Sequence[str], left_out: str, part_of: PartOf, *, name: str
) -> tuple[str, list[str]]:
    """A pool of the texts with all words but one."""
    kept = [word for word in words if word is not left_out]
    return text_pool(connection, [[word] for word in kept], [[part_of(word)] for word in kept], name=name)


def _fallback_table(name: str, sources: list[str], *, unless: str, also: str = "") -> str:
    """SQL of a common table expression ``name`` that has the rows of all sources only where others have none.

    It is empty where the table ``unless``, or ``also`` if one is given, has a row.
    """
    if not sources:
        return ""
    nothing = " AND ".join(f"NOT EXISTS (SELECT 1 FROM {each})" for each in (unless, also) if each)
    rows = " UNION ALL ".join(f"SELECT serial_id, name_key FROM {source} WHERE {nothing}" for source in sources)
    return f"{name} AS MATERIALIZED ({rows})"


def _names_beginning_with(connection: BaseDatabaseWrapper, name: str) -> SearchStatement:
    """Names that begin with ``name``, sorted by their letters, so that the name itself is first."""
    column = _sortable_name(connection)
    inner = (
        f"SELECT serial_id, name_key FROM {TEXTS} WHERE {column} >= %s AND {column} < %s "
        f"ORDER BY {column}, serial_id LIMIT {CANDIDATES}"
    )
    return SearchStatement(f"SELECT serial_id, name_key FROM ({inner}) AS n", (name, name + _LAST_SYMBOL))


def _sortable_name(connection: BaseDatabaseWrapper) -> str:
    """SQL of ``name_key`` with a collation that sorts the same on both databases, whatever the locale."""
    return 'name_key COLLATE "C"' if connection.vendor == "postgresql" else "name_key"


def _rank_order(words: Sequence[str], name: str) -> tuple[str, list[str | int]]:
    """Terms for ORDER BY that put the names nearest to the query first, and their parameters.

    ``words`` are those that were typed; ``name`` is the whole query as name keys are written. First names that are the
    query, with the words in any order; then names with all the words; then the others. Within each, names that begin
    with the first word come first.
    """
    whole = " AND ".join(["' ' || name_key || ' ' LIKE %s"] * len(words))
    patterns = [f"% {without_wildcards(word)} %" for word in words]
    rank = (
        f"CASE WHEN name_key = %s OR {whole} AND length(name_key) = %s THEN 0 WHEN {whole} THEN 1 ELSE 2 END, "
        "CASE WHEN name_key LIKE %s THEN 0 ELSE 1 END"
    )
    return rank, [name, *patterns, len(name), *patterns, f"{without_wildcards(words[0])}%"]
