"""The cast and the stage."""

from copy import deepcopy

import pytest
from django.contrib.auth.models import Group, User
from django.db import connection, connections, transaction
from django.test import Client, TransactionTestCase
from django.utils import translation
from hypothesis import settings as hypothesis_settings

from licences import append_only
from licences.models import Product
from licensing_portal import urls  # noqa: F401  (with them everything is registered in the admin)
from tests import beginnings, factories

hypothesis_settings.register_profile("portal", deadline=None)
hypothesis_settings.load_profile("portal")


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix, tmp_path_factory):
    """Every run has a SQLite file of its own, so that two runs at once do not delete each other's."""
    if connection.vendor == "sqlite":
        name = tmp_path_factory.mktemp("database") / "test.sqlite3"
        connections["default"].settings_dict["TEST"]["NAME"] = str(name)


@pytest.fixture(autouse=True, scope="session")
def tables_are_emptied_through_the_door():
    """Append-only tables refuse a flush; tests with real transactions open the one door that there is."""
    empty = TransactionTestCase._fixture_teardown

    def empty_through_the_door(case):
        with append_only.door(connection, append_only.Purpose.EMPTY_TABLES):
            empty(case)

    TransactionTestCase._fixture_teardown = empty_through_the_door
    yield
    TransactionTestCase._fixture_teardown = empty


@pytest.fixture(autouse=True)
def the_language_of_the_last_request_is_forgotten():
    """Django keeps it for the thread until the next request."""
    yield
    translation.deactivate()


# --- What a test begins with -------------------------------------------------------------------------


def pytest_generate_tests(metafunc):
    name = beginnings.asked_for(metafunc)
    if name:
        metafunc.parametrize("beginning", [name], indirect=True, scope="session", ids=[pytest.HIDDEN_PARAM])


@pytest.fixture(autouse=True, scope="session")
def beginning(request, django_db_blocker):
    """Made once for all tests in a row that begin with it, in a transaction around theirs: Django's setUpTestData."""
    name = getattr(request, "param", None)
    if name is None:
        yield None
        return
    request.getfixturevalue("django_db_setup")
    with django_db_blocker.unblock(), transaction.atomic():
        made = beginnings.MAKERS[name]()
        connection.check_constraints()
        yield made
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def the_beginning_is_not_lost(beginning):
    """It ends with its connection. Closing an answer closes that; reading it to its end does not."""
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
def as_user():
    """``as_user(clerk)`` is a browser in which that person is logged in."""

    def log_in(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return log_in
