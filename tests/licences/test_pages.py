"""Who may open and post to which page: every page without login, without permission, and with it."""

import pytest
from django.contrib import admin
from django.urls import reverse

from licences import operations, urls
from licences.domain.checklist import Answers
from licences.models import Event, Product, Serial, UnlockCode
from tests import factories
from tests.licences.imports.doors import confirmed, preview
from tests.licences.imports.files import csv_bytes, row

pytestmark = pytest.mark.django_db

GET, POST = "get", "post"
# (page, method) → the roles that are let in. Whoever is not named gets 403.
EVERYONE = {"support", "clerk", "supervisor", "importer", "auditor", "admin", "stranger"}
LOOK_UP = {"support", "clerk", "supervisor", "importer", "auditor", "admin"}
TAKE_CALLS = {"clerk", "supervisor"}
READ_CASES = {"clerk", "supervisor", "auditor"}
IMPORT = {"clerk", "supervisor", "importer"}
READ_IMPORTS = {"clerk", "supervisor", "importer", "auditor"}
ACCESS = {
    ("desk", GET): EVERYONE,
    ("lookup", GET): LOOK_UP,
    ("facts", GET): LOOK_UP,
    ("serial", GET): LOOK_UP,
    ("customer", GET): LOOK_UP,
    ("register", GET): TAKE_CALLS,
    ("register", POST): TAKE_CALLS,
    ("serial-update", POST): TAKE_CALLS,
    ("registration-renew", GET): TAKE_CALLS,
    ("registration-renew", POST): TAKE_CALLS,
    ("customer-correct", GET): TAKE_CALLS,
    ("customer-merge", GET): {"supervisor"},
    ("customer-merge", POST): {"supervisor"},
    ("quality", GET): READ_CASES,
    ("quality-list", GET): READ_CASES,
    ("customer-correct", POST): TAKE_CALLS,
    ("serial-block", GET): {"supervisor"},
    ("serial-block", POST): {"supervisor"},
    ("relicensings", GET): READ_CASES,
    ("relicensing-new", GET): TAKE_CALLS,
    ("relicensing-new", POST): TAKE_CALLS,
    ("relicensing", GET): READ_CASES,
    ("relicensing", POST): TAKE_CALLS,
    ("relicensing-confirm", POST): TAKE_CALLS,
    ("relicensing-decide", POST): {"supervisor"},
    ("relicensing-issue", POST): TAKE_CALLS,
    ("relicensing-withdraw", POST): TAKE_CALLS,
    ("unlock-code", GET): READ_CASES,
    ("imports", GET): READ_IMPORTS,
    ("imports", POST): IMPORT,
    ("import-template", GET): IMPORT,
    ("import", GET): READ_IMPORTS,
    ("import-confirm", POST): IMPORT,
    ("import-similar", POST): IMPORT,
    ("import-withdraw", POST): IMPORT,
    ("import-rejected", GET): READ_IMPORTS,
    ("import-serials", GET): READ_IMPORTS,
    ("unlock-code-licence-file", GET): READ_CASES,
    ("case-file", GET): READ_CASES,
    ("case-file-pdf", GET): READ_CASES,
    ("export-log", POST): {"auditor"},
    ("customer-history", GET): READ_CASES,
    ("customer-data", GET): {"supervisor"},
    ("customer-erase", GET): {"supervisor"},
    ("customer-erase", POST): {"supervisor"},
}


@pytest.fixture
def cast(support_agent, clerk, supervisor, importer, auditor, administrator, stranger):
    people = (support_agent, clerk, supervisor, importer, auditor, administrator, stranger)
    return {person.username: person for person in people}


