"""The administrator's desk: tables in groups, days as imports take them, slots that are free."""

import re
from datetime import date

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, Permission

from licences.administration.catalogue import free_slots_text
from licences.models import Product, Release
from licensing_portal.admin_groups import GROUPS
from tests.tables import each_row

pytestmark = pytest.mark.django_db
ADD_RELEASE = "/admin/licences/release/add/"
ADD_PRODUCT = "/admin/licences/product/add/"


def test_the_index_has_the_groups_in_their_order_and_internal_tables_last(administrator, as_user):
    administrator.is_superuser = True
    administrator.save()

    groups = list(as_user(administrator).get("/admin/").context["app_list"])

    assert [str(group["name"]) for group in groups] == [
        "People",
        "Other systems",
        "Catalogue",
        "Records",
        "Log",
        "Internal",
    ]
    assert str(groups[2]["models"][0]["name"]) == "Products"


def test_a_group_of_which_one_may_open_nothing_is_left_out(importer, as_user):
    groups = list(as_user(importer).get("/admin/").context["app_list"])

    assert [str(group["name"]) for group in groups] == ["Catalogue", "Records"]


def test_every_table_of_a_group_exists():
    known = {model._meta.label_lower for model in admin.site._registry}

    assert [label for _title, labels in GROUPS for label in labels if label not in known] == []


@each_row("path", ["/admin/auth/user/", "/admin/auth/group/", "/admin/auth/user/{pk}/change/"])
def test_roles_have_the_names_of_their_readers(path, clerk, administrator, as_user):
    browser = as_user(administrator)

    page = browser.get(path.format(pk=clerk.pk), headers={"accept-language": "de"}).content.decode()

    assert "Datenimport" in page
    assert re.findall(r">\s*(?:Importer|Licensing staff)\s*<", page) == []


def test_users_are_asked_for_by_role(clerk, administrator, as_user):
    role = clerk.groups.get()

    page = as_user(administrator).get("/admin/auth/user/", {"groups__id__exact": role.pk})

    assert [user.pk for user in page.context["cl"].result_list] == [clerk.pk]


def test_ticking_a_role_gives_it(clerk, administrator, as_user):
    browser, path = as_user(administrator), f"/admin/auth/user/{clerk.pk}/change/"
    importer = Group.objects.get(name="Importer")
    shown = browser.get(path).context["adminform"].form["shown"].value()

    typed = {"username": "clerk", "is_active": "on", "groups": [importer.pk], "shown": shown}

    answer = browser.post(path, {**typed, "date_joined_0": "2026-11-24", "date_joined_1": "09:00"})

    assert answer.status_code == 302
    assert clerk.groups.get() == importer


@each_row("language", ["en", "de"])
@each_row("typed", ["2026-11-24", "24.11.2026", "20261124", "24.11.26"])
def test_a_day_is_typed_as_imports_take_it(typed, language, administrator, as_user):
    answer = as_user(administrator).post(
        ADD_RELEASE, {"version": "3.1", "released_on": typed}, headers={"accept-language": language}
    )

    assert answer.status_code == 302
    assert Release.objects.get(version="3.1").released_on == date(2026, 11, 24)


def test_a_taken_slot_is_named_with_its_product_and_the_free_ones(catalogue, administrator, as_user):
    taken = Product.objects.get(slot=3)

    answer = as_user(administrator).post(ADD_PRODUCT, {"sku": "XCH-NEW", "name": "New", "slot": "3"})

    assert f"Slot 3 is taken by {taken.name}; free: 7 to 31." in answer.content.decode()
    assert not Product.objects.filter(sku="XCH-NEW").exists()


def test_a_slot_with_a_point_is_no_slot(catalogue, administrator, as_user):
    answer = as_user(administrator).post(ADD_PRODUCT, {"sku": "XCH-NEW", "name": "New", "slot": "9.000"})

    assert "Write the number in digits alone" in answer.content.decode()
    assert not Product.objects.filter(sku="XCH-NEW").exists()


def test_permissions_and_histories_are_named_in_the_language_of_the_reader(administrator, clerk, as_user):
    group = Group.objects.get(name="Auditor")
    clerk.user_permissions.add(Permission.objects.get(codename="view_historicalcustomer"))
    browser, german = as_user(administrator), {"accept-language": "de"}
    as_administrator = browser.get(f"/admin/auth/user/{clerk.pk}/change/", headers=german).text
    administrator.is_superuser = True
    administrator.save()
    pages = [browser.get(f"/admin/auth/{path}/change/", headers=german).text
             for path in (f"group/{group.pk}", f"user/{clerk.pk}")]  # fmt: skip

    choices = "\n".join(re.findall(r"<option value=.*?</option>", "".join(pages), re.S))
    assert "Kunden | früherer Stand eines Kunden | Ansehen" in choices
    assert "Kunden | früherer Stand eines Kunden | Ansehen" in as_administrator
    assert "| Darf Käufe importieren" in choices
    assert [word for word in ("Can ", "historical") if word in choices + as_administrator] == []


@each_row(
    ("taken", "free"),
    [((), "1 to 31"), (range(1, 32), "none"), ((2, *range(4, 32)), "1, 3"), (range(3, 31), "1 to 2, 31")],
)
def test_free_slots_are_ranges(taken, free):
    Product.objects.bulk_create(Product(sku=f"S-{slot}", name=f"{slot}", slot=slot) for slot in taken)

    assert free_slots_text() == free
