"""A log in which everything happened, and somebody with all rights on its database."""

import pytest
from django.db import connection

from licences.append_only import _trigger_names
from licences.models import Event


@pytest.fixture
def unguarded(story):
    """The log, after somebody with all rights on the database has dropped the triggers that guard the records."""
    for name in (
        "event",
        "unlockcode",
        "licencefile",
        "checkeditem",
        "checklistcheck",
        "itemresolution",
        "approval",
        "licencegrant",
    ):
        table = f"licences_{name}"
        for trigger in _trigger_names(connection.vendor, table):
            on_table = "" if connection.vendor == "sqlite" else f" ON {table}"
            execute(f'DROP TRIGGER "{trigger}"{on_table}')
    return list(Event.objects.order_by("pk").values_list("pk", flat=True))


def execute(sql, values=()):
    if connection.vendor == "postgresql":
        sql = f"SET CONSTRAINTS ALL IMMEDIATE; {sql}" if not values else sql
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
