"""The desk tells rows of an import that wait for a person from rejected ones."""

import pytest
from django.urls import reverse

from licences.models import FileImport
from tests.tables import each_row

pytestmark = pytest.mark.django_db


@each_row(
    ("rejected", "to_confirm", "said", "unsaid"),
    [
        (1, {"similar_customers": 1}, ["1 to decide"], ["rejected"]),
        (5, {"similar_customers": 2, "similar_sites": 1}, ["2 rejected", "3 to decide"], []),
        (4, None, ["4 rejected"], ["to decide"]),
    ],
)
def test_rows_that_wait_for_a_person_are_not_told_as_rejected(importer, as_user, rejected, to_confirm, said, unsaid):
    FileImport.objects.create(
        kind="purchases", state="preview", file_name="a.csv", rows_read=9, previews=1,
        counts={"new": 9 - rejected, "rejected": rejected}, to_confirm=to_confirm,
    )  # fmt: skip

    page = as_user(importer).get(reverse("desk")).text

    assert [each for each in said if each not in page] == []
    assert [each for each in unsaid if each in page] == []
