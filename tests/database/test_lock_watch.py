"""The benchmark of migrations sees which locks keep out others, and how long these wait."""

import psycopg
import pytest
from django.db import connection

from tests.benchmarks._lock_watch import Watch
from tests.benchmarks._temporary_database import database_url
from tests.servers import until

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time and no such locks"),
]
TABLE = "licences_serial"


@pytest.mark.parametrize(("mode", "readers_wait"), [("ACCESS EXCLUSIVE", True), ("SHARE", False)])
def test_a_lock_is_seen_with_its_table_and_with_who_waits_for_it(mode, readers_wait):
    with Watch(database_url(), (TABLE,)) as watch, psycopg.connect(database_url()) as holder:
        holder.execute(f"LOCK TABLE {TABLE} IN {mode} MODE")
        until(lambda: watch.blocked_writers.seconds > 0.3, "it is seen")
        holder.rollback()

    assert watch.blocked_writers.table == TABLE
    assert watch.writer_waited > 0.2
    assert (watch.blocked_readers.table == TABLE, watch.reader_waited > 0.2) == (readers_wait, readers_wait)


def test_nobody_waits_for_a_table_that_is_new():
    with Watch(database_url(), (TABLE,)) as watch, psycopg.connect(database_url()) as maker:
        maker.execute("CREATE TABLE made_meanwhile (id integer)")
        maker.execute("LOCK TABLE made_meanwhile IN ACCESS EXCLUSIVE MODE")
        looked_before = watch.looks
        until(lambda: watch.looks > looked_before + 3, "it has looked")
        maker.rollback()

    assert (watch.blocked_readers.table, watch.blocked_writers.table) == ("", "")
