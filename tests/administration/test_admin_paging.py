"""The lists of the administration: keyset paging, no count of all rows, and indexed searches."""

import json
import re
from copy import deepcopy
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from licences.domain.codes import grouped
from licences.models import Serial
from tests import factories

pytestmark = pytest.mark.django_db

SERIALS = "/admin/licences/serial/"


@pytest.fixture
def many_serials(beginning, db):
    """More than two pages hold, oldest first."""
    return deepcopy(beginning)


@pytest.fixture
def desk(auditor, as_user):
    return as_user(auditor)


def page(desk, address: str) -> tuple[list[str], dict[str, str]]:
    """The codes on a page, and the addresses of its neighbours."""
    text = desk.get(address).content.decode()
    codes = re.findall(r'<span class="code">([0-9A-Z-]+)</span></a>', text)
    links = {rel: unescape(url) for url, rel in re.findall(r'<a href="(\?[^"]*)" rel="(prev|next)">', text)}
    return codes, {rel: SERIALS + url for rel, url in links.items()}


def test_every_row_is_on_one_page_and_the_way_back_is_the_same(many_serials, desk):
    expected = [grouped(serial.code) for serial in reversed(many_serials)]

    first, links = page(desk, SERIALS)
    second, links = page(desk, links["next"])
    third, last_links = page(desk, links["next"])

    assert (first, second, third) == (expected[:50], expected[50:100], expected[100:])
    assert "next" not in last_links
    back, links = page(desk, last_links["prev"])
    assert back == second
    again, links = page(desk, links["prev"])
    assert again == first
    assert "prev" not in links


def test_a_list_that_is_sorted_by_code_pages_in_the_order_of_the_codes(many_serials, desk):
    expected = sorted(grouped(serial.code) for serial in many_serials)

    first, links = page(desk, f"{SERIALS}?o=0")
    second, _links = page(desk, links["next"])

    assert first + second == expected[:100]


def test_a_filter_is_kept_from_page_to_page(many_serials, desk):
    Serial.objects.filter(pk__in=[each.pk for each in many_serials[:60]]).update(origin="taken-over")

    first, links = page(desk, f"{SERIALS}?origin__exact=taken-over")
    second, _links = page(desk, links["next"])

    assert (len(first), len(second)) == (50, 10)
    assert "origin__exact=taken-over" in links["next"]


@pytest.mark.parametrize("place", ["nonsense", "[]", '["a", "b", "c"]', '{"a": 1}', '["x"]', "[null]"])
def test_a_place_that_makes_no_sense_leads_back_to_the_list(many_serials, desk, place):
    answer = desk.get(SERIALS, {"after": place})

    assert answer.status_code in (200, 302)


def test_no_list_counts_or_skips_rows(many_serials, desk):
    for model in admin.site._registry:
        if model._meta.app_label not in ("licences", "customers") or model._meta.model_name in SMALL:
            continue
        with CaptureQueriesContext(connection) as queries:
            address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
            assert desk.get(address).status_code in (200, 403)
        assert [each["sql"] for each in queries if "COUNT(" in each["sql"] or "OFFSET" in each["sql"]] == []


SMALL = {"product", "release", "crmapplication", "supportcontact", "senderprofile", "programkey", "webhook"}


def test_a_search_takes_a_code_or_a_name(many_serials, desk):
    wanted = many_serials[7]

    assert page(desk, f"{SERIALS}?q={grouped(wanted.code).lower()}")[0] == [grouped(wanted.code)]
    named = factories.bought(customer_name="Quittenhof")
    assert page(desk, f"{SERIALS}?q=quittenhof")[0] == [grouped(named.code)]


def test_a_search_in_other_lists_goes_by_the_serial_number(catalogue, desk):
    code = factories.registered()
    factories.registered()

    for name in ("installation", "registration", "unlockcode", "balance", "licencegrant"):
        text = desk.get(f"/admin/licences/{name}/", {"q": grouped(code.serial.code)}).content.decode()
        assert "1 row on this page" in text, name
    reference = code.serial.grants.get().purchase_reference
    assert "1 row on this page" in desk.get("/admin/licences/licencegrant/", {"q": reference}).content.decode()


def test_who_may_not_see_codes_does_not_search_by_them(catalogue, administrator, as_user):
    code = factories.registered()

    text = as_user(administrator).get(SERIALS, {"q": code.code}).content.decode()

    assert grouped(code.serial.code) not in text


def test_a_place_is_what_the_last_row_says(many_serials, desk):
    _codes, links = page(desk, SERIALS)

    place = parse_qs(urlsplit(links["next"]).query)["after"]

    assert [json.loads(each) for each in place] == [[many_serials[-50].pk]]
