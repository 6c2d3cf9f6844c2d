"""The page *System check* for administrators: the findings of the doctor (docs/watching.md#the-doctor)."""

import json

import pytest

from licences.models import Product
from licensing_portal.doctor import examine
from tests.servers import free_port

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("healthy_portal")]


def test_an_administrator_sees_what_is_wrong_and_what_to_do(as_user, administrator, settings):
    Product.objects.all().delete()

    page = as_user(administrator).get("/doctor/").content.decode()

    assert "The catalogue has no product" in page
    assert "Enter the products in the administration" in page
    assert "Mail server and certificate were not checked." in page


def test_the_page_connects_only_when_asked_to(as_user, administrator, settings):
    settings.MAIL_IS_SENT, settings.MAIL_TRANSPORT = True, "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()
    browser = as_user(administrator)

    assert "does not answer" not in browser.get("/doctor/").content.decode()
    assert "does not answer" in browser.get("/doctor/?connect=1").content.decode()


def test_the_page_in_german_has_no_english_finding(as_user, administrator, settings):
    Product.objects.all().delete()
    settings.MEDIA_ROOT.chmod(0o755)
    english = {each.what for _check, found in examine(but=("mail", "network")) for each in found}

    page = as_user(administrator).get("/doctor/", headers={"accept-language": "de"}).content.decode()

    assert "Der Katalog enthält kein Produkt" in page
    assert [what for what in english if what in page and "Python" not in what] == []


def test_secrets_are_in_no_finding(settings):
    text = json.dumps([(each.what, each.advice) for _check, found in examine() for each in found])

    assert settings.SECRET_KEY not in text
    assert "0f" * 32 not in text
    assert settings.MFA_ENCRYPTION_KEYS[0] not in text
