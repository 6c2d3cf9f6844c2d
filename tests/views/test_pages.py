"""What pages show and do not show to whom. Who may open which page is in ``tests/roles``."""

import pytest
from django.contrib import admin
from django.urls import reverse

from licences.models import Event, Product, Serial, UnlockCode
from tests import factories
from tests.roles.expectations import DESKS, SUPERVISOR
from tests.tables import each_row

pytestmark = pytest.mark.django_db


@pytest.fixture
def addresses(catalogue):
    """Pages of something that exists."""
    code = factories.registered()
    return {
        "serial": reverse("serial", args=[code.serial.code]),
        "customer": reverse("customer", args=[code.serial.site.customer_id]),
    }


def test_a_support_agent_sees_no_code_anywhere(addresses, support_agent, as_user):
    code = UnlockCode.objects.earliest("pk")
    browser = as_user(support_agent)
    pages = [addresses["serial"], addresses["customer"], "/", f"/lookup/?q={code.serial.code}"]

    for page in (*pages, f"/lookup/?q={code.serial.code}&format=json"):
        text = browser.get(page).content.decode()
        assert "GmbH" in text or page == "/"
        for group in (code.code[:5], code.code[5:10], code.release_code[:5]):
            assert group not in text


def test_a_support_agent_does_not_find_a_serial_by_its_unlock_code(addresses, support_agent, clerk, as_user):
    query = f"/lookup/?q={UnlockCode.objects.earliest('pk').code}&format=json"

    assert as_user(support_agent).get(query).json()["results"] == []
    assert len(as_user(clerk).get(query).json()["results"]) == 1


@each_row(
    "path",
    [
        "/serials/AAAA-BBBB/",
        "/relicensing/999999/",
        "/unlock-codes/999999/",
        "/customers/999999/",
        "/nowhere/",
    ],
)
def test_what_does_not_exist_is_a_page_in_our_frame(path, clerk, as_user):
    response = as_user(clerk).get(path)

    assert response.status_code == 404
    assert b"topbar" in response.content


@each_row("path", ["/", "/admin/", "/lookup/?q=x", "/nowhere/", "/accounts/login/"])
def test_every_answer_has_the_strict_headers(path, clerk, as_user):
    headers = as_user(clerk).get(path).headers

    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cache-Control"] == "no-store" or "no-cache" in headers["Cache-Control"]


def test_the_admin_has_no_way_round_the_operations(addresses, supervisor, administrator, as_user):
    serial = Serial.objects.latest("pk")
    for person in (supervisor, administrator):
        browser = as_user(person)
        assert browser.get("/admin/licences/serial/add/").status_code == 403
        assert browser.post(f"/admin/licences/serial/{serial.pk}/delete/", {"post": "yes"}).status_code == 403
        assert b'name="_save"' not in browser.get(f"/admin/licences/serial/{serial.pk}/change/").content


def test_an_administrator_cannot_become_a_superuser(administrator, as_user):
    page = as_user(administrator).get(f"/admin/auth/user/{administrator.pk}/change/").content.decode()

    assert 'name="is_superuser"' not in page
    assert 'name="user_permissions"' not in page


def test_roles_are_ticked_under_the_name_that_they_have_everywhere(administrator, clerk, as_user):
    page = as_user(administrator).get(f"/admin/auth/user/{clerk.pk}/change/").content.decode()

    label = page[page.index('name="groups"') - 800 : page.index('name="groups"')]
    assert "Roles:" in label
    assert "Groups:" not in label


def test_a_new_product_is_saved_with_an_event(administrator, as_user, db):
    answer = as_user(administrator).post("/admin/licences/product/add/", {"sku": "XCH-NEW", "name": "New", "slot": 12})

    assert answer.status_code == 302
    assert Product.objects.get(sku="XCH-NEW").slot == 12
    said = {"id": Product.objects.get(slot=12).pk, "product": "XCH-NEW", "name": "New", "slot": 12}
    assert Event.objects.get().details == {"products": [said]}
    assert Event.objects.get().actor == "admin"


def test_every_admin_list_and_form_opens(addresses, supervisor, as_user):
    browser = as_user(supervisor)
    opened = 0
    for model in admin.site._registry:
        if SUPERVISOR not in DESKS[model._meta.label_lower].see:
            continue
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        assert browser.get(reverse(f"{name}_changelist"), {"q": "müller"}).status_code in (200, 302)
        first = model._default_manager.first()
        if first is not None:
            assert browser.get(reverse(f"{name}_change", args=[first.pk])).status_code == 200
            opened += 1
    assert opened >= 8
