"""What the database refuses to store about imports, pairs, profiles and purchase lines that are taken back."""

import pytest
from django.utils import timezone

from licences.models import FileImport, LicenceGrant, PurchaseReferenceMark, RecordPair, SenderProfile
from tests import factories
from tests.database.raw_saves import copy, refused, stored

NOW = timezone.now()

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("catalogue")]


@pytest.fixture
def grant():
    return LicenceGrant.objects.get(serial=factories.bought())


def an_import(**values):
    return FileImport(kind=FileImport.Kind.PURCHASES, file_name="a.csv", uploaded_by="tests", **values)


def test_a_purchase_line_that_was_taken_back_may_come_again_and_once_only(grant):
    assert stored(copy(grant, generation=1))
    assert refused(copy(grant, generation=1), "one_grant_per_line_and_generation")


def test_a_purchase_line_is_reversed_once(grant):
    assert stored(copy(grant, quantity=-grant.quantity, generation=1, reverses_id=grant.pk))
    assert refused(copy(grant, quantity=-grant.quantity, generation=2, reverses_id=grant.pk), "one_reversal_per_grant")


def test_a_file_of_the_watched_folder_is_imported_once():
    assert stored(an_import(inbox_key="a" * 64))
    assert refused(an_import(inbox_key="a" * 64), "one_import_per_inbox_file")
    assert stored(an_import())
    assert stored(an_import())


def test_an_import_has_a_pair_once_and_a_decision_has_a_time():
    found = an_import()
    found.save()
    kind = RecordPair.Kind.values[0]
    assert stored(RecordPair(file_import=found, pair="a" * 32, kind=kind, row_id=1))
    assert refused(RecordPair(file_import=found, pair="a" * 32, kind=kind, row_id=1), "one_pair_per_import")
    decided = RecordPair(file_import=found, pair="b" * 32, kind=kind, row_id=1, decision=RecordPair.Decision.values[0])
    assert refused(decided, "pair_decided_at_a_time")
    assert refused(
        RecordPair(file_import=found, pair="c" * 32, kind=kind, row_id=1, decided_at=NOW), "pair_decided_at_a_time"
    )


def test_files_of_one_shape_have_one_profile():
    assert stored(SenderProfile(name="A", name_key="a", shape="a" * 64, changed_by="tests"))
    assert refused(SenderProfile(name="B", name_key="b", shape="a" * 64, changed_by="tests"), "one_profile_of_a_shape")


def test_how_far_references_have_keys_is_one_row():
    assert refused(PurchaseReferenceMark(id=2), "only_one_purchase_reference_mark")
