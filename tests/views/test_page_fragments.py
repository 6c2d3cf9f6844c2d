"""Parts of pages are rendered once for many readers: nobody gets what was rendered for somebody else."""

import re

import pytest
from django.contrib.auth.models import User
from django.core.cache import caches

from tests import factories

pytestmark = pytest.mark.django_db

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="(\w+)"')


@pytest.fixture(autouse=True)
def nothing_is_kept():
    caches["template_fragments"].clear()


def text(browser, address: str) -> str:
    return browser.get(address).content.decode()


def links(page: str) -> set[str]:
    (navigation,) = re.findall(r'<nav class="topbar-nav".*?</nav>', page, re.DOTALL)
    return set(re.findall(r'href="([^"]+)"', navigation))


def test_everybody_has_the_links_of_his_own_role(clerk, importer, support_agent, as_user):
    people = {"clerk": clerk, "importer": importer, "agent": support_agent}
    fresh = {}
    for name, person in people.items():
        caches["template_fragments"].clear()
        fresh[name] = links(text(as_user(person), "/lookup/"))
    caches["template_fragments"].clear()

    kept = {name: links(text(as_user(person), "/lookup/")) for name, person in people.items()}

    assert kept == fresh
    assert "/purchases/imports/" in kept["importer"]
    assert "/purchases/imports/" not in kept["agent"]


def test_a_page_is_marked_in_the_navigation_and_no_other_is(clerk, as_user):
    browser = as_user(clerk)

    for _again in range(2):
        assert '<a href="/relicensing/" aria-current="page">' in text(browser, "/relicensing/")
        assert '<a href="/relicensing/" aria-current="true">' in text(browser, "/relicensing/new/")
        assert '<a href="/" aria-current="page">' in text(browser, "/")
        assert '<a href="/relicensing/">' in text(browser, "/lookup/")


def test_everybody_reads_his_own_language(catalogue, clerk, as_user):
    factories.registered()
    browser = as_user(clerk)

    for language, words in (("en", ("Menu", "Found by")), ("de", ("Menü", "Gefunden über"))) * 2:
        browser.cookies["django_language"] = language
        page = text(browser, "/lookup/?q=muller")
        assert f'<html lang="{language}">' in page
        assert all(word in page for word in words)


def test_what_belongs_to_one_reader_is_never_kept(clerk, support_agent, as_user):
    pages = [text(as_user(person), "/lookup/?q=x") for person in (clerk, support_agent)]

    assert clerk.username in pages[0]
    assert clerk.username not in pages[1]
    assert not set(TOKEN.findall(pages[0])) & set(TOKEN.findall(pages[1]))
    assert 'name="next" value="/lookup/?q=x"' in pages[1]


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
