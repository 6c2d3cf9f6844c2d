"""The migration of the look-up's texts runs back and forward, and texts of before are made again while all is found."""

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from licences.database import search_index
from licences.lookup import look_up
from licences.models import SearchMark, SearchText
from licences.operations import search
from tests import factories

BEFORE = [("licences", "0028_form_tokens")]
OLD_TEXT = "  kornblume  naturkost  eg  sabine  vogel  tubingen  72074  vogel@example.com  070715550163  k1"


def codes(typed: str) -> list[str]:
    return [hit.serial.code for hit in look_up(typed, with_codes=True).fits]


def of_before(serial):
    """Put the search text of a serial back as the version before made it."""
    SearchText.objects.filter(serial=serial).update(text=OLD_TEXT, former_names=None, ticket_references=None)
    SearchMark.objects.update(version=1, renewed_serial_id=0)


@pytest.mark.django_db(transaction=True)
def test_it_goes_back_and_forward_with_texts_that_stay_and_are_still_searched():
    factories.catalogue()
    serial = factories.bought(customer_name="Kornblume Naturkost eG")
    of_before(serial)
    try:
        MigrationExecutor(connection).migrate(BEFORE)
        assert search_index.missing(connection) == []
        with connection.cursor() as cursor:  # as code of that time writes
            cursor.execute("UPDATE licences_searchtext SET text = %s WHERE serial_id = %s", [OLD_TEXT, serial.pk])
    finally:
        call_command("migrate", verbosity=0)

    assert search_index.missing(connection) == []
    assert SearchMark.objects.get().version == 1
    assert codes("naturkost") == [serial.code]
    call_command("index_search")
    assert codes("Hauptstraße 12a") == [serial.code]


@pytest.mark.django_db
def test_texts_of_an_earlier_version_are_made_again_in_batches(catalogue, monkeypatch):
    monkeypatch.setattr(search, "CHUNK", 2)
    serials = [factories.bought(customer_name="Kornblume Naturkost eG") for _ in range(5)]
    for serial in serials:
        of_before(serial)
    assert codes("Hauptstraße 12a") == []

    assert search.renew_texts(most=2) == 2
    assert len(codes("Hauptstraße 12a")) == 2
    assert len(codes("naturkost")) == 5  # the others are found by what they had
    assert search.renew_texts() == 3

    assert sorted(codes("Hauptstraße 12a")) == sorted(serial.code for serial in serials)
    assert SearchMark.objects.get().version == search.VERSION
    assert search.renew_texts() == 0
