"""Importing products in the administration: upload, look at the preview, confirm. All rows or none, none unseen."""

import hashlib

import pytest
from django.contrib.auth.models import Permission, User
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse

from licences import operations
from licences.administration.tables.products import ProductImport
from licences.models import Event, Product
from licences.roles import ROLES
from tests import event_chain
from tests.administration.admin_imports import (
    HEADER,
    IMPORT,
    PROCESS,
    confirm,
    confirmation,
    digest,
    has_button,
    imports_recorded,
    on_record,
    outcomes,
    problems,
    upload,
)
from tests.administration.admin_lists import address
from tests.tables import each_row

pytestmark = pytest.mark.django_db

NEW_AND_RENAMED = HEADER + "XCH-SRV,Xchange Server,1\nXCH-USR,Xchange seat,2\nXCH-NEW,Something new,9\n"


@pytest.fixture
def desk(catalogue, administrator, as_user):
    return as_user(administrator)


# --- From the file to the record -------------------------------------------------------------------


def test_the_list_leads_to_the_import_and_the_page_says_what_a_file_must_hold(desk):
    assert f'href="{IMPORT}"' in desk.get(address(Product, "changelist")).content.decode().replace("'", '"')

    page = desk.get(IMPORT)

    assert page.status_code == 200
    for words in (
        "SKU",
        "<code>sku</code>",
        "<code>name</code>",
        "<code>slot</code>",
        "A number from 1 to 31, each used only once.",
    ):
        assert words in page.content.decode()


def test_the_preview_says_what_would_happen_and_does_nothing(desk):
    before, events = on_record(), Event.objects.count()

    preview = upload(desk, NEW_AND_RENAMED)

    assert preview.status_code == 200
    assert outcomes(preview) == {2: "unchanged", 3: "changed", 4: "new"}
    assert "<del>Xchange user licence</del> <ins>Xchange seat</ins>" in preview.content.decode()
    assert "products.csv" in preview.content.decode()
    assert has_button(preview)
    assert on_record() == before
    assert Event.objects.count() == events


def test_confirming_does_what_the_preview_said(desk):
    before = on_record()

    answer = confirm(desk, upload(desk, NEW_AND_RENAMED))

    assert answer.status_code == 302
    assert answer["Location"] == address(Product, "changelist")
    assert on_record() == before | {"XCH-USR": ("Xchange seat", 2), "XCH-NEW": ("Something new", 9)}
    assert "Imported: 1 new row, 1 changed row." in desk.get(answer["Location"]).content.decode()


def test_an_import_is_one_event_that_says_what_by_whom_and_from_which_file(desk):
    confirm(desk, upload(desk, NEW_AND_RENAMED))

    (event,) = imports_recorded()
    assert event.actor == "admin"
    assert event.details == {
        "products": [
            {"id": Product.objects.get(slot=2).pk, "product": "XCH-USR", "name": "Xchange seat", "slot": 2},
            {"id": Product.objects.get(slot=9).pk, "product": "XCH-NEW", "name": "Something new", "slot": 9},
        ],
        "file": "products.csv",
        "digest": hashlib.sha256(NEW_AND_RENAMED.encode()).hexdigest(),
    }
    assert event_chain.flaws() == []


def test_the_same_file_again_changes_nothing_and_says_so(desk):
    confirm(desk, upload(desk, NEW_AND_RENAMED))
    after = on_record()

    again = upload(desk, NEW_AND_RENAMED)

    assert set(outcomes(again).values()) == {"unchanged"}
    assert "There is nothing to import." in again.content.decode()
    assert not has_button(again)
    assert confirm(desk, again).status_code == 409
    assert on_record() == after
    assert len(imports_recorded()) == 1


def test_a_file_with_a_rejected_row_is_not_imported_not_even_its_valid_rows(desk):
    before = on_record()

    preview = upload(desk, NEW_AND_RENAMED + "XCH-BAD,Bad,99\n")

    assert preview.status_code == 422
    assert "All rows are imported together, or none" in preview.content.decode()
    assert not has_button(preview)
    assert confirm(desk, preview).status_code == 409
    assert on_record() == before
    assert imports_recorded() == []


def test_where_a_row_is_rejected_only_such_rows_are_shown_and_the_others_are_counted(desk):
    preview = upload(desk, NEW_AND_RENAMED + "XCH-BAD,Bad,99\n")

    assert [row.number for row in preview.context["result"].invalid_rows] == [5]
    page = preview.content.decode()
    assert page.count('<span class="outcome">') == 1
    for counted in ("1 rejected", "1 new", "1 changed", "1 unchanged"):
        assert counted in page


