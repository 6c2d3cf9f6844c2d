"""Fixtures of all tests: the database that a test begins with, and the cast."""

import gc
import os
from copy import deepcopy

import pytest
from django.conf import settings
from django.contrib.auth.models import Group, User
from django.db import connection, connections, transaction
from django.test import Client, TransactionTestCase
from django.utils import translation
from hypothesis import settings as hypothesis_settings
from whitenoise.middleware import WhiteNoiseMiddleware

from licences.api import call_counts
from licences.models import Product, UnlockCode
from licensing_portal import urls  # noqa: F401  (with them everything is registered in the admin)
from tests import beginnings, event_chain, factories, how_often, lasting_tables, own_call
from tests.emptying import Emptying

hypothesis_settings.register_profile("portal", deadline=None, max_examples=how_often.examples(30))
hypothesis_settings.load_profile("portal")


@pytest.fixture(scope="session")
def temporary_tables_last():
    """Those of imports, on SQLite."""
    with pytest.MonkeyPatch.context() as patch:
        lasting_tables.keep(patch)
        yield


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix, temporary_tables_last, tmp_path_factory):
    """Every run has a SQLite file of its own, so that two runs at once do not delete each other's."""
    if connection.vendor == "sqlite":
        name = tmp_path_factory.mktemp("database") / "test.sqlite3"
        connections["default"].settings_dict["TEST"]["NAME"] = str(name)


@pytest.hookimpl(tryfirst=True)  # before -m looks at the markers
def pytest_collection_modifyitems(config, items):
    own_call.leave_long_ones(config, items)


gc.disable()  # nothing is thrown away while tests are collected


def pytest_collection_finish():
    """What was imported and collected stays until the end: the garbage collector need not look at it again.

    It would look for garbage after every 700 objects, which a page makes many times over.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
    gc.enable()


@pytest.fixture(autouse=True, scope="session")
def tables_are_emptied_quickly():
    """Append-only tables too, which refuse a flush without the exemption for it."""
    empty = Emptying(TransactionTestCase._fixture_teardown)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda case: empty(case))
        yield


@pytest.fixture(autouse=True, scope="session")
def counted_calls_are_stored_by_the_tests_about_them():
    """Any request may store what the process counted in the minute before, in tests those of other tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(call_counts, "STORE_EVERY", float("inf"))
        yield


@pytest.fixture(autouse=True, scope="session")
def static_files_are_looked_at_once():
    """Every ``Client`` has middleware of its own, and WhiteNoise's reads the sizes and times of all static files."""
    found: dict[tuple, dict] = {}
    look = WhiteNoiseMiddleware.add_files_from_finders

    def add(middleware):
        what_counts = middleware.static_prefix, middleware.max_age, middleware.charset, middleware.allow_all_origins
        key = (*what_counts, middleware.add_headers_function, *map(str, settings.STATICFILES_DIRS))
        if key not in found:
            others, middleware.files = middleware.files, {}
            look(middleware)
            found[key], middleware.files = middleware.files, others
        middleware.files.update(found[key])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WhiteNoiseMiddleware, "add_files_from_finders", add)
        yield


@pytest.fixture(autouse=True, scope="session")
def nothing_waits_for_the_disk():
    """What tests write need not outlive a power cut."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda descriptor: None)
        yield


@pytest.fixture(autouse=True)
def the_language_of_the_last_request_is_forgotten():
    """Django keeps the language for the thread until the next request."""
    yield
    translation.deactivate()


# --- What a test begins with -------------------------------------------------------------------------


def pytest_generate_tests(metafunc):
    name = beginnings.beginning_of(metafunc)
    if name:
        metafunc.parametrize("beginning", [name], indirect=True, scope="session", ids=[pytest.HIDDEN_PARAM])


@pytest.fixture(autouse=True, scope="session")
def beginning(request, django_db_blocker, nothing_waits_for_the_disk):
    """Data built once for all tests in a row that begin with it, in a transaction around theirs (as setUpTestData)."""
    name = getattr(request, "param", None)
    if name is None:
        yield None
        return
    request.getfixturevalue("django_db_setup")
    with django_db_blocker.unblock(), transaction.atomic():
        built = beginnings.BUILDERS[name]()
        connection.check_constraints()
        yield built
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def the_beginning_is_not_lost(beginning):
    """A beginning is lost with its connection. Closing a response closes that; reading it to its end does not."""
    yield
    assert beginning is None or not connection.closed_in_transaction, "The test has closed the database's connection."


@pytest.fixture
def stage(beginning, db):
    """Something on every page and in every list."""
    return deepcopy(beginning)


@pytest.fixture
def rehearsal(beginning, db):
    """The stage, with its cast and their forms."""
    return deepcopy(beginning)


@pytest.fixture
def story(beginning, db):
    """The serial number that everything happened to."""
    return beginning


@pytest.fixture
def lists(beginning, db):
    """Something to see in every list of the administration."""


@pytest.fixture
def catalogue(beginning, db):
    """Six products in slots 1 to 6."""
    return list(Product.objects.order_by("slot")) or factories.catalogue()


@pytest.fixture
def first_code(beginning, catalogue):
    """The unlock code of a serial that runs on its first server; made by itself where a test has another beginning."""
    return deepcopy(beginning) if isinstance(beginning, UnlockCode) else factories.registered()


@pytest.fixture
def one_chain_of_events(catalogue):
    """After the test, the event log must be intact, whatever happened at the same moment."""
    yield
    assert event_chain.flaws() == []


# --- The cast ----------------------------------------------------------------------------------------


def _member_of(role: str, username: str, *, staff: bool = True) -> User:
    user = User.objects.create_user(username, password="a long test password", is_staff=staff)
    user.groups.set([Group.objects.get(name=role)])
    return user


@pytest.fixture
def clerk(db):
    return _member_of("Licensing staff", "clerk")


@pytest.fixture
def supervisor(db):
    return _member_of("Supervisor", "supervisor")


@pytest.fixture
def support_agent(db):
    return _member_of("Support agent", "support", staff=False)


@pytest.fixture
def importer(db):
    return _member_of("Importer", "importer")


@pytest.fixture
def auditor(db):
    return _member_of("Auditor", "auditor")


@pytest.fixture
def administrator(db):
    return _member_of("Administrator", "admin")


@pytest.fixture
def stranger(db):
    """Someone who may log in and nothing else."""
    return User.objects.create_user("stranger", password="a long test password")


@pytest.fixture
def staff(clerk, as_user):
    """A browser in which a clerk is logged in."""
    return as_user(clerk)


@pytest.fixture
def as_user():
    """``as_user(clerk)`` is a browser in which that person is logged in."""

    def log_in(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return log_in
