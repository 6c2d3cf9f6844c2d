"""What is an outage of database or disk, what of it is logged, and what may be said of what was stored."""

import errno
import logging
import sqlite3
import sys

import psycopg
import pytest
from django.db import DatabaseError, InternalError, OperationalError, connection, transaction
from django.test import RequestFactory

from licences.models import Product, RateLimit
from licensing_portal.logs import WithoutOutages
from licensing_portal.outages import Outage, Reports, outage_line, outage_of
from licensing_portal.write_tracking import may_be_stored, watch_writes
from tests import factories
from tests.tables import each_row


def sqlite_error(code):
    error = sqlite3.OperationalError("said by SQLite")
    error.sqlite_errorcode = code
    return error


def from_database(cause, kind=OperationalError):
    error = kind()
    error.__cause__ = cause
    return error


@each_row(
    ("cause", "outage"),
    [
        (sqlite_error(sqlite3.SQLITE_BUSY), Outage.BUSY),
        (sqlite_error(sqlite3.SQLITE_FULL), Outage.FULL),
        (sqlite_error(sqlite3.SQLITE_READONLY), Outage.READ_ONLY),
        (sqlite_error(sqlite3.SQLITE_READONLY_DBMOVED), Outage.READ_ONLY),
        (sqlite_error(sqlite3.SQLITE_CANTOPEN), Outage.UNREACHABLE),
        (sqlite_error(sqlite3.SQLITE_IOERR_WRITE), Outage.UNREACHABLE),
        (psycopg.errors.LockNotAvailable(), Outage.BUSY),
        (psycopg.errors.DiskFull(), Outage.FULL),
        (psycopg.errors.TooManyConnections(), Outage.CROWDED),
        (psycopg.errors.OutOfMemory(), Outage.CROWDED),
        (psycopg.errors.ReadOnlySqlTransaction(), Outage.READ_ONLY),
        (psycopg.errors.QueryCanceled(), Outage.SLOW),
        (psycopg.errors.AdminShutdown(), Outage.UNREACHABLE),
        (psycopg.errors.CannotConnectNow(), Outage.UNREACHABLE),
        (psycopg.errors.ConnectionFailure(), Outage.UNREACHABLE),
        (psycopg.OperationalError("consuming input failed"), Outage.UNREACHABLE),
        (psycopg.OperationalError("FATAL:  sorry, too many clients already"), Outage.CROWDED),
    ],
)
def test_outages_are_told_apart_by_their_codes(cause, outage):
    assert outage_of(from_database(cause)) is outage
    assert outage_of(from_database(cause, InternalError)) is outage


@each_row(
    ("number", "outage"),
    [
        (errno.ENOSPC, Outage.FULL),
        (errno.EDQUOT, Outage.FULL),
        (errno.EFBIG, Outage.FULL),
        (errno.EROFS, Outage.READ_ONLY),
        (errno.ENOENT, None),
        (errno.EACCES, None),
    ],
)
def test_a_disk_that_is_full_is_one_too(number, outage):
    assert outage_of(OSError(number, "said by the system")) is outage


@each_row(
    "error",
    [
        ValueError(),
        from_database(psycopg.errors.UndefinedTable(), DatabaseError),
        from_database(psycopg.errors.UniqueViolation(), DatabaseError),
        from_database(sqlite_error(sqlite3.SQLITE_CORRUPT), DatabaseError),
        from_database(sqlite_error(sqlite3.SQLITE_CONSTRAINT), DatabaseError),
    ],
)
def test_a_fault_stays_a_fault(error):
    assert outage_of(error) is None
    assert outage_line(error) == ""


# --- The log ---------------------------------------------------------------------------------------------


def test_of_each_kind_there_is_a_line_a_minute(caplog):
    now = [1000.0]
    reports = Reports(lambda: now[0])
    gone = from_database(psycopg.OperationalError("connection refused\nIs the server running?"))

    for _ in range(320):
        assert reports.report(gone)
    assert reports.report(OSError(errno.ENOSPC, "No space left on device"))
    now[0] += Reports.EVERY
    reports.report(gone)

    assert [record.message for record in caplog.records] == [
        "database not reachable: connection refused",
        "no space left: No space left on device",
        "database not reachable: connection refused (and 319 times more since the last line)",
    ]


def record_of(error, **more):
    try:
        raise error
    except type(error):
        record = logging.LogRecord("any", logging.ERROR, __file__, 1, "%s failed", ("it",), sys.exc_info())
    record.__dict__ |= more
    return record


def test_a_record_of_an_outage_is_left_out_and_one_of_a_fault_stays():
    outages = WithoutOutages()

    assert not outages.filter(record_of(from_database(psycopg.errors.AdminShutdown())))
    assert outages.filter(record_of(ValueError("a fault")))


def test_a_request_that_was_answered_with_one_leaves_no_line_and_another_503_does():
    request = RequestFactory().get("/")
    record = logging.LogRecord("django.request", logging.ERROR, __file__, 1, "Service Unavailable", (), None)
    record.status_code, record.request = 503, request

    assert WithoutOutages().filter(record)
    request.outage = Outage.FULL
    assert not WithoutOutages().filter(record)


# --- What was stored -------------------------------------------------------------------------------------


def after(work, method="post"):
    """Whether something may be stored after a request that did this and then failed."""
    request = getattr(RequestFactory(), method)("/")
    raised = []

    def view(request):
        try:
            work()
            raise from_database(psycopg.errors.AdminShutdown())
        except Exception as error:
            raised.append(error)

    watch_writes(view)(request)
    return may_be_stored(request, raised[0])


@pytest.fixture
def products(transactional_db):
    return factories.catalogue()


def change_product():
    Product.objects.update(name="Another")


def test_what_was_only_read_is_not_stored(products):
    assert not after(lambda: list(Product.objects.all()))
    assert not after(lambda: list(Product.objects.all()), method="get")


def test_what_was_written_is_stored(products):
    assert after(change_product)


def test_what_was_committed_is_stored(products):
    def work():
        with transaction.atomic():
            change_product()

    assert after(work)


def test_what_was_rolled_back_is_not_stored(products):
    def work():
        with transaction.atomic():
            change_product()
            raise from_database(psycopg.errors.DiskFull())

    assert not after(work)
    assert not Product.objects.filter(name="Another").exists()


def test_what_is_counted_beside_the_work_is_not_said_to_be_stored(products):
    assert not after(lambda: RateLimit.objects.create(key="address:192.0.2.1", busy_until=1.0))


def test_where_the_answer_to_a_commit_is_lost_nobody_knows(products):
    if connection.vendor == "sqlite":
        pytest.skip("SQLite is no server: what it did not commit is not committed")

    def lost():
        raise psycopg.OperationalError("server closed the connection unexpectedly")

    def work():
        with transaction.atomic():
            change_product()
            connection.connection.commit = lost

    assert after(work)
    connection.close()


def test_a_session_that_cannot_be_saved_was_not_ended_by_somebody(clerk, client, monkeypatch):
    client.force_login(clerk)
    session = client.session
    session["something"] = "new"

    def full(*arguments, **options):
        raise from_database(psycopg.errors.DiskFull())

    monkeypatch.setattr("django.contrib.sessions.models.Session.save", full)

    with pytest.raises(OperationalError):
        session.save()