def test_a_message_and_a_preview_can_be_read_in_german(desk):
    desk.cookies["django_language"] = "de"

    preview = upload(desk, NEW_AND_RENAMED)
    desk.cookies["django_language"] = "en"

    assert 'lang="de"' in preview.content.decode()
    assert confirm(desk, preview).status_code == 302
    assert "XCH-NEW" in on_record()


# --- What changed in between -----------------------------------------------------------------------


def rename_a_product():
    product = Product.objects.get(sku="XCH-USR")
    product.name = "Renamed meanwhile"
    operations.save_product(product, by="tests")


def add_the_same_product():
    operations.save_product(Product(sku="xch-new", name="Something new", slot=9), by="tests")


def take_the_slot():
    operations.save_product(Product(sku="XCH-OTHER", name="Another", slot=9), by="tests")


@each_row("meanwhile", [rename_a_product, add_the_same_product, take_the_slot])
def test_nothing_is_imported_when_the_records_changed_since_the_preview(meanwhile, desk):
    preview = upload(desk, NEW_AND_RENAMED)
    meanwhile()
    before = on_record()

    answer = confirm(desk, preview)

    assert answer.status_code == 409
    assert "The data has changed since the preview. Nothing was imported" in answer.content.decode()
    assert on_record() == before
    assert imports_recorded() == []
    assert digest(answer) != digest(preview)


def test_what_changed_is_shown_and_can_be_confirmed(desk):
    preview = upload(desk, "Note," + HEADER + ",XCH-USR,Xchange seat,2\n")
    rename_a_product()

    again = confirm(desk, preview)

    assert "<del>Renamed meanwhile</del> <ins>Xchange seat</ins>" in again.content.decode()
    assert "products.csv" in again.content.decode()
    assert "These columns are ignored: <bdi>Note</bdi>" in again.content.decode()
    assert confirm(desk, preview).status_code == 409
    assert confirm(desk, again).status_code == 302
    assert on_record()["XCH-USR"] == ("Xchange seat", 2)


def test_a_slot_that_was_taken_since_is_named_with_who_has_it(desk):
    preview = upload(desk, NEW_AND_RENAMED)
    take_the_slot()

    again = confirm(desk, preview)

    assert problems(again, 4) == [("Slot", "9 is already used by Another.")]
    assert not has_button(again)


def test_a_product_that_somebody_adds_at_the_very_moment_is_a_change_too(desk, monkeypatch):
    record = ProductImport.record
    preview = upload(desk, NEW_AND_RENAMED)

    def meanwhile(accepted, **values):
        add_the_same_product()
        record(accepted, **values)

    monkeypatch.setattr(ProductImport, "record", staticmethod(meanwhile))
    answer = confirm(desk, preview)

    assert answer.status_code == 409
    assert "XCH-NEW" not in on_record()
    assert on_record()["XCH-USR"] == ("Xchange user licence", 2)


def test_all_of_it_is_one_transaction(desk, monkeypatch):
    preview = upload(desk, NEW_AND_RENAMED)
    before, save = on_record(), Product.save

    def fail_at_the_second(product, **options):
        if product.sku == "XCH-NEW":
            raise IntegrityError("as if the power failed")
        save(product, **options)

    monkeypatch.setattr(Product, "save", fail_at_the_second)
    answer = confirm(desk, preview)

    assert answer.status_code == 409
    assert on_record() == before
    assert imports_recorded() == []


# --- Previews that are not there -------------------------------------------------------------------


@each_row("posted", [{}, {"preview": ""}, {"preview": "0" * 64}, {"preview": "Ünsinn\0"}])
def test_what_was_not_previewed_is_not_imported(posted, desk):
    before = on_record()
    for prepare in (lambda: None, lambda: upload(desk, NEW_AND_RENAMED)):
        prepare()
        answer = desk.post(PROCESS, posted)
        assert answer.status_code == 409
        assert "This preview is no longer available. Nothing was imported" in answer.content.decode()
    assert on_record() == before


def test_a_preview_can_be_confirmed_once(desk):
    preview = upload(desk, NEW_AND_RENAMED)
    assert "import:licences.product" in desk.session

    assert confirm(desk, preview).status_code == 302
    assert "import:licences.product" not in desk.session
    assert confirm(desk, preview).status_code == 302  # the same form again leads to what it began
    assert desk.post(PROCESS, confirmation(preview) | {"form_token": ""}).status_code == 409
    assert len(imports_recorded()) == 1


