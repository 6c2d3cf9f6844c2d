"""The migration for records by hand runs back and forwards on a database with data in it."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from licences import imports
from licences.imports import HandPurchase
from licences.models import Event, HandEntry, LicenceGrant
from tests import factories

BEFORE = "0021_no_policy_violations"
ENTERERS = {"Licensing staff", "Supervisor"}


@pytest.mark.django_db(transaction=True)
def test_it_goes_back_and_forwards_over_events_and_purchases_that_stay_as_they_are(catalogue):
    code = factories.registered()
    before = [list(model.objects.order_by("pk").values()) for model in (Event, LicenceGrant)]
    try:
        call_command("migrate", "licences", BEFORE, verbosity=0)
        assert "licences_handentry" not in connection.introspection.table_names()
    finally:
        call_command("migrate", "licences", verbosity=0)

    assert [list(model.objects.order_by("pk").values()) for model in (Event, LicenceGrant)] == before
    entry = imports.enter_purchase(
        customer_id=code.serial.site.customer_id, serial=code.serial.code, purchase=HandPurchase({"XCH-USR": 1}),
        reason="Order of last week.", by="clerk",
    )  # fmt: skip
    with pytest.raises(DatabaseError), transaction.atomic():
        HandEntry.objects.filter(pk=entry.pk).update(reason="Another reason.")
    permission = Permission.objects.get(codename="record_by_hand")
    assert set(Group.objects.filter(permissions=permission).values_list("name", flat=True)) == ENTERERS
