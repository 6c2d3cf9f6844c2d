"""Who may export which list; no export reveals what its user may not see."""

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, Permission, User
from django.test import Client
from django.urls import reverse

from licences.administration import installations
from licences.domain.codes import grouped
from licences.models import CheckedItem, Installation, LicenceFile, ReleaseCodeUse, UnlockCode, WrongReleaseCode
from licences.roles import ROLES
from tests.administration.admin_lists import (
    MODELS,
    address,
    columns_of,
    csv_rows,
    export,
    viewer_of_everything_but,
    xlsx_cells,
)
from tests.tables import each_row

pytestmark = pytest.mark.django_db

each_list = each_row("model", MODELS)


@pytest.fixture
def support_desk(support_agent, as_user):
    """A support agent who may open the administration, which the role alone does not permit."""
    support_agent.is_staff = True
    support_agent.save()
    return as_user(support_agent)


# --- Who may ---------------------------------------------------------------------------------------


def member(role):
    user = User.objects.create_user(f"one {role}", password="a long test password", is_staff=True)
    user.groups.set([Group.objects.get(name=role)])
    return user


@each_list
def test_it_sends_who_is_not_logged_in_to_the_login_page(model, client, db):
    for answer in (client.get(address(model, "export")), export(client, model, columns=["id"])):
        assert answer.status_code == 302
        assert answer["Location"].startswith(reverse("login"))


@each_row("role", ROLES)
def test_it_gives_a_file_to_exactly_the_roles_that_may_see_the_list(role, lists, as_user):
    """Opening its page is a cell of tests/roles/test_matrix.py."""
    user = member(role)
    desk = as_user(user)

    for model in MODELS:
        may = f"{model._meta.app_label}.view_{model._meta.model_name}" in ROLES[role]
        columns = columns_of(model, user)[:1]
        assert export(desk, model, columns=columns).status_code == (200 if may else 403), model


def test_a_support_agent_without_access_to_the_administration_gets_no_file(lists, support_agent, as_user):
    desk = as_user(support_agent)
    for model in MODELS:
        answer = desk.post(address(model, "export"), {"format": "csv", "columns": ["id"]}, follow=True)
        assert answer.status_code == 403
        assert "Content-Disposition" not in answer.headers


def test_a_stranger_gets_no_file(lists, stranger, as_user):
    stranger.is_staff = True
    stranger.save()
    desk = as_user(stranger)

    assert {export(desk, model, columns=["id"]).status_code for model in MODELS} == {403}


def test_a_right_that_was_taken_away_ends_at_once(lists, auditor, as_user):
    desk = as_user(auditor)
    assert export(desk, UnlockCode, columns=["code"]).status_code == 200

    auditor.groups.clear()

    assert export(desk, UnlockCode, columns=["code"]).status_code == 403


@each_row("method", ["put", "delete", "patch"])
def test_other_methods_write_and_hand_out_nothing(method, lists, auditor, as_user):
    answer = getattr(as_user(auditor), method)(address(UnlockCode, "export"))

    assert "Content-Disposition" not in answer.headers


def test_a_forged_post_from_another_site_is_refused(lists, auditor):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(auditor)

    assert export(browser, UnlockCode, columns=["code"]).status_code == 403


# --- What nobody may see that way ------------------------------------------------------------------


@pytest.fixture
def secrets(lists):
    """Every code that opens something: as it is stored, and as it is shown."""
    codes = list(UnlockCode.objects.all())
    stored = {code.code for code in codes} | {code.release_code for code in codes}
    assert Installation.objects.exclude(reported_release_code="").exists()
    assert ReleaseCodeUse.objects.exists()
    assert CheckedItem.objects.filter(said__in=[grouped(code) for code in stored]).exists()
    return stored | {grouped(code) for code in stored}


@each_row("format", ["csv", "xlsx"])
def test_no_list_shows_a_code_to_whom_may_see_everything_but_codes(format, secrets, as_user):
    user = viewer_of_everything_but("view_unlockcode")
    desk = as_user(user)

    for model in set(MODELS) - {UnlockCode}:
        answer = export(desk, model, columns=columns_of(model, user), format=format)
        rows = csv_rows(answer) if format == "csv" else [[c.value for c in row] for row in xlsx_cells(answer)]
        assert len(rows) > 1
        assert not [cell for row in rows for cell in row if any(secret in str(cell) for secret in secrets)], model


