"""Names that are one to a person are one to the portal: at the login page, and wherever a user gets a name."""

from io import StringIO

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.core.management.commands import check
from hypothesis import given
from hypothesis import strategies as st

from licensing_portal.accounts import checks, usernames
from licensing_portal.accounts.models import LockOut
from tests.accounts.people import PASSWORD, is_signed_in, log_in
from tests.tables import each_row

FULL_WIDTH = "\uff43\uff4c\uff45\uff52\uff4b"  # clerk
CYRILLIC = "\u0441l\u0435rk"  # clerk, with c and e of another script
THE_SAME = ["Clerk", "CLERK", FULL_WIDTH, "cl\u00aderk", "cl\u200berk", "\u2066clerk\u2069"]
LOOKS_THE_SAME = [*THE_SAME, CYRILLIC, "\u0421LERK", "c\u0406erk", "c1erk", "cIerk"]


# --- The two forms -----------------------------------------------------------------------------------


@each_row("name", THE_SAME)
def test_case_width_and_what_cannot_be_seen_make_no_other_name(name):
    assert usernames.folded(name) == "clerk"


@given(st.text(max_size=40))
def test_what_is_folded_stays_as_it_is(name):
    assert usernames.folded(usernames.folded(name)) == usernames.folded(name)


@given(st.text(max_size=40))
def test_names_that_fold_to_one_look_alike(name):
    assert not usernames.look_alike_keys(name).isdisjoint(usernames.look_alike_keys(usernames.folded(name)))


@each_row(
    ("one", "other"),
    [
        ("admin", "adm1n"),
        ("admin", "adrnin"),
        ("anna", "\u0430nn\u0430"),
        ("Ida", "lda"),
        ("otto", "0tt0"),
        ("walter", "vvalter"),
        ("BOB", "\u0412\u041e\u0412"),
        ("nikos", "nik\u03bfs"),
    ],
)
def test_names_that_are_drawn_alike_look_alike(one, other):
    assert not usernames.look_alike_keys(one).isdisjoint(usernames.look_alike_keys(other))


@each_row(
    ("one", "other"),
    [
        ("kai", "kal"),
        ("anna", "anne"),
        ("m.meier", "m.maier"),
        ("user1", "user2"),
        ("j\u00f6rg", "jorg"),
        ("ivan", "\u0438\u0432\u0430\u043d"),
    ],
)
def test_names_of_different_people_do_not(one, other):
    assert usernames.look_alike_keys(one).isdisjoint(usernames.look_alike_keys(other))


# --- Logging in --------------------------------------------------------------------------------------


@each_row("name", ["clerk", *THE_SAME])
def test_a_name_may_be_typed_in_any_case(name, clerk):
    client, _answer = log_in(name)

    assert is_signed_in(client)


def test_a_look_alike_is_another_name(clerk):
    client, answer = log_in(CYRILLIC)

    assert not is_signed_in(client)
    assert "Wrong username or password" in answer.content.decode()


def test_of_several_users_who_have_one_name_each_types_it_exactly(clerk):
    User.objects.create_user("Clerk", password="another long password")

    assert is_signed_in(log_in("clerk")[0])
    assert is_signed_in(log_in("Clerk", "another long password")[0])
    assert not is_signed_in(log_in("CLERK")[0])


def test_other_spellings_give_no_more_attempts(clerk):
    for name in ("clerk", "CLERK", FULL_WIDTH, "cl\u00aderk", "clerk"):
        log_in(name, "wrong")

    assert "Too many failed attempts." in log_in("Clerk")[1].content.decode()
    assert LockOut.objects.filter(kind=LockOut.Kind.ACCOUNT).count() == 1


def test_spellings_of_a_name_that_nobody_has_count_together_as_well(db):
    for name in ("nobody", "NOBODY", "No\u00adbody"):
        log_in(name, "wrong")

    assert LockOut.objects.get(kind=LockOut.Kind.ACCOUNT).failures == 3


# --- Every door to a name ----------------------------------------------------------------------------