@pytest.fixture
def addresses(catalogue):
    """One address per page, each of something that exists."""
    code = factories.registered()
    request = operations.open_request(
        answers=Answers(serial=code.serial.code), purpose="reinstall", by="tests", today=factories.TODAY
    )
    rows = csv_bytes(row("PO-1"), row("PO-2", product="XCH-NIL"))
    imported = confirmed(preview(rows), accept_valid=True)
    arguments = {
        "import": [imported.pk],
        "import-template": ["purchases", "csv"],
        "import-rejected": [imported.pk, "csv"],
        "import-serials": [imported.pk, "csv"],
        "serial": [code.serial.code],
        "customer": [code.serial.site.customer_id],
        "quality-list": ["never-registered"],
        "relicensing": [request.pk],
        "unlock-code": [code.pk],
    }
    prefixes = {
        "registration-renew": "serial",
        "unlock-code-licence-file": "unlock-code",
        "case-file": "serial",
        "case-file-pdf": "serial",
    }
    return {
        name: reverse(name, args=arguments.get(name) or arguments.get(prefixes.get(name, name.split("-")[0]), []))
        for name, _ in ACCESS
        if name not in ("relicensing-new",)
    } | {"relicensing-new": reverse("relicensing-new")}


def test_every_page_of_ours_is_in_the_table():
    assert {pattern.name for pattern in urls.urlpatterns} == {name for name, _ in ACCESS}


@pytest.mark.parametrize(("name", "method"), ACCESS)
def test_it_sends_who_is_not_logged_in_to_the_login_page(name, method, addresses, client):
    response = getattr(client, method)(addresses[name])

    assert response.status_code == 302
    assert response["Location"].startswith(reverse("login"))


@pytest.mark.parametrize(("name", "method"), ACCESS)
def test_it_lets_in_exactly_the_roles_of_the_table(name, method, addresses, cast, as_user):
    for username, person in cast.items():
        status = getattr(as_user(person), method)(addresses[name]).status_code
        if username in ACCESS[name, method]:
            assert status in (200, 302, 422), username
        else:
            assert status == 403, username


@pytest.mark.parametrize("name", sorted({name for name, _ in ACCESS}))
def test_it_answers_other_methods_with_405(name, addresses, supervisor, as_user):
    browser = as_user(supervisor)
    allowed = {method for page, method in ACCESS if page == name}

    assert browser.put(addresses[name]).status_code == 405
    for method in {GET, POST} - allowed:
        assert getattr(browser, method)(addresses[name]).status_code == 405


def test_a_support_agent_sees_no_code_anywhere(addresses, support_agent, as_user):
    code = UnlockCode.objects.get()
    browser = as_user(support_agent)
    pages = [addresses["serial"], addresses["customer"], "/", f"/lookup/?q={code.serial.code}"]

    for page in (*pages, f"/lookup/?q={code.serial.code}&format=json"):
        text = browser.get(page).content.decode()
        assert "GmbH" in text or page == "/"
        for group in (code.code[:5], code.code[5:10], code.release_code[:5]):
            assert group not in text


def test_a_support_agent_does_not_find_a_serial_by_its_unlock_code(addresses, support_agent, clerk, as_user):
    query = f"/lookup/?q={UnlockCode.objects.get().code}&format=json"

    assert as_user(support_agent).get(query).json()["results"] == []
    assert len(as_user(clerk).get(query).json()["results"]) == 1


@pytest.mark.parametrize(
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


@pytest.mark.parametrize("path", ["/", "/admin/", "/lookup/?q=x", "/nowhere/", "/accounts/login/"])
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


def test_a_new_product_is_saved_with_an_event(administrator, as_user, db):
    answer = as_user(administrator).post("/admin/licences/product/add/", {"sku": "XCH-NEW", "name": "New", "slot": 12})

    assert answer.status_code == 302
    assert Product.objects.get(sku="XCH-NEW").slot == 12
    assert Event.objects.get().details == {"products": [{"product": "XCH-NEW", "name": "New", "slot": 12}]}
    assert Event.objects.get().actor == "admin"


def test_every_admin_list_and_form_opens(addresses, supervisor, as_user):
    browser = as_user(supervisor)
    opened = 0
    for model in admin.site._registry:
        if model._meta.app_label not in ("licences", "customers"):
            continue
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        assert browser.get(reverse(f"{name}_changelist"), {"q": "müller"}).status_code in (200, 302)
        first = model._default_manager.first()
        if first is not None:
            assert browser.get(reverse(f"{name}_change", args=[first.pk])).status_code == 200
            opened += 1
    assert opened >= 8