def test_no_page_shows_a_code_to_whom_may_see_everything_but_codes(secrets, as_user):
    desk = as_user(viewer_of_everything_but("view_unlockcode"))

    for model in set(MODELS) - {UnlockCode}:
        for row in model._default_manager.all():
            page = desk.get(reverse(f"admin:{model._meta.label_lower.replace('.', '_')}_change", args=[row.pk]))
            assert page.status_code == 200
            assert not [secret for secret in secrets if secret in page.content.decode()], row


CODES = {
    UnlockCode: ["code", "release_code"],
    Installation: ["reported_release_code"],
    ReleaseCodeUse: ["release_code"],
    CheckedItem: ["said", "on_record"],
    LicenceFile: ["text"],
    WrongReleaseCode: ["code"],
}


@each_row("role", [role for role in ROLES if role not in ("Supervisor", "Auditor")])
def test_only_supervisors_and_auditors_carry_codes_out(role, secrets, as_user):
    user = member(role)
    desk = as_user(user)

    for model, columns in CODES.items():
        assert not set(columns_of(model, user)).intersection(columns)
        for column in columns:
            answer = export(desk, model, columns=["serial", column])
            assert answer.status_code in (403, 422), column
            assert "Content-Disposition" not in answer.headers


def test_who_takes_calls_exports_the_list_of_codes_without_the_codes_and_is_told_so(secrets, clerk, as_user):
    desk = as_user(clerk)

    page = desk.get(address(UnlockCode, "export")).content.decode()
    rows = csv_rows(export(desk, UnlockCode, columns=columns_of(UnlockCode, clerk)))

    assert "Supervisors and auditors can export them" in page
    assert len(rows) == 1 + UnlockCode.objects.count()
    assert not [cell for row in rows for cell in row if cell in secrets]
    assert [code for code in secrets if code in desk.get(address(UnlockCode, "changelist")).content.decode()]


def test_no_list_hands_a_code_to_who_takes_calls(secrets, clerk, as_user):
    desk = as_user(clerk)

    for model in MODELS:
        if columns := columns_of(model, clerk):
            answer = export(desk, model, columns=columns)
            rows = csv_rows(answer) if answer.streaming else []
            assert not [cell for row in rows for cell in row if any(secret in cell for secret in secrets)], model


@pytest.mark.parametrize("who", ["supervisor", "auditor"])
def test_who_may_export_codes_does_get_them(who, secrets, request, as_user):
    user = request.getfixturevalue(who)
    desk = as_user(user)
    found = set()
    for model in (UnlockCode, Installation, ReleaseCodeUse, CheckedItem):
        for row in csv_rows(export(desk, model, columns=columns_of(model, user))):
            found |= secrets.intersection(row)

    codes = UnlockCode.objects.all()
    assert found >= {grouped(code.code) for code in codes} | {grouped(code.release_code) for code in codes}


def test_a_support_agent_is_not_even_offered_the_release_code(lists, support_desk, support_agent):
    page = support_desk.get(address(Installation, "export")).content.decode()

    assert 'value="site_id"' in page
    assert "reported_release_code" not in page
    assert export(support_desk, Installation, columns=["reported_release_code"]).status_code == 422
    assert export(support_desk, Installation, columns=["site_id", "reported_release_code"]).status_code == 422


def withheld_columns():
    """Every list with a column that needs a permission of its own."""
    return [
        (model, column.attribute)
        for model in MODELS
        for column in admin.site._registry[model].export_table().withheld
        if model is not UnlockCode  # the permission of the column is that of the list
    ]


@each_row("page", ["changelist", "export"])
@each_row("lookup", ["", "__startswith", "__contains", "__in", "__regex", "__gt", "__isnull"])
def test_what_may_not_be_seen_cannot_be_guessed_by_filtering(page, lookup, lists, as_user):
    desk = as_user(viewer_of_everything_but("view_unlockcode", "view_serial"))
    hidden = withheld_columns()

    expected = {"CheckedItem", "Installation", "LicenceFile", "ReleaseCodeUse", "Site", "WrongReleaseCode"}
    assert {model.__name__ for model, _ in hidden} == expected
    for model, attribute in hidden:
        assert desk.get(f"{address(model, page)}?{attribute}{lookup}=A").status_code == 400, attribute


