"""Two administrators on one product or release (docs/decisions.md#two-people-one-record)."""

import re
from html import unescape

import pytest
from django.urls import reverse

from licences.models import CrmApplication, Product

pytestmark = pytest.mark.django_db


def shown_on(page):
    return unescape(re.search(r'name="shown" value="([^"]*)"', page).group(1))


@pytest.fixture
def desk(administrator, as_user):
    return as_user(administrator)


def test_the_second_change_of_a_product_is_not_saved_over_the_first(catalogue, desk):
    product = Product.objects.get(sku="XCH-FAX")
    address = reverse("admin:licences_product_change", args=[product.pk])
    shown = shown_on(desk.get(address).text)
    assert desk.post(address, {"name": "Fax gateway", "shown": shown}).status_code == 302

    answer = desk.post(address, {"name": "Fax server", "shown": shown})

    assert "Somebody else changed this record" in answer.text
    assert "“Fax gateway” now; you typed “Fax server”" in unescape(answer.text)
    product.refresh_from_db()
    assert product.name == "Fax gateway"
    assert desk.post(address, {"name": "Fax server", "shown": shown_on(answer.text)}).status_code == 302


def test_what_was_not_touched_takes_the_value_on_record(catalogue, desk):
    application = CrmApplication.objects.create(name="Kontakt", vendor="Alt", works="yes")
    address = reverse("admin:licences_crmapplication_change", args=[application.pk])
    fields = {"name": "Kontakt", "vendor": "Alt", "works": application.works, "shown": shown_on(desk.get(address).text)}
    desk.post(address, {**fields, "vendor": "Neu"})

    answer = desk.post(address, {**fields, "notes": "Since spring."})

    assert 'name="vendor" value="Neu"' in answer.text
    application.refresh_from_db()
    assert (application.vendor, application.notes) == ("Neu", "")
