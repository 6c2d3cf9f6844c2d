"""The navigation of every page, and the tables beside a list of the administration, which are rendered once for many
readers: nobody gets what was rendered for somebody else."""

import re

import pytest
from django.contrib.auth.models import User
from django.core.cache import caches

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_is_kept():
    caches["template_fragments"].clear()


def text(browser, address: str) -> str:
    return browser.get(address).content.decode()


def links(page: str) -> set[str]:
    (navigation,) = re.findall(r'<nav class="topbar-nav".*?</nav>', page, re.DOTALL)
    return set(re.findall(r'href="([^"]+)"', navigation))


def test_everybody_has_the_links_of_his_own_role(importer, support_agent, as_user):
    of_importer, of_agent = (links(text(as_user(person), "/lookup/")) for person in (importer, support_agent))

    assert "/purchases/imports/" in of_importer
    assert "/purchases/imports/" not in of_agent


def test_a_page_is_marked_in_the_navigation_and_no_other_is(clerk, as_user):
    browser = as_user(clerk)

    assert '<a href="/relicensing/" aria-current="page">' in text(browser, "/relicensing/")
    assert '<a href="/relicensing/" aria-current="true">' in text(browser, "/relicensing/new/")
    assert '<a href="/" aria-current="page">' in text(browser, "/")
    assert '<a href="/relicensing/">' in text(browser, "/lookup/")


def test_the_tables_beside_a_list_of_the_administration_are_those_one_may_see(auditor, clerk, as_user):
    people = {"root": User.objects.create_superuser("root"), "auditor": auditor, "clerk": clerk}
    address = "/admin/licences/serial/"
    fresh = {}
    for name, person in people.items():
        caches["template_fragments"].clear()
        fresh[name] = tables(text(as_user(person), address))
    caches["template_fragments"].clear()

    kept = {name: tables(text(as_user(person), address)) for name, person in people.items()}

    assert kept == fresh
    assert "/admin/auth/user/" in kept["root"]
    assert "/admin/auth/user/" not in kept["clerk"]


def test_the_list_that_is_open_is_marked_among_the_tables(catalogue, auditor, as_user):
    browser = as_user(auditor)

    for _again in range(2):
        for model in ("serial", "installation"):
            page = text(browser, f"/admin/licences/{model}/")
            assert re.findall(r'<a href="/admin/licences/(\w+)/" aria-current="page">', page) == [model]


def tables(page: str) -> set[str]:
    (sidebar,) = re.findall(r'<nav class="sticky" id="nav-sidebar".*?</nav>', page, re.DOTALL)
    return set(re.findall(r'href="(/admin/\w+/\w+/)"', sidebar))
