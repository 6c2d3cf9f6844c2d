"""The roles in Django's groups are those of the table, whatever was done to them by hand."""

import io

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.core.management import call_command

from licences import roles
from licences.models import Product
from tests.roles import expectations

pytestmark = pytest.mark.django_db


def held(group: Group) -> set[str]:
    names = group.permissions.values_list("content_type__app_label", "codename")
    return {f"{label}.{codename}" for label, codename in names}


def permission(name: str) -> Permission:
    label, _, codename = name.partition(".")
    return Permission.objects.get(content_type__app_label=label, codename=codename)


def test_there_are_the_six_roles_of_the_domain():
    assert set(roles.ROLES) == set(roles.ROLE_NAMES) == set(expectations.ROLES)


def test_every_group_holds_exactly_what_the_table_says():
    assert {group.name: held(group) for group in Group.objects.all()} == roles.ROLES


def test_what_was_added_to_a_role_by_hand_goes_and_what_was_taken_comes_back():
    group = Group.objects.get(name="Support agent")
    group.permissions.add(permission("licences.view_unlockcode"), permission("auth.delete_user"))
    group.permissions.remove(permission("licences.view_serial"))

    call_command("migrate", verbosity=0, stdout=io.StringIO())

    assert held(group) == roles.ROLES["Support agent"]


def test_what_is_removed_from_the_table_is_removed_from_the_people(monkeypatch, clerk):
    assert clerk.has_perm("licences.relicense")
    fewer = roles.ROLES["Licensing staff"] - {"licences.relicense"}
    monkeypatch.setitem(roles.ROLES, "Licensing staff", fewer)

    roles.write_groups()

    assert not User.objects.get(pk=clerk.pk).has_perm("licences.relicense")


def test_a_role_that_was_deleted_by_hand_comes_back():
    Group.objects.get(name="Auditor").delete()

    roles.write_groups()

    assert held(Group.objects.get(name="Auditor")) == roles.ROLES["Auditor"]


def test_a_group_of_another_name_is_left_alone():
    mine = Group.objects.create(name="Evening shift")
    mine.permissions.add(permission("licences.view_serial"))

    roles.write_groups()

    assert held(mine) == {"licences.view_serial"}


# --- What docs/domain.md says of them -----------------------------------------------------------------------

READING = ("view_",)


def test_support_agents_only_look_up():
    assert all(name.partition(".")[2].startswith(READING) for name in roles.ROLES["Support agent"])


@pytest.mark.parametrize("role", ["Support agent", "Importer", "Administrator"])
@pytest.mark.parametrize(
    "model", ["unlockcode", "licencefile", "checkeditem", "releasecodeuse", "wrongreleasecode", "emergency", "event"]
)
def test_these_roles_see_nothing_that_has_a_code(role, model):
    assert f"licences.view_{model}" not in roles.ROLES[role]


def test_auditors_see_all_that_anybody_sees_and_change_nothing():
    everything = {name for held in roles.ROLES.values() for name in held if ".view_" in name}

    # Put together from what they see anyway; a verification changes nothing that it verifies.
    files = {"licences.read_case_file", "licences.export_log", "licences.export_unlockcode"}
    assert roles.ROLES["Auditor"] == everything | files | {"licences.add_logcheck"}


def test_supervisors_may_what_staff_may_and_decide():
    more = roles.ROLES["Supervisor"] - roles.ROLES["Licensing staff"]

    assert roles.ROLES["Licensing staff"] < roles.ROLES["Supervisor"]
    deciding = {"decide_checklist", "agree_by_hand", "issue_emergency", "block_serial", "transfer_serial"}
    deciding |= {"share_qualityfilter"}
    customers = {"merge_customer", "export_customer", "erase_customer"}
    assert more == (
        {f"licences.{each}" for each in deciding}
        | {f"customers.{each}" for each in customers}
        | {
            "licences.export_unlockcode",
            "licences.send_to_new_address",
            "licences.view_dailyfigure",
            "licences.view_renewals",
        }
        | {"accounts.view_lockout", "accounts.unlock"}
    )


def test_nobody_removes_anything_by_role_but_profiles_of_senders_whose_events_keep_them():
    removed = {name for held in roles.ROLES.values() for name in held if ".delete_" in name}

    assert removed == {"licences.delete_senderprofile"}


def test_administrators_write_users_facts_keys_and_webhooks_and_nothing_that_customers_bought():
    writes = {name for name in roles.ROLES["Administrator"] if ".view_" not in name}
    kept = {"product", "release", "crmapplication", "supportcontact", "programkey", "webhook"}

    accounts = {"auth.add_user", "auth.change_user", "accounts.unlock"}
    reminders = {"licences.change_reminder", "licences.change_reminderrule"}
    assert writes == accounts | reminders | {f"licences.{verb}_{model}" for verb in ("add", "change") for model in kept}


# --- Nobody raises himself ------------------------------------------------------------------------------


def test_an_administrator_gives_roles_to_others_but_none_to_himself(administrator, clerk, as_user):
    browser = as_user(administrator)
    supervisors = Group.objects.get(name="Supervisor")
    dates = {"date_joined_0": "2026-11-24", "date_joined_1": "08:00:00"}
    wanted = {"is_active": "on", "is_staff": "on", "groups": [supervisors.pk], **dates}

    for person in (administrator, clerk):
        address = f"/admin/auth/user/{person.pk}/change/"
        assert browser.post(address, {"username": person.username, **wanted}).status_code == 302

    assert list(clerk.groups.all()) == [supervisors]
    assert [group.name for group in administrator.groups.all()] == ["Administrator"]


def test_the_page_of_a_user_shows_no_hash_of_a_password(administrator, auditor, clerk, as_user):
    for person in (administrator, auditor):
        page = as_user(person).get(f"/admin/auth/user/{clerk.pk}/change/").content.decode()
        assert clerk.username in page
        assert clerk.password not in page
        assert clerk.password.rpartition("$")[2] not in page


def test_a_list_that_nobody_may_see_is_no_list_of_a_role():
    """Every permission of the table is one that Django knows, so that no slip of the pen gives or takes anything."""
    known = {f"{each.content_type.app_label}.{each.codename}" for each in Permission.objects.select_related()}

    assert {name for held in roles.ROLES.values() for name in held} <= known
    assert Product._meta.label_lower in expectations.DESKS
