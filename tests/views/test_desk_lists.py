"""The lists of the desk read no more than they need, and say so."""

import pytest
from django.urls import reverse

from licences.queries import desk
from tests import factories

pytestmark = pytest.mark.django_db
LOOKED_AT = "Only the latest 2 serial numbers were looked at."


def test_of_many_serials_only_the_newest_are_looked_at_for_those_that_nobody_registered(
    catalogue, clerk, as_user, monkeypatch
):
    monkeypatch.setattr(desk, "SERIALS_READ", 2)
    factories.bought()
    factories.registered()
    newest = factories.bought()

    found = desk.bought_but_unregistered()
    page = " ".join(as_user(clerk).get(reverse("desk")).content.decode().split())

    assert (found.count, [serial.pk for serial in found.first], found.read) == (1, [newest.pk], 2)
    assert LOOKED_AT in page
    factories.registered(newest)
    factories.registered()
    page = " ".join(as_user(clerk).get(reverse("desk")).content.decode().split())
    assert LOOKED_AT in page
    assert "Everything bought is registered." not in page


def test_with_few_serials_all_are_looked_at(catalogue, clerk, as_user):
    code = factories.bought()
    assert "were looked at" not in as_user(clerk).get(reverse("desk")).content.decode()
    factories.registered(code)

    page = as_user(clerk).get(reverse("desk")).content.decode()

    assert desk.bought_but_unregistered().read == 0
    assert "Everything bought is registered." in page
