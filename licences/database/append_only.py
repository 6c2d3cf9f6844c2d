"""Append-only tables: triggers let nobody change or remove a row (docs/decisions.md#append-only-records).

The triggers are installed after every migrate, because a table rebuild on SQLite drops them, and a system check fails
where one is missing. The only way past them is ``exemption``: to erase personal columns, and to empty tables in tests.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import Any

from django.apps import apps
from django.db import connections, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

from customers.contact import CONTACT_COLUMNS

# Model → columns that an exemption may erase, because they hold personal data; no other column ever changes.
APPEND_ONLY: dict[str, tuple[str, ...]] = {
    "Registration": ("name", *CONTACT_COLUMNS),
    "LicenceGrant": (),
    "UnlockCode": (),
    "LicenceFile": ("text", "key_id"),  # signed again without the name
    "ChecklistCheck": (),
    "CheckedItem": ("said", "on_record", "parameters"),
    "ItemResolution": (),
    "ReleaseCodeUse": (),
    "Approval": (),
    "Event": ("personal",),
    "SequenceRaise": (),
    "Note": ("text",),
    "HandEntry": ("site_name",),
    "HandDecision": (),
}


class ExemptionPurpose(StrEnum):
    """What an exemption allows. The triggers know the values."""

    ERASE_PERSONAL_COLUMNS = "erase"
    EMPTY_TABLES = "empty"


MESSAGE = "is append-only: rows are neither changed nor removed"


@contextmanager
def exemption(connection: BaseDatabaseWrapper, purpose: ExemptionPurpose) -> Iterator[None]:
    """Exempt this connection, and no other, from the triggers for one purpose, until the block ends.

    It ends with an exception as well. ``ERASE_PERSONAL_COLUMNS`` allows updates of the columns in ``APPEND_ONLY`` only,
    ``EMPTY_TABLES`` allows DELETE and TRUNCATE only.
    """
    _set_exemption(connection, purpose.value)
    try:
        yield
    finally:
        _set_exemption(connection, "")


# In the databases, function and setting are called ``append_only_door``: installed triggers ask for that name.
def _set_exemption(connection: BaseDatabaseWrapper, purpose: str) -> None:
    """Set the purpose of the current exemption, empty for none."""
    if connection.vendor == "sqlite":
        connection.append_only_exemption = purpose  # type: ignore[attr-defined]  # read by the function below
    elif not _is_broken(connection):  # a rollback resets the setting by itself
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('portal.append_only_door', %s, false)", [purpose])


def _is_broken(connection: BaseDatabaseWrapper) -> bool:
    """Whether PostgreSQL accepts nothing but a rollback; Django does not notice that after raw SQL."""
    session = connection.connection
    return connection.needs_rollback or (session is not None and session.info.transaction_status.name == "INERROR")


def prepare_connections() -> None:
    """Define on each new SQLite connection the function that the triggers call.

    A connection without that function can neither change nor remove anything. Idempotent.
    """
    connection_created.connect(_define_exemption_function, dispatch_uid="append-only exemption")


def _define_exemption_function(connection: BaseDatabaseWrapper, **kwargs: Any) -> None:
    if connection.vendor == "sqlite":
        connection.connection.create_function(
            "append_only_door", 0, lambda: getattr(connection, "append_only_exemption", "")
        )


# --- Triggers --------------------------------------------------------------------------------------


def append_only_models() -> list[type[models.Model]]:
    return [apps.get_model("licences", name) for name in APPEND_ONLY]


def install_after_migrate(using: str, **kwargs: Any) -> None:
    """Receiver of ``post_migrate``: installs the triggers on the database that was migrated."""
    install_triggers(connections[using])


def install_triggers(connection: BaseDatabaseWrapper) -> None:
    """Create the triggers of all append-only tables that exist, replacing those that are there. Idempotent."""
    statements = _STATEMENTS[connection.vendor]
    tables = connection.introspection.table_names()
    with connection.cursor() as cursor:
        for model in append_only_models():
            if model._meta.db_table in tables:
                for statement in statements(model):
                    cursor.execute(statement)


def missing_triggers(connection: BaseDatabaseWrapper) -> list[str]:
    """Names of the triggers that an existing append-only table lacks or has disabled."""
    tables = connection.introspection.table_names()
    guarded = [model._meta.db_table for model in append_only_models() if model._meta.db_table in tables]
    with connection.cursor() as cursor:
        cursor.execute(_LISTING[connection.vendor])
        present = {name for (name,) in cursor.fetchall()}
    return [name for table in guarded for name in trigger_names(connection.vendor, table) if name not in present]


_LISTING = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
    # 'O' fires in ordinary sessions, 'A' in all; a disabled trigger counts as missing.
    "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled IN ('O', 'A')",
}


def trigger_names(vendor: str, table: str) -> list[str]:
    """Names of the two triggers of a table; ``vendor`` as ``connection.vendor`` gives it."""
    actions = ("update", "delete") if vendor == "sqlite" else ("change", "truncate")
    return [f"{table}_append_only_{action}" for action in actions]


def _columns(model: type[models.Model]) -> tuple[list[str], list[str]]:
    """(Columns that never change, columns that may be erased), by their names in the database."""
    erasable = APPEND_ONLY[model.__name__]
    fields = model._meta.concrete_fields
    fixed = [str(field.column) for field in fields if field.name not in erasable]
    return fixed, [str(field.column) for field in fields if field.name in erasable]


def _sqlite_statements(model: type[models.Model]) -> list[str]:
    table = model._meta.db_table
    fixed, erasable = _columns(model)
    update, delete = trigger_names("sqlite", table)
    unchanged = " AND ".join(f'OLD."{column}" IS NEW."{column}"' for column in fixed)
    erasing = f"(append_only_door() = 'erase' AND {unchanged})" if erasable else "0"
    refuse = f"BEGIN SELECT RAISE(ABORT, '{table} {MESSAGE}'); END"
    return [
        f'DROP TRIGGER IF EXISTS "{update}"',
        f'CREATE TRIGGER "{update}" BEFORE UPDATE ON "{table}" WHEN NOT {erasing} {refuse}',
        f'DROP TRIGGER IF EXISTS "{delete}"',
        f'CREATE TRIGGER "{delete}" BEFORE DELETE ON "{table}" WHEN append_only_door() <> \'empty\' {refuse}',
    ]


_POSTGRESQL_FUNCTION = f"""
CREATE OR REPLACE FUNCTION licences_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    purpose text := coalesce(current_setting('portal.append_only_door', true), '');
BEGIN
    IF TG_OP = 'UPDATE' AND purpose = 'erase' AND TG_NARGS > 0
        AND to_jsonb(OLD) - TG_ARGV[0]::text[] = to_jsonb(NEW) - TG_ARGV[0]::text[] THEN
        RETURN NEW;
    ELSIF TG_OP = 'DELETE' AND purpose = 'empty' THEN
        RETURN OLD;
    ELSIF TG_OP = 'TRUNCATE' AND purpose = 'empty' THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION '% {MESSAGE}', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$
"""


def _postgresql_statements(model: type[models.Model]) -> list[str]:
    table = model._meta.db_table
    _, erasable = _columns(model)
    change, truncate = trigger_names("postgresql", table)
    argument = f"'{{{','.join(erasable)}}}'" if erasable else ""
    return [
        _POSTGRESQL_FUNCTION,
        f'CREATE OR REPLACE TRIGGER "{change}" BEFORE UPDATE OR DELETE ON "{table}" '
        f"FOR EACH ROW EXECUTE FUNCTION licences_append_only({argument})",
        f'CREATE OR REPLACE TRIGGER "{truncate}" BEFORE TRUNCATE ON "{table}" '
        "FOR EACH STATEMENT EXECUTE FUNCTION licences_append_only()",
    ]


_STATEMENTS = {"sqlite": _sqlite_statements, "postgresql": _postgresql_statements}
