"""A table that one test walks tells as much as a test for each row, and its rows do not see each other."""

import os

import pytest
from django.contrib.auth.models import User
from django.core import mail

from tests.tables import each_row


def test_every_row_that_fails_is_named_and_the_others_are_not(request):
    @each_row(("said", "heard"), [(1, 1), ("Maier", "Meier"), (3, 3), pytest.param(4, 5, id="off by one")])
    def table(said, heard):
        assert said == heard

    with pytest.raises(ExceptionGroup, match="2 of 4 rows are wrong") as raised:
        table(request=request)

    assert [error.__notes__ for error in raised.value.exceptions] == [
        ["Row:  ('Maier', 'Meier')"],
        ["Row: off by one (4, 5)"],
    ]


def test_a_row_alone_raises_what_it_raised_and_the_rows_behind_it_are_walked(request):
    walked = []

    @each_row("number", [1, 0, 2])
    def table(number):
        walked.append(number)
        assert 1 / number

    with pytest.raises(ZeroDivisionError):
        table(request=request)

    assert walked == [1, 0, 2]


def test_a_row_that_skips_or_expects_too_much_fails(request):
    @each_row("row", ["skips", "expects"])
    def table(row):
        if row == "skips":
            pytest.skip("not here")
        with pytest.raises(KeyError):
            pass

    with pytest.raises(ExceptionGroup) as raised:
        table(request=request)

    assert {type(error) for error in raised.value.exceptions} == {AssertionError}


def test_a_table_is_not_empty_and_marks_no_row():
    for rows in ([], [pytest.param(1, marks=pytest.mark.xfail)]):
        with pytest.raises(AssertionError):
            each_row("row", rows)


def test_two_tables_are_walked_crosswise(request):
    walked = []

    @each_row("outer", "ab")
    @each_row("inner", [1, 2])
    def table(outer, inner):
        walked.append((outer, inner))

    table(request=request)

    assert walked == [("a", 1), ("a", 2), ("b", 1), ("b", 2)]


@pytest.fixture
def sent(monkeypatch):
    """What is sent by way of a function that was replaced, which keeps the list."""
    made = []
    monkeypatch.setattr(mail, "send_mass_mail", made.append)
    return made


@each_row("name", ["first", "second"])
def test_a_row_finds_what_other_code_adds_to_the_list_of_a_fixture_and_nothing_of_the_row_before(name, sent):
    assert sent == []

    mail.send_mass_mail(name)

    assert sent == [name]


@each_row("name", ["first", "second"])
def test_a_row_finds_nothing_of_the_one_before(name, clerk, client, settings, monkeypatch, tmp_path, capsys):
    assert list(User.objects.all()) == [clerk]
    assert (clerk.first_name, client.cookies.output(), mail.outbox, list(tmp_path.iterdir())) == ("", "", [], [])
    assert (settings.LICENSING_PHONE, hasattr(settings, "SECRET_KEY"), "ROW" in os.environ) == ("", True, False)
    assert capsys.readouterr().out == ""

    User.objects.create_user(name)
    clerk.first_name = name
    clerk.save()
    client.force_login(clerk)
    mail.send_mail(name, "", "from@example.com", ["to@example.com"])
    (tmp_path / name).touch()
    settings.LICENSING_PHONE = name
    del settings.SECRET_KEY
    monkeypatch.setenv("ROW", name)
    print(name)  # noqa: T201