@pytest.mark.parametrize(
    "query",
    [
        "unlock_codes__code__startswith=A",
        "unlock_codes__release_code__startswith=A",
        "serial__unlock_codes__code__startswith=A",
        "release_use__release_code__startswith=A",
        "registrations__serial__unlock_codes__code=A",
    ],
)
def test_codes_cannot_be_guessed_through_what_belongs_to_the_row_either(query, lists, support_desk):
    for page in ("changelist", "export"):
        assert support_desk.get(f"{address(Installation, page)}?{query}").status_code == 400


def test_codes_cannot_be_searched_for(secrets, support_desk):
    for secret in secrets:
        rows = csv_rows(export(support_desk, Installation, columns=["site_id"], query=f"?q={secret}"))
        assert len(rows) == 1


def test_who_may_see_codes_may_filter_by_them(lists, auditor, as_user):
    reported = Installation.objects.exclude(reported_release_code="").get()
    query = f"?reported_release_code={reported.reported_release_code}"

    rows = csv_rows(export(as_user(auditor), Installation, columns=["site_id"], query=query))

    assert rows[1:] == [[str(reported)]]


@each_row("lookup", ["password", "password__startswith"])
def test_passwords_cannot_be_guessed_by_filtering(lookup, administrator, as_user):
    for page in ("changelist", "export"):
        assert as_user(administrator).get(f"{address(User, page)}?{lookup}=a").status_code == 400


# --- What one request leaves behind ----------------------------------------------------------------


def test_what_one_person_was_shown_changes_nothing_for_the_next(lists, support_desk, auditor, as_user):
    def offered():
        return csv_rows(export(as_user(auditor), Installation, columns=columns_of(Installation, auditor)))[0]

    before, options = offered(), dict(vars(installations.InstallationTable._meta))
    export(support_desk, Installation, columns=["site_id"], query="?o=0")

    assert offered() == before
    assert vars(installations.InstallationTable._meta) == options
    assert not installations.InstallationTable.fields["reported_release_code"].choice_names
    assert installations.InstallationTable.fields["serial"].label == ""


# --- Users -----------------------------------------------------------------------------------------


@each_row("page", ["auth_user_change", "auth_user_password_change"])
def test_an_administrator_cannot_become_a_superuser_by_setting_their_password(page, root, administrator, as_user):
    desk = as_user(administrator)
    new = {"password1": "another long password", "password2": "another long password", "username": "mine"}

    answer = desk.post(reverse(f"admin:{page}", args=[root.pk]), new)

    root.refresh_from_db()
    assert answer.status_code == 403
    assert root.check_password("a long test password")
    assert root.username == "root"


def test_an_administrator_may_change_everybody_else(clerk, administrator, as_user):
    new = {"password1": "another long password", "password2": "another long password", "usable_password": "true"}

    answer = as_user(administrator).post(reverse("admin:auth_user_password_change", args=[clerk.pk]), new)

    clerk.refresh_from_db()
    assert answer.status_code == 302
    assert clerk.check_password("another long password")


def test_permissions_and_superusers_are_read_only_for_an_administrator(clerk, administrator, as_user):
    as_user(administrator).post(
        reverse("admin:auth_user_change", args=[clerk.pk]),
        {
            "username": "clerk", "is_active": "on", "is_staff": "on", "is_superuser": "on",
            "user_permissions": [Permission.objects.first().pk], "groups": [Group.objects.first().pk],
            "date_joined_0": "2026-11-24", "date_joined_1": "08:00:00",
        },
    )  # fmt: skip

    clerk.refresh_from_db()
    assert not clerk.is_superuser
    assert not clerk.user_permissions.exists()
    assert list(clerk.groups.all()) == [Group.objects.first()]


def test_a_role_is_exported_by_its_name_on_screen(administrator, clerk, as_user):
    rows = csv_rows(export(as_user(administrator), User, columns=["username", "roles"], query="?o=0"))

    assert ["clerk", "Licensing staff"] in rows
