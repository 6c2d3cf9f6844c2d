"""The search index for parts of words, on each database (docs/look-up.md#2-what-fits).

Migrations install it, and a system check reports what is missing. PostgreSQL has trigrams in a GIN index, words of
letters in another, and trigrams of codes in two more. SQLite has an FTS5 table over the search texts, kept up to date
by triggers. It holds trigrams without their positions (``detail=none``), which halves the writing; what it finds is
compared again.
"""

from django.db.backends.base.base import BaseDatabaseWrapper

TEXTS = "licences_searchtext"
PARTS = "licences_searchtext_parts"
BY_NAME = "licences_searchtext_by_name"
WORDS = "licences_searchtext_words"
LETTER_WORDS = "licences_letter_words"  # a function: the words of a text that consist of letters

# Not in SQL, which the planner would put in place of the call: it would lose its cost, by which the planner compares
# words with strpos first. Words with digits are left out, as they are nearly as many as the texts, and those of 250
# letters, because an index has a limit. Unsafe, because workers take longer to start than the look-up takes.
_LETTER_WORDS = f"""
CREATE OR REPLACE FUNCTION {LETTER_WORDS}(text text) RETURNS tsvector
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL UNSAFE COST 20 AS $$
BEGIN
    RETURN array_to_tsvector(array_remove(
        string_to_array(regexp_replace(text, '\\S*[0-9@]\\S*|\\S{{250,}}', '', 'g'), ' '), ''));
END $$
"""
_WORDS_INDEX = f"{WORDS} ON {TEXTS} USING gin ({LETTER_WORDS}(text))"
_WORDS_STATISTICS = f"ALTER INDEX {WORDS} ALTER COLUMN 1 SET STATISTICS 300"  # common words are known as such

# Codes have an index of their own: their letters would be looked for among those of all names, and digits among those
# of all telephone numbers.
_CODE_PARTS = {
    "licences_serial_code_parts": "licences_serial USING gin (code gin_trgm_ops)",
    "licences_installation_site_id_parts": "licences_installation USING gin (site_id gin_trgm_ops)",
}

_STATEMENTS = {
    "postgresql": (
        "CREATE EXTENSION IF NOT EXISTS pg_trgm",
        f"CREATE INDEX IF NOT EXISTS {PARTS} ON {TEXTS} USING gin (text gin_trgm_ops)",
        f'CREATE INDEX IF NOT EXISTS {BY_NAME} ON {TEXTS} (name_key COLLATE "C", serial_id)',
        # More statistics, so that the planner can tell a frequent word from a rare one.
        f"ALTER TABLE {TEXTS} ALTER COLUMN text SET STATISTICS 300",
        _LETTER_WORDS,
        f"CREATE INDEX IF NOT EXISTS {_WORDS_INDEX}",
        _WORDS_STATISTICS,
    ),
    "sqlite": (
        f"CREATE INDEX IF NOT EXISTS {BY_NAME} ON {TEXTS} (name_key, serial_id)",
        f"CREATE VIRTUAL TABLE IF NOT EXISTS {PARTS} USING fts5(text, content='{TEXTS}', content_rowid='serial_id', "
        "tokenize='trigram case_sensitive 1', detail='none')",
        f"CREATE TRIGGER IF NOT EXISTS {PARTS}_insert AFTER INSERT ON {TEXTS} BEGIN "
        f"INSERT INTO {PARTS} (rowid, text) VALUES (NEW.serial_id, NEW.text); END",
        f"CREATE TRIGGER IF NOT EXISTS {PARTS}_delete AFTER DELETE ON {TEXTS} BEGIN "
        f"INSERT INTO {PARTS} ({PARTS}, rowid, text) VALUES ('delete', OLD.serial_id, OLD.text); END",
        f"CREATE TRIGGER IF NOT EXISTS {PARTS}_update AFTER UPDATE ON {TEXTS} BEGIN "
        f"INSERT INTO {PARTS} ({PARTS}, rowid, text) VALUES ('delete', OLD.serial_id, OLD.text); "
        f"INSERT INTO {PARTS} (rowid, text) VALUES (NEW.serial_id, NEW.text); END",
    ),
}
_DROPS = {
    "postgresql": (
        *(f"DROP INDEX IF EXISTS {index}" for index in (PARTS, BY_NAME, WORDS, *_CODE_PARTS)),
        f"DROP FUNCTION IF EXISTS {LETTER_WORDS}",
    ),
    "sqlite": (
        *(f"DROP TRIGGER IF EXISTS {PARTS}_{action}" for action in ("insert", "delete", "update")),
        f"DROP TABLE IF EXISTS {PARTS}",
        f"DROP INDEX IF EXISTS {BY_NAME}",
    ),
}
_LISTING = {
    "postgresql": "SELECT relname FROM pg_class WHERE relname LIKE 'licences_%' AND relkind = 'i'",
    "sqlite": "SELECT name FROM sqlite_master WHERE name LIKE 'licences_searchtext%'",
}
_NEEDED = {
    "postgresql": (PARTS, BY_NAME, WORDS, *_CODE_PARTS),
    "sqlite": (PARTS, BY_NAME, f"{PARTS}_insert", f"{PARTS}_delete", f"{PARTS}_update"),
}


def install(connection: BaseDatabaseWrapper) -> None:
    """Create the index where it is missing. Idempotent."""
    _run(connection, _STATEMENTS[connection.vendor])


def add_words(connection: BaseDatabaseWrapper) -> None:
    """Create the index of words on PostgreSQL while others write; outside a transaction. Idempotent.

    An index that was left unfinished is made again.
    """
    if connection.vendor != "postgresql":
        return
    statements = (_LETTER_WORDS, f"CREATE INDEX CONCURRENTLY IF NOT EXISTS {_WORDS_INDEX}", _WORDS_STATISTICS)
    _run(connection, (*_drop_of_unfinished(connection, WORDS), *statements))
    _run(connection, (f"ANALYZE {TEXTS} (text)",))


def add_code_parts(connection: BaseDatabaseWrapper) -> None:
    """Create the indexes of parts of codes on PostgreSQL while others write; outside a transaction. Idempotent.

    An index that was left unfinished is made again.
    """
    if connection.vendor != "postgresql":
        return
    for name, definition in _CODE_PARTS.items():
        create = f"CREATE INDEX CONCURRENTLY IF NOT EXISTS {name} ON {definition}"
        _run(connection, (*_drop_of_unfinished(connection, name), create))


def _drop_of_unfinished(connection: BaseDatabaseWrapper, index: str) -> tuple[str, ...]:
    """The statement that drops an index which was left unfinished; none where it is finished or missing."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_index WHERE indexrelid = to_regclass(%s) AND NOT indisvalid", [index])
        return (f"DROP INDEX CONCURRENTLY {index}",) if cursor.fetchone() else ()


def drop(connection: BaseDatabaseWrapper) -> None:
    """Remove the index. Idempotent."""
    _run(connection, _DROPS[connection.vendor])


def _run(connection: BaseDatabaseWrapper, statements: tuple[str, ...]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def missing(connection: BaseDatabaseWrapper) -> list[str]:
    """Names of the indexes, tables and triggers of the search index that the database lacks.

    Empty while the table of search texts itself does not exist yet.
    """
    if TEXTS not in connection.introspection.table_names():
        return []
    with connection.cursor() as cursor:
        cursor.execute(_LISTING[connection.vendor])
        present = {name for (name,) in cursor.fetchall()}
    return [name for name in _NEEDED[connection.vendor] if name not in present]
