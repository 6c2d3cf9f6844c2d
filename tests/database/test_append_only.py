"""Append-only tables: the database itself refuses to change or remove rows
(docs/decisions.md#append-only-records)."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.apps import apps
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import DatabaseError, ProgrammingError, connection, models, transaction
from django.db.models import F

from licences.database import append_only
from licences.database.append_only import APPEND_ONLY, ExemptionPurpose, exemption
from licences.models import Event, Registration, Relicensing
from tests import factories
from tests.tables import each_row

NAMES = sorted(APPEND_ONLY)
WITH_PERSONAL_COLUMNS = sorted(name for name, columns in APPEND_ONLY.items() if columns)
SQLITE, POSTGRESQL = connection.vendor == "sqlite", connection.vendor == "postgresql"


@pytest.fixture
def every_record(beginning, db):
    """At least one row in every append-only table."""
    if POSTGRESQL:  # TRUNCATE does not wait for deferred constraints
        execute("SET CONSTRAINTS ALL IMMEDIATE")


def table(name: str) -> str:
    return f'"{apps.get_model("licences", name)._meta.db_table}"'


def execute(sql: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.rowcount


def is_refused(sql: str) -> bool:
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        execute(sql)
    return True


def other_value(field: models.Field) -> str:
    """SQL for a value that this column does not hold."""
    if isinstance(field, models.BooleanField):
        return f'NOT "{field.column}"'
    if isinstance(field, models.DateTimeField):
        return "'2001-01-01 00:00:00+00'"
    if isinstance(field, models.DateField):
        return "'2001-01-01'"
    if isinstance(field, models.JSONField):
        return """'{"other": 1}'"""
    if isinstance(field, models.CharField | models.TextField):
        return "'~'"
    return f'coalesce("{field.column}", 0) + 1000'


def fields(name: str, *, personal: bool) -> list[models.Field]:
    concrete = apps.get_model("licences", name)._meta.concrete_fields
    return [field for field in concrete if (field.name in APPEND_ONLY[name]) is personal]


# --- Raw SQL ---------------------------------------------------------------------------------------


@each_row("name", NAMES)
def test_raw_sql_changes_no_column(every_record, name):
    for field in [*fields(name, personal=False), *fields(name, personal=True)]:
        assert is_refused(f'UPDATE {table(name)} SET "{field.column}" = {other_value(field)}'), field.column


@each_row("name", NAMES)
def test_raw_sql_does_not_even_write_the_same_again(every_record, name):
    assert is_refused(f'UPDATE {table(name)} SET "id" = "id"')


@each_row("name", NAMES)
def test_raw_sql_removes_no_row(every_record, name):
    assert is_refused(f"DELETE FROM {table(name)}")


@each_row("name", NAMES)
def test_raw_sql_puts_no_row_in_the_place_of_another(every_record, name):
    again = f"INSERT INTO {table(name)} SELECT * FROM {table(name)} WHERE true"

    assert is_refused(f'{again} ON CONFLICT ("id") DO UPDATE SET "id" = excluded."id"')


@pytest.mark.skipif(not SQLITE, reason="INSERT OR REPLACE is SQLite's")
@pytest.mark.parametrize("name", NAMES)
def test_insert_or_replace_is_refused(every_record, name):
    assert is_refused(f"INSERT OR REPLACE INTO {table(name)} SELECT * FROM {table(name)}")
    assert is_refused(f'UPDATE OR REPLACE {table(name)} SET "id" = 1')


@pytest.mark.skipif(not POSTGRESQL, reason="SQLite has no TRUNCATE")
@pytest.mark.parametrize("name", NAMES)
def test_truncate_is_refused(every_record, name):
    assert is_refused(f"TRUNCATE {table(name)} CASCADE")


@pytest.mark.skipif(not POSTGRESQL, reason="SQLite has no TRUNCATE")
def test_truncating_a_parent_with_cascade_is_refused(every_record):
    assert is_refused("TRUNCATE licences_serial CASCADE")


# --- The ORM ---------------------------------------------------------------------------------------


@each_row("name", NAMES)
def test_the_orm_changes_and_removes_nothing(every_record, name):
    model = apps.get_model("licences", name)
    first, count = model.objects.first(), model.objects.count()
    column = fields(name, personal=False)[1].attname
    attempts = [
        first.save,
        first.delete,
        model.objects.all().delete,
        lambda: model.objects.update(**{column: F(column)}),
        lambda: model.objects.bulk_update([first], [fields(name, personal=False)[1].name]),
    ]

    for attempt in attempts:
        with pytest.raises(DatabaseError), transaction.atomic():
            attempt()

    assert model.objects.count() == count


def test_what_is_no_record_of_what_happened_may_change(every_record):
    Relicensing.objects.update(opened_by="someone")

    assert Relicensing.objects.get().opened_by == "someone"


# --- Exemptions ------------------------------------------------------------------------------------


@each_row("name", WITH_PERSONAL_COLUMNS)
def test_personal_columns_may_be_erased_under_an_exemption(every_record, name):
    columns = ", ".join(f'"{each.column}" = {other_value(each)}' for each in fields(name, personal=True))

    with exemption(connection, ExemptionPurpose.ERASE_PERSONAL_COLUMNS):
        changed = execute(f"UPDATE {table(name)} SET {columns}")

    assert changed == apps.get_model("licences", name).objects.count()


@each_row("name", NAMES)
def test_other_columns_stay_even_under_an_exemption(every_record, name):
    with exemption(connection, ExemptionPurpose.ERASE_PERSONAL_COLUMNS):
        for field in fields(name, personal=False):
            assert is_refused(f'UPDATE {table(name)} SET "{field.column}" = {other_value(field)}'), field.column


@each_row("name", WITH_PERSONAL_COLUMNS)
def test_a_personal_column_takes_no_other_column_along(every_record, name):
    personal, fixed = fields(name, personal=True)[0], fields(name, personal=False)[-1]
    both = ", ".join(f'"{each.column}" = {other_value(each)}' for each in (personal, fixed))

    with exemption(connection, ExemptionPurpose.ERASE_PERSONAL_COLUMNS):
        assert is_refused(f"UPDATE {table(name)} SET {both}")


@each_row("name", NAMES)
def test_the_exemption_for_erasing_removes_no_row(every_record, name):
    with exemption(connection, ExemptionPurpose.ERASE_PERSONAL_COLUMNS):
        assert is_refused(f"DELETE FROM {table(name)}")
        assert SQLITE or is_refused(f"TRUNCATE {table(name)} CASCADE")


@each_row("name", NAMES)
def test_the_exemption_for_emptying_empties_and_changes_nothing(every_record, name):
    model = apps.get_model("licences", name)

    with exemption(connection, ExemptionPurpose.EMPTY_TABLES):
        assert is_refused(f'UPDATE {table(name)} SET "id" = "id"')
        with transaction.atomic():
            execute(f"DELETE FROM {table(name)}" if SQLITE else f"TRUNCATE {table(name)} CASCADE")
            emptied = not model.objects.exists()
            transaction.set_rollback(True)

    assert emptied
    assert model.objects.exists()


def test_the_exemption_ends_with_its_block(every_record):
    with exemption(connection, ExemptionPurpose.ERASE_PERSONAL_COLUMNS):
        Registration.objects.update(name="")

    assert is_refused("UPDATE licences_registration SET name = 'Somebody'")


def test_the_exemption_ends_with_an_exception(every_record):
    with pytest.raises(ZeroDivisionError), exemption(connection, ExemptionPurpose.ERASE_PERSONAL_COLUMNS):
        raise ZeroDivisionError

    assert is_refused("UPDATE licences_registration SET name = ''")


def test_the_exemption_ends_with_a_broken_transaction_and_the_error_comes_through(every_record):
    with pytest.raises(DatabaseError, match=r"no such table|does not exist"):  # noqa: SIM117
        with transaction.atomic(), exemption(connection, ExemptionPurpose.ERASE_PERSONAL_COLUMNS):
            execute("UPDATE no_such_table SET name = ''")

    assert is_refused("UPDATE licences_registration SET name = ''")


@pytest.mark.django_db(transaction=True)
def test_the_exemption_ends_with_an_error_outside_any_transaction():
    factories.catalogue()
    with pytest.raises(DatabaseError, match=r"no such table|does not exist"):  # noqa: SIM117
        with exemption(connection, ExemptionPurpose.EMPTY_TABLES), transaction.atomic():
            execute("DELETE FROM no_such_table")

    assert is_refused("DELETE FROM licences_event")


@pytest.mark.django_db(transaction=True)
def test_the_exemption_holds_for_one_connection_only():
    factories.catalogue()

    def on_another_connection() -> bool:
        try:
            return is_refused("DELETE FROM licences_event") and is_refused("UPDATE licences_event SET personal = '{}'")
        finally:
            connection.close()

    for purpose in ExemptionPurpose:
        with exemption(connection, purpose), ThreadPoolExecutor(1) as another:
            assert another.submit(on_another_connection).result(timeout=30)

    assert Event.objects.count() == len(factories.PRODUCTS)


# --- The triggers ----------------------------------------------------------------------------------


def drop(trigger: str) -> None:
    execute(f'DROP TRIGGER "{trigger}"' if SQLITE else f'DROP TRIGGER "{trigger}" ON licences_event')


TRIGGERS = append_only.trigger_names(connection.vendor, "licences_event")


def check_databases() -> None:
    call_command("check", "--database", "default")


def test_every_append_only_table_is_guarded(db, capsys):
    assert append_only.missing_triggers(connection) == []

    check_databases()


@each_row("trigger", TRIGGERS)
def test_a_missing_trigger_fails_the_check_and_migrate_installs_it_again(db, trigger, capsys):
    drop(trigger)
    with pytest.raises(SystemCheckError, match=rf"(?s)licences\.E001.*{trigger}"):
        check_databases()

    call_command("migrate", skip_checks=True, verbosity=0)

    check_databases()
    assert append_only.missing_triggers(connection) == []


@pytest.mark.skipif(not POSTGRESQL, reason="SQLite cannot disable a trigger")
@pytest.mark.parametrize("trigger", TRIGGERS)
def test_a_disabled_trigger_counts_as_missing_and_migrate_enables_it(db, trigger, capsys):
    execute(f'ALTER TABLE licences_event DISABLE TRIGGER "{trigger}"')
    with pytest.raises(SystemCheckError, match=r"licences\.E001"):
        check_databases()

    call_command("migrate", skip_checks=True, verbosity=0)

    check_databases()


def test_installing_again_changes_nothing(every_record):
    append_only.install_triggers(connection)
    append_only.install_triggers(connection)

    assert append_only.missing_triggers(connection) == []
    assert is_refused("DELETE FROM licences_event")


@pytest.mark.skipif(not SQLITE, reason="the triggers of PostgreSQL need no function of the connection")
def test_a_connection_without_the_function_is_refused(every_record):
    connection.connection.create_function("append_only_door", 0, None)
    try:
        with pytest.raises((DatabaseError, ProgrammingError)), transaction.atomic():
            execute("DELETE FROM licences_event")
    finally:
        append_only._define_exemption_function(connection)
