"""The same form sent twice begins one thing (docs/decisions.md#the-same-form-twice)."""

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from licences import operations
from licences.models import FileImport, FormToken, Registration, Relicensing, Serial
from tests.imports import files

pytestmark = pytest.mark.django_db

NEW = "/relicensing/new/"
TOKEN = re.compile(r'name="form_token" value="([\w-]{20,})"')


def tokens_on(browser, address: str) -> list[str]:
    return TOKEN.findall(browser.get(address).content.decode())


def answers(old, **others) -> dict[str, str]:
    return {
        "serial": old.serial.code,
        "site_id": "4K7MPO2WQZ8R",
        "server_version": "2.6",
        "client_version": "2.6",
        "customer_name": "Somebody",
        "purpose": "reinstall",
        **others,
    }


def test_a_new_request_that_is_sent_twice_is_one(old, clerk, as_user):
    browser = as_user(clerk)
    (token,) = tokens_on(browser, NEW)

    first = browser.post(NEW, answers(old, form_token=token))
    second = browser.post(NEW, answers(old, form_token=token))

    request = Relicensing.objects.get()
    assert first["Location"] == second["Location"] == request.get_absolute_url()
    assert request.checks.count() == 1


def test_each_page_has_a_token_of_its_own(old, clerk, as_user):
    browser = as_user(clerk)

    assert tokens_on(browser, NEW) != tokens_on(browser, NEW)


def test_an_unknown_token_and_none_at_all_are_accepted(old, clerk, as_user):
    browser = as_user(clerk)

    browser.post(NEW, answers(old))
    browser.post(NEW, answers(old))
    browser.post(NEW, answers(old, form_token="of-an-earlier-release"))
    browser.post(NEW, answers(old, form_token="x" * 5000))

    assert Relicensing.objects.count() == 4


def test_an_old_token_is_accepted_again(old, clerk, as_user):
    browser = as_user(clerk)
    (token,) = tokens_on(browser, NEW)
    browser.post(NEW, answers(old, form_token=token))

    assert operations.apply_retention(now=timezone.now() + timedelta(days=1))["form tokens"] == 0
    assert operations.apply_retention(now=timezone.now() + timedelta(days=3))["form tokens"] == 1
    as_user(clerk).post(NEW, answers(old, form_token=token))

    assert Relicensing.objects.count() == 2


def test_a_token_is_nobody_elses(old, clerk, supervisor, as_user):
    (token,) = tokens_on(as_user(clerk), NEW)
    as_user(clerk).post(NEW, answers(old, form_token=token))

    as_user(supervisor).post(NEW, answers(old, form_token=token))

    assert Relicensing.objects.count() == 2


def test_what_was_typed_since_is_said_to_be_unsaved(old, clerk, as_user):
    browser = as_user(clerk)
    (token,) = tokens_on(browser, NEW)
    browser.post(NEW, answers(old, form_token=token))

    page = browser.post(NEW, answers(old, customer_name="Other", form_token=token), follow=True)

    assert Relicensing.objects.count() == 1
    assert "What you changed since is not saved." in page.content.decode()


def test_a_form_with_errors_uses_no_token(old, clerk, as_user):
    browser = as_user(clerk)
    (token,) = tokens_on(browser, NEW)

    assert browser.post(NEW, answers(old, purpose="", form_token=token)).status_code == 422
    assert not FormToken.objects.exists()
    browser.post(NEW, answers(old, form_token=token))

    assert Relicensing.objects.count() == 1


def test_a_refused_form_uses_no_token(old, supervisor, as_user):
    browser = as_user(supervisor)
    address = f"/serials/{old.serial.code}/block/"
    (token,) = tokens_on(browser, address)

    assert browser.post(address, {"reason": " ", "form_token": token}).status_code == 422
    assert not FormToken.objects.exists()


def test_a_double_click_on_block_does_not_lift_the_block(old, supervisor, as_user):
    browser = as_user(supervisor)
    address = f"/serials/{old.serial.code}/block/"
    (token,) = tokens_on(browser, address)

    for _again in range(2):
        browser.post(address, {"reason": "Invoice disputed.", "form_token": token})

    assert Serial.objects.get(pk=old.serial.pk).blocked_at is not None


def test_a_second_check_of_the_same_answers_is_one(old, clerk, as_user):
    browser = as_user(clerk)
    browser.post(NEW, answers(old))
    request = Relicensing.objects.get()
    token = tokens_on(browser, request.get_absolute_url())[0]

    for _again in range(2):
        browser.post(request.get_absolute_url(), answers(old, customer_name="Other", form_token=token))

    assert request.checks.count() == 2


def test_new_registration_details_are_saved_once(old, clerk, as_user):
    browser = as_user(clerk)
    address = f"/serials/{old.serial.code}/registrations/new/"
    (token,) = tokens_on(browser, address)
    typed = {
        "name": "Ciboulette", "address_line1": "Kramgasse 61", "contact_name": "A. Roth",
        "contact_phone": "031 1234567", "reason": "They moved in November.", "form_token": token,
    }  # fmt: skip
    before = Registration.objects.count()

    for _again in range(2):
        assert browser.post(address, typed).status_code == 302

    assert Registration.objects.count() == before + 1


def test_a_file_that_is_sent_twice_is_one_import_and_another_file_is_another(
    catalogue, importer, as_user, settings, tmp_path
):
    settings.MEDIA_ROOT = tmp_path
    browser = as_user(importer)
    address = "/purchases/imports/"
    (token,) = tokens_on(browser, address)

    def send(content: bytes) -> str:
        upload = SimpleUploadedFile("purchases.csv", content)
        return browser.post(address, {"file": upload, "kind": "purchases", "form_token": token})["Location"]

    one = files.csv_bytes(files.row())
    assert send(one) == send(one)
    assert FileImport.objects.count() == 1
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 1
    send(files.csv_bytes(files.row("PO-2")))
    assert FileImport.objects.count() == 2


def test_the_next_page_names_the_forms_that_arrived(old, clerk, as_user):
    browser = as_user(clerk)
    (token,) = tokens_on(browser, NEW)

    browser.post(NEW, answers(old, purpose="", form_token=token))
    assert f'data-sent="{token}"' not in browser.get("/").content.decode()
    browser.post(NEW, answers(old, form_token=token))

    assert f'data-sent="{token}"' in browser.get("/").content.decode()


def test_what_a_form_begins_is_undone_together_with_its_token(old, clerk):
    use = operations.use_form_token(token="t", user_number=clerk.pk, content="c")

    def begin() -> None:
        with use:
            operations.block_serial(serial=old.serial.code, reason="Invoice disputed.", by="supervisor")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        begin()

    assert not FormToken.objects.exists()
    assert Serial.objects.get(pk=old.serial.pk).blocked_at is None
