"""Pages of Django's administration speak German throughout, also where Django itself has no German yet."""

import re

from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from licences.models import CheckedItem
from licensing_portal.borrowed_sentences import SENTENCES
from tests import factories
from tests.tables import each_row

OURS = ("How the user logs in", "With a password", "Roles, name and e-mail follow")


@each_row("page", ["add/", "{}/change/", "{}/password/"])
def test_the_pages_of_a_user(administrator, clerk, as_user, page):
    clerk.set_unusable_password()
    clerk.save()
    address = f"/admin/auth/user/{page.format(clerk.pk)}"

    german = as_user(administrator).get(address, headers={"accept-language": "de"})

    assert german.headers["Content-Language"] == "de"
    english = [
        sentence for sentence in (*SENTENCES, *OURS, "Whether the user will", "Enabled") if sentence in german.text
    ]
    assert english == []


def test_the_buttons_of_one_page_say_one_word_for_save(administrator, catalogue, as_user):
    page = as_user(administrator).get(
        f"/admin/licences/product/{catalogue[0].pk}/change/", headers={"accept-language": "de"}
    )

    assert 'value="Speichern und weiter bearbeiten"' in page.text
    assert "Sichern" not in page.text


def test_the_list_of_background_tasks_is_german(auditor, as_user):
    task = DBTaskResult.objects.create(args_kwargs={"args": [1]}, task_path="tests.task", run_after=timezone.now())
    browser = as_user(auditor)
    browser.defaults["HTTP_ACCEPT_LANGUAGE"] = "de"

    answers = [browser.get(f"/admin/django_tasks_database/dbtaskresult/{end}") for end in ("", f"{task.pk}/change/")]
    pages = [re.sub(r"<[^>]+>", " ", answer.text) for answer in answers]

    english = ("Task Result", "Tasks Database", "riority", "queue name", "Queue name", "nqueued", "Ready", "ask name",
               "un after", "raceback:")  # fmt: skip
    assert [word for page in pages for word in english if word in page] == []
    assert all("Hintergrundaufgaben" in page for page in pages)


def test_the_list_of_checked_items_gives_reasons_as_sentences(auditor, catalogue, as_user):
    code = factories.registered()
    request = factories.request(code, customer_name="Somebody else")
    browser = as_user(auditor)
    assert CheckedItem.objects.exclude(reason="").exists()
    codes = set(CheckedItem.objects.exclude(reason="").values_list("reason", flat=True))

    pages = [
        browser.get("/admin/licences/checkeditem/").text,
        browser.get(f"/admin/licences/checklistcheck/{request.checks.get().pk}/change/").text,
    ]

    assert [code for page in pages for code in codes if code in page] == []
