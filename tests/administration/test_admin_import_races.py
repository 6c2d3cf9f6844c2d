"""Two people at the same moment, one of them with a file of products: on real connections to a real database."""

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError

from licences import operations
from licences.models import Event, Product
from tests import event_chain
from tests.administration.admin_imports import HEADER, confirm, imports_recorded, on_record, upload
from tests.how_often import rounds
from tests.together import together

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("catalogue")]

ROUNDS = rounds(2)


@pytest.fixture
def desks(catalogue, as_user):
    names = ("one", "other")
    return [as_user(User.objects.create_superuser(name, password="a long test password")) for name in names]


def confirming(desk, content):
    """Upload a file, and return a function that confirms it and returns the status of the response."""
    preview = upload(desk, content)
    return lambda: confirm(desk, preview).status_code


@pytest.mark.parametrize("round_", range(ROUNDS))
def test_a_file_that_two_confirm_at_once_is_imported_once(round_, desks):
    content = HEADER + "XCH-SRV,Renamed,1\nXCH-NEW,New,9\n"

    answers = together(*[confirming(desk, content) for desk in desks])

    assert sorted(answers) == [302, 409]
    assert len(imports_recorded()) == 1
    assert on_record()["XCH-NEW"] == ("New", 9)
    assert event_chain.flaws() == []


@pytest.mark.parametrize("round_", range(ROUNDS))
def test_of_two_files_that_contradict_each_other_one_is_imported(round_, desks):
    first, second = HEADER + "XCH-SRV,First,1\n", HEADER + "XCH-SRV,Second,1\nXCH-USR,Second,2\n"

    answers = together(confirming(desks[0], first), confirming(desks[1], second))

    assert sorted(answers) == [302, 409]
    assert (on_record()["XCH-SRV"][0], on_record()["XCH-USR"][0] == "Second") in [("First", False), ("Second", True)]
    assert len(imports_recorded()) == 1


@pytest.mark.parametrize("round_", range(ROUNDS))
def test_a_product_that_is_added_by_hand_meanwhile_is_not_added_twice(round_, desks):
    def by_hand():
        operations.save_product(Product(sku="xch-new", name="By hand", slot=9), by="tests")
        return "by hand"

    confirmed, added = together(confirming(desks[0], HEADER + "XCH-NEW,New,9\nXCH-OTHER,Other,10\n"), by_hand)

    if added == "by hand":
        assert confirmed == 409
        assert "XCH-OTHER" not in on_record()
    else:
        assert isinstance(added, IntegrityError)
        assert confirmed == 302
    assert Product.objects.filter(slot=9).count() == 1
    assert Event.objects.exclude(actor="tests").count() == len(imports_recorded())
    assert event_chain.flaws() == []
