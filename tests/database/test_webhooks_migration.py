"""The migrations for webhooks run forwards and back on a database with data in it."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command
from django.db import connection

from licences.models import Event
from tests import event_chain, factories

LANDED = "0041_keys_for_programs"
TABLES = {"licences_webhook", "licences_webhookdelivery"}


def tables():
    return TABLES & set(connection.introspection.table_names())


@pytest.mark.django_db(transaction=True)
def test_they_go_forwards_and_back_over_events_that_stay_as_they_are(catalogue):
    factories.registered()
    before = list(Event.objects.order_by("pk").values())
    try:
        call_command("migrate", "licences", LANDED, verbosity=0)
        assert tables() == set()
        factories.registered()  # the code before this release goes on
    finally:
        call_command("migrate", "licences", verbosity=0)

    assert tables() == TABLES
    assert list(Event.objects.order_by("pk").values())[: len(before)] == before
    assert event_chain.flaws() == []
    permission = Permission.objects.get(codename="change_webhook")
    assert set(Group.objects.filter(permissions=permission).values_list("name", flat=True)) == {"Administrator"}
    factories.webhook()
    assert Event.objects.latest("pk").kind == "webhook-created"
