"""A database that is busy with a large import: whoever has waited too long is told so, and nothing is lost."""

import sqlite3

import psycopg
import pytest
from django.core.exceptions import PermissionDenied
from django.db import OperationalError, connection
from django.shortcuts import render
from django.test import Client

from licences.models import Registration
from licensing_portal.outages import Outage, outage_of
from tests import factories
from tests.tables import each_row

# --- Telling it from other errors ------------------------------------------------------------------------


def sqlite_error(code):
    error = sqlite3.OperationalError("database is locked")
    error.sqlite_errorcode = code
    return error


def caused(error, cause):
    error.__cause__ = cause
    return error


@each_row(
    "cause",
    [
        sqlite_error(sqlite3.SQLITE_BUSY),
        sqlite_error(sqlite3.SQLITE_BUSY_SNAPSHOT),
        sqlite_error(sqlite3.SQLITE_LOCKED),
        psycopg.errors.LockNotAvailable(),
        psycopg.errors.DeadlockDetected(),
    ],
)
def test_a_lock_that_could_not_be_had_is_known_whatever_it_led_to(cause):
    error = caused(OperationalError(), cause)

    assert outage_of(error) is Outage.BUSY
    assert outage_of(caused(ValueError(), error)) is Outage.BUSY


@each_row(
    "error",
    [
        None,
        ValueError(),
        PermissionDenied(),
        OperationalError("database is locked"),
        caused(OperationalError(), sqlite_error(sqlite3.SQLITE_FULL)),
        caused(OperationalError(), sqlite3.OperationalError("no such table")),
        caused(OperationalError(), psycopg.errors.DiskFull()),
        sqlite_error(sqlite3.SQLITE_BUSY),
    ],
)
def test_other_errors_are_other_errors(error):
    assert outage_of(error) is not Outage.BUSY


# --- The page --------------------------------------------------------------------------------------------


@pytest.fixture
def large_import(transactional_db):
    """Somebody else holds what a registration needs, and nobody waits for long."""
    if connection.vendor == "sqlite":
        other = sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        impatient, patient = "PRAGMA busy_timeout = 50", "PRAGMA busy_timeout = 30000"
    else:
        parameters = {**connection.get_connection_params(), "cursor_factory": psycopg.Cursor, "context": None}
        other = psycopg.connect(**parameters)
        other.execute("LOCK TABLE licences_serial, auth_user IN ROW EXCLUSIVE MODE")
        other.execute("SELECT id FROM licences_serial FOR UPDATE")
        other.execute("SELECT id FROM auth_user FOR UPDATE")
        impatient, patient = "SET lock_timeout = '50ms'", "SET lock_timeout = 0"
    with connection.cursor() as cursor:
        cursor.execute(impatient)
    yield
    other.close()
    with connection.cursor() as cursor:
        cursor.execute(patient)


def busy(*arguments, **options):
    raise OperationalError from sqlite_error(sqlite3.SQLITE_BUSY)


@pytest.fixture
def form(transactional_db):
    factories.catalogue()
    return {
        "serial": factories.bought().code,
        "site_id": factories.new_site_id(),
        "server_version": "2.4",
        "client_version": "2.4",
        "name": 'Böhm "&" Söhne',
        "address_line1": "Hauptstraße 1",
        "contact_name": "Sabine Vogel",
        "contact_phone": "07071/555 0163",
    }


@pytest.fixture
def staff(form, clerk):
    browser = Client(raise_request_exception=False)
    browser.force_login(clerk)
    return browser


def test_it_says_that_it_is_busy_in_our_frame_and_when_to_come_back(staff, form, large_import):
    answer = staff.post("/registrations/new/", form)

    content = answer.content.decode()
    assert (answer.status_code, answer["Retry-After"]) == (503, "10")
    assert "The portal is busy" in content
    assert "Nothing was changed." in content
    assert 'class="topbar"' in content
    assert "default-src 'none'" in answer["Content-Security-Policy"]


def test_what_was_typed_is_sent_again_with_one_button(staff, form, large_import):
    content = staff.post("/registrations/new/", form).content.decode()

    assert 'action="/registrations/new/"' in content
    assert '<input type="hidden" name="name" value="Böhm &quot;&amp;&quot; Söhne">' in content
    assert content.count('type="hidden"') == len(form) + 4 + 1  # the tokens and the way back of the frame's own forms
    assert not Registration.objects.exists()


def test_a_page_that_is_only_looked_at_is_asked_for_again(staff, monkeypatch):
    monkeypatch.setattr("licences.views.lookup.look_up", busy)

    answer = staff.get("/lookup/?q=M%C3%BCller")

    assert answer.status_code == 503
    assert 'href="/lookup/?q=M%C3%BCller"' in answer.content.decode()


def test_no_password_stands_in_the_page(staff, large_import):
    answer = Client(raise_request_exception=False).post(
        "/accounts/login/", {"username": "clerk", "password": "a long test password"}
    )

    assert answer.status_code == 503
    assert "a long test password" not in answer.content.decode()
    assert "go back and send the form again" in answer.content.decode()


def test_another_fault_stays_a_fault(staff, form, monkeypatch):
    def broken(**options):
        raise OperationalError from sqlite_error(sqlite3.SQLITE_CORRUPT)

    monkeypatch.setattr("licences.operations.register_installation", broken)

    answer = staff.post("/registrations/new/", form)

    assert answer.status_code == 500
    assert "Something went wrong in the portal" in answer.content.decode()


def test_a_database_that_does_not_even_give_the_frame_is_a_plain_page(staff, form, monkeypatch):
    def frame(request, template, *arguments, **options):
        return render(request, template, *arguments, **options) if request is None else busy()

    monkeypatch.setattr("licences.operations.register_installation", busy)
    monkeypatch.setattr("licensing_portal.views.render", frame)

    answer = staff.post("/registrations/new/", form)

    assert (answer.status_code, answer["Retry-After"]) == (503, "10")
    content = answer.content.decode()
    assert "The portal is busy" in content
    assert "Nothing was changed." in content
    assert '<input type="hidden" name="name" value="Böhm &quot;&amp;&quot; Söhne">' in content
    assert "topbar-anonymous" in content
