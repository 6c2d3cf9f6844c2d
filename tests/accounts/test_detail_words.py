"""The details of login events in the words of the reader."""

import pytest
from django.urls import reverse
from django.utils import translation

from licensing_portal.accounts.detail_words import detail_in_words
from licensing_portal.accounts.models import SignInEvent
from tests.administration.admin_lists import csv_rows, export


def test_the_ways_to_log_in_are_told_in_words_and_what_is_unknown_stays():
    with translation.override("de"):
        assert detail_in_words("password + totp") == "Passwort + App"
        assert detail_in_words("3") == "3"
        assert detail_in_words("") == ""


@pytest.mark.django_db
def test_the_list_and_its_export_tell_a_german_reader_who_and_how(administrator, as_user):
    SignInEvent.objects.create(kind="factor-removed", username="anna", by="server", detail="totp")
    browser = as_user(administrator)
    browser.defaults["HTTP_ACCEPT_LANGUAGE"] = "de"

    page = browser.get(reverse("admin:accounts_signinevent_changelist")).text
    file = csv_rows(export(browser, SignInEvent, columns=["kind", "by", "detail"]))

    assert 'field-by">Server</td>' in page
    assert [[cell.lower() for cell in row] for row in file[1:] if row[2]] == [
        ["zweiter faktor entfernt", "server", "app"]
    ]
    assert file[1][1] == "Server"


@pytest.mark.django_db
def test_the_list_of_login_events_is_german_for_a_german_reader(administrator, as_user):
    SignInEvent.objects.create(kind="signed-in", username="anna", detail="password")

    page = as_user(administrator).get(
        reverse("admin:accounts_signinevent_changelist"), headers={"accept-language": "de"}
    )

    assert "Passwort</td>" in page.text
