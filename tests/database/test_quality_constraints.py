"""What must never be stored about data quality lists, refused by the database even from a raw save."""

from django.utils import timezone

from customers.models import Customer
from licences.models import QualityFilter, QualityFinding, QualityMark
from licences.operations.customers import fill_search_columns
from tests import factories
from tests.database.raw_saves import copy, refused, stored

NOW = timezone.now()


def test_an_entry_of_a_list_is_found_and_marked_once(db):
    customer = fill_search_columns(Customer(name="Any"))
    customer.save()
    entry = {"list": "never-registered", "subject": 1, "customer": customer}
    found = QualityFinding(**entry, since=factories.TODAY, fingerprint="0")
    mark = QualityMark(**entry, did="assign", changed_by="clerk", changed_at=NOW, act="1")
    assert stored(found)
    assert stored(copy(found, second=2))
    assert refused(copy(found), "one_quality_finding_per_entry")
    assert stored(mark)
    assert refused(copy(mark), "one_quality_mark_per_entry")
    assert refused(copy(mark, subject=2, state="snoozed"), "quality_mark_snoozed_until_a_day")
    assert refused(copy(mark, subject=2, snoozed_until=factories.TODAY), "quality_mark_snoozed_until_a_day")
    assert stored(copy(mark, subject=2, state="snoozed", snoozed_until=factories.TODAY))


def test_a_filter_has_a_name_of_its_own_among_those_of_its_user_and_list(db, clerk):
    saved = QualityFilter(list="released", owner=clerk, name="North", name_key="north")
    assert stored(saved)
    assert refused(copy(saved, name="NORTH"), "one_quality_filter_per_name")
    assert stored(copy(saved, list="duplicates"))