@each_row("name", LOOKS_THE_SAME)
def test_nobody_gets_a_name_that_looks_like_anothers(name, clerk):
    with pytest.raises(ValidationError, match="This name looks like “clerk”"):
        usernames.refuse_look_alike(name)


@each_row("name", ["Clerk", CYRILLIC, "c1erk"])
def test_an_administrator_cannot_add_one(name, clerk, administrator, as_user):
    new = {"username": name, "usable_password": "true", "password1": "a new long word", "password2": "a new long word"}
    answer = as_user(administrator).post("/admin/auth/user/add/", new)

    assert answer.status_code == 200
    words = answer.content.decode()
    assert "looks like “clerk”, the name of another user" in words or "already exists" in words
    assert not User.objects.filter(username=name).exists()


def changed(user, **values):
    form = {"username": user.username, "email": user.email, "first_name": "", "last_name": "", "is_active": "on"}
    return {**form, "date_joined_0": "2026-11-01", "date_joined_1": "10:00:00", **values}


@each_row("name", ["Clerk", CYRILLIC, "c1erk"])
def test_an_administrator_cannot_rename_somebody_to_one(name, clerk, stranger, administrator, as_user):
    answer = as_user(administrator).post(f"/admin/auth/user/{stranger.pk}/change/", changed(stranger, username=name))

    assert "looks like “clerk”, the name of another user" in answer.content.decode()
    stranger.refresh_from_db()
    assert stranger.username == "stranger"


def test_names_that_there_are_already_can_be_kept_and_put_right(clerk, administrator, as_user):
    double, browser = User.objects.create_user("CLERK", password=PASSWORD), as_user(administrator)
    page = f"/admin/auth/user/{double.pk}/change/"

    assert browser.post(page, changed(double, first_name="Carla")).status_code == 302
    assert browser.post(page, changed(double, username="Clerk")).status_code == 200
    assert browser.post(page, changed(double, username="carla")).status_code == 302
    double.refresh_from_db()
    assert (double.username, double.first_name) == ("carla", "")


def test_somebody_may_write_their_own_name_otherwise(clerk, administrator, as_user):
    answer = as_user(administrator).post(f"/admin/auth/user/{clerk.pk}/change/", changed(clerk, username="Clerk"))

    assert answer.status_code == 302


@each_row("name", ["Clerk", CYRILLIC])
def test_the_command_makes_no_such_superuser(name, clerk):
    with pytest.raises(CommandError, match="This name looks like “clerk”"):
        call_command("createsuperuser", "--noinput", username=name, email="a@example.org")

    assert not User.objects.filter(is_superuser=True).exists()


def test_the_command_makes_others(clerk):
    call_command("createsuperuser", "--noinput", username="root", email="a@example.org", stdout=StringIO())

    assert User.objects.get(is_superuser=True).username == "root"


# --- Those that there are ----------------------------------------------------------------------------


def test_the_check_names_users_that_have_one_name(clerk, administrator):
    User.objects.create_user("CLERK")
    User(username=FULL_WIDTH).save()  # its manager would make it narrow

    (found,) = checks.check_folded_names(databases=["default"])

    assert found.id == "accounts.W001"
    assert r"'clerk', 'CLERK', '\uff43\uff4c\uff45\uff52\uff4b'" in found.msg
    assert "admin" not in found.msg


def test_it_is_part_of_the_check_of_the_database(clerk):
    User.objects.create_user("CLERK")
    words = StringIO()

    call_command(check.Command(stdout=words, stderr=words), databases=["default"])

    assert "accounts.W001" in words.getvalue()


def test_without_such_users_it_says_nothing(clerk, administrator):
    assert checks.check_folded_names(databases=["default"]) == []
    assert checks.check_folded_names(databases=[]) == []
    assert checks.check_folded_names() == []


def test_before_there_is_a_table_it_says_nothing(db, monkeypatch):
    monkeypatch.setattr(User._meta, "db_table", "not_there_yet")

    assert checks.check_folded_names(databases=["default"]) == []