def test_a_later_upload_takes_the_place_of_an_earlier_one(desk):
    first = upload(desk, NEW_AND_RENAMED)
    second = upload(desk, HEADER + "XCH-B,B,10\n")

    assert confirm(desk, first).status_code == 409
    assert "XCH-NEW" not in on_record()
    assert confirm(desk, second).status_code == 302
    assert "XCH-B" in on_record()


def test_a_rejected_upload_takes_away_what_waited_before_it(desk):
    first = upload(desk, NEW_AND_RENAMED)
    upload(desk, HEADER + "XCH-B,B,99\n")

    assert confirm(desk, first).status_code == 409
    assert "XCH-NEW" not in on_record()


def test_nobody_confirms_the_preview_of_somebody_else(desk, as_user):
    preview = upload(desk, NEW_AND_RENAMED)
    other = User.objects.create_superuser("root", password="a long test password")

    assert confirm(as_user(other), preview).status_code == 409
    assert "XCH-NEW" not in on_record()
    assert confirm(desk, preview).status_code == 302


def test_after_the_session_has_ended_the_file_is_uploaded_again(desk, administrator):
    preview = upload(desk, NEW_AND_RENAMED)
    desk.session.flush()

    answer = confirm(desk, preview)
    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse("login"))

    desk.force_login(administrator)
    landed = desk.get(PROCESS, follow=True)
    assert landed.redirect_chain == [(IMPORT, 302)]
    assert "This preview is no longer available. Nothing was imported" in landed.content.decode()
    assert "XCH-NEW" not in on_record()


# --- Who may ---------------------------------------------------------------------------------------


@each_row("path", [IMPORT, PROCESS])
def test_it_sends_who_is_not_logged_in_to_the_login_page(path, catalogue, client):
    for answer in (client.get(path), client.post(path, {"preview": "0" * 64}), upload(client, NEW_AND_RENAMED)):
        assert answer.status_code == 302
        assert answer["Location"].startswith(reverse("login"))


@each_row("role", ROLES)
def test_only_administrators_import_products(role, catalogue, as_user):
    user = User.objects.create_user("someone", password="a long test password", is_staff=True)
    user.groups.add(user.groups.model.objects.get(name=role))
    desk = as_user(user)
    may = role == "Administrator"

    assert desk.get(IMPORT).status_code == (200 if may else 403)
    assert upload(desk, NEW_AND_RENAMED).status_code == (200 if may else 403)
    assert desk.post(PROCESS, {"preview": "0" * 64}).status_code == (409 if may else 403)
    assert (IMPORT in desk.get(address(Product, "changelist")).content.decode()) == may


@each_row("codename", ["add_product", "change_product"])
def test_half_of_the_permission_is_not_enough(codename, catalogue, as_user):
    user = User.objects.create_user("half", password="a long test password", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=[codename, "view_product"]))
    desk = as_user(user)

    assert desk.get(IMPORT).status_code == 403
    assert upload(desk, NEW_AND_RENAMED).status_code == 403
    assert "XCH-NEW" not in on_record()


def test_who_loses_the_permission_after_the_preview_imports_nothing(desk, administrator):
    preview = upload(desk, NEW_AND_RENAMED)
    administrator.groups.clear()

    assert confirm(desk, preview).status_code == 403
    assert "XCH-NEW" not in on_record()


def test_a_forged_confirmation_from_another_site_is_refused(catalogue, administrator):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(administrator)

    assert browser.post(PROCESS, {"preview": "0" * 64}).status_code == 403
    assert upload(browser, NEW_AND_RENAMED).status_code == 403


def test_other_methods_import_nothing(desk):
    upload(desk, NEW_AND_RENAMED)

    for method in ("put", "delete", "patch", "head"):
        getattr(desk, method)(PROCESS)
    assert "XCH-NEW" not in on_record()


# --- What one request leaves behind ----------------------------------------------------------------


def test_the_resource_is_the_same_after_an_import_as_before(desk):
    def state():
        columns = {name: vars(column) for name, column in ProductImport.fields.items()}
        return dict(vars(ProductImport._meta)), {name: dict(each) for name, each in columns.items()}

    before = state()
    confirm(desk, upload(desk, NEW_AND_RENAMED))
    upload(desk, HEADER + "XCH-BAD,Bad,99\n")

    assert state() == before
