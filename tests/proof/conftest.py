"""A log of everything that can happen, and raw SQL by somebody with all rights on its database."""

import pytest
from django.db import connection

from licences.database.append_only import append_only_models, trigger_names
from licences.models import Event


@pytest.fixture
def unguarded(story):
    """Keys of the events of the story, in a database whose append-only triggers were dropped."""
    for model in append_only_models():
        table = model._meta.db_table
        for trigger in trigger_names(connection.vendor, table):
            on_table = "" if connection.vendor == "sqlite" else f" ON {table}"
            execute(f'DROP TRIGGER "{trigger}"{on_table}')
    return list(Event.objects.order_by("pk").values_list("pk", flat=True))


def execute(sql, values=()):
    """Run raw SQL, with deferred constraints checked at once on PostgreSQL."""
    if connection.vendor == "postgresql":
        sql = f"SET CONSTRAINTS ALL IMMEDIATE; {sql}" if not values else sql
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
