"""A form of the administration that is sent twice is saved once (docs/decisions.md#the-same-form-twice)."""

import re

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from licences.models import CrmApplication, Event, FormToken, Product, Release, SupportContact
from licensing_portal.accounts.models import SignInEvent
from tests.tables import each_row

pytestmark = pytest.mark.django_db

PASSWORDS = dict.fromkeys(("password1", "password2"), "a long test password 2")
ADDED = [
    ("licences_product", Product, {"sku": "XCH-NEW", "name": "New", "slot": "30"}),
    ("licences_release", Release, {"version": "3.7"}),
    ("licences_crmapplication", CrmApplication, {"name": "Rolodex", "works": "yes"}),
    ("licences_supportcontact", SupportContact, {"country": "Norway", "phone": "+47 22 555 010"}),
    ("auth_user", User, {"username": "new-user", "usable_password": "true", **PASSWORDS}),
]


@pytest.fixture
def desk(administrator, as_user):
    return as_user(administrator)


def token_on(page):
    (token,) = re.findall(r'name="form_token" value="([\w-]{20,})"', page)
    return token


@each_row("button", ["_save", "_continue", "_addanother"])
@each_row(("name", "model", "typed"), ADDED)
def test_a_double_press_of_save_adds_one(catalogue, desk, name, model, typed, button):
    address = reverse(f"admin:{name}_add")
    form = {**typed, button: "1", "form_token": token_on(desk.get(address).text)}

    first = desk.post(address, form)
    counts = model.objects.count(), Event.objects.count(), LogEntry.objects.count()
    second = desk.post(address, form)

    assert first.status_code == 302
    assert (second.status_code, second.url) == (302, first.url)
    assert (model.objects.count(), Event.objects.count(), LogEntry.objects.count()) == counts
    assert "already exists" not in desk.get(second.url).text


def test_without_a_token_a_form_is_saved_as_before(catalogue, desk):
    address = reverse("admin:licences_crmapplication_add")

    for name, token in (("Rolodex", {}), ("Filofax", {"form_token": "of-an-earlier-release"})):
        assert desk.post(address, {"name": name, "works": "yes", **token}).status_code == 302

    assert CrmApplication.objects.count() == 2


def test_a_form_with_an_error_uses_no_token_and_is_saved_when_it_is_right(catalogue, desk):
    address = reverse("admin:licences_crmapplication_add")
    token = token_on(desk.get(address).text)

    assert desk.post(address, {"name": "", "works": "yes", "form_token": token}).status_code == 200
    assert not FormToken.objects.exists()
    assert desk.post(address, {"name": "Rolodex", "works": "yes", "form_token": token}).status_code == 302

    assert CrmApplication.objects.get().name == "Rolodex"


def test_a_used_token_gives_nothing_to_who_has_no_permission(catalogue, desk, auditor, as_user):
    address = reverse("admin:licences_crmapplication_add")
    form = {"name": "Rolodex", "works": "yes", "form_token": token_on(desk.get(address).text)}
    desk.post(address, form)

    assert as_user(auditor).post(address, form).status_code == 403


def test_back_and_another_name_are_said_to_be_unsaved(catalogue, desk):
    address = reverse("admin:licences_crmapplication_add")
    form = {"name": "Rolodex", "works": "yes", "form_token": token_on(desk.get(address).text)}
    desk.post(address, form)

    page = desk.post(address, {**form, "name": "Filofax"}, follow=True).text

    assert "What you changed since is not saved." in page
    assert CrmApplication.objects.get().name == "Rolodex"


def test_a_password_that_is_sent_twice_is_set_once(desk, clerk):
    address = reverse("admin:auth_user_password_change", args=[clerk.pk])
    form = {"usable_password": "true", **PASSWORDS, "form_token": token_on(desk.get(address).text)}

    answers = [desk.post(address, form).status_code for _again in range(2)]

    assert answers == [302, 302]
    assert SignInEvent.objects.filter(user=clerk).count() == 1


def test_a_confirmed_file_that_is_confirmed_twice_is_imported_once(catalogue, desk):
    file = SimpleUploadedFile("products.csv", b"sku,name,slot\nXCH-ZZZ,Last,31\n")
    upload = {"import_file": file, "format": "0", "resource": "0"}
    page = desk.post(reverse("admin:licences_product_import"), upload).text
    form = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))
    address = reverse("admin:licences_product_process_import")

    first, second = desk.post(address, form), desk.post(address, form)

    assert (first.status_code, first.url) == (second.status_code, second.url)
    assert first.status_code == 302
    assert Product.objects.filter(sku="XCH-ZZZ").count() == 1
