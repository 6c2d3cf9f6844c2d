"""The migrations of work on data quality lists run forwards and back on a database with data in it."""

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from licences import operations
from licences.models import Event, QualityCount, QualityFinding
from tests import factories

BEFORE = "0036_states_of_imports"


@pytest.mark.django_db(transaction=True)
def test_they_go_forwards_and_back_and_what_was_found_is_found_again(catalogue):
    serial = factories.bought()
    operations.count_quality_lists(now=timezone.now(), by_worker=False)
    events = list(Event.objects.order_by("pk").values())
    try:
        call_command("migrate", "licences", BEFORE, verbosity=0)
        assert not [table for table in connection.introspection.table_names() if "quality" in table]
    finally:
        call_command("migrate", "licences", verbosity=0)

    assert not QualityCount.objects.exists()
    operations.count_quality_lists(now=timezone.now(), by_worker=False)
    assert QualityFinding.objects.get().subject == serial.pk
    assert list(Event.objects.order_by("pk").values()) == events
