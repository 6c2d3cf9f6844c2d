"""The migration for mail that was given up and for invitations runs back and forwards over accounts with a history."""

import pytest
from django.core.mail import EmailMessage
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from licensing_portal.accounts.models import QueuedMessage, SignInEvent
from licensing_portal.accounts.operations import people

pytestmark = pytest.mark.django_db(transaction=True)

BEFORE = [("accounts", "0005_reasons_and_new_kinds")]
TABLES = {"accounts_failedmessage", "accounts_userlanguage"}


@pytest.fixture
def forward_again():
    """Migrates to the latest state afterwards, also where the test failed."""
    yield
    call_command("migrate", verbosity=0)


def test_it_goes_back_and_forward_over_events_and_messages_that_stay(clerk, queued, forward_again):
    people.record_account(clerk, by="admin")
    EmailMessage("Subject", "Body", None, ["clerk@example.com"]).send()
    before = list(SignInEvent.objects.order_by("pk").values())

    MigrationExecutor(connection).migrate(BEFORE)
    assert not TABLES & set(connection.introspection.table_names())
    assert QueuedMessage.objects.count() == 1

    call_command("migrate", verbosity=0)
    assert set(connection.introspection.table_names()) >= TABLES
    assert list(SignInEvent.objects.order_by("pk").values()) == before
