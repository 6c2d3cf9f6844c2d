"""Single sign-on, against a provider on this machine, over real HTTP."""

import pytest
import requests
from allauth.socialaccount.models import SocialAccount, SocialToken
from cryptography.hazmat.primitives.asymmetric import rsa
from django.contrib.auth.models import User
from django.test import Client

from licensing_portal.accounts import usernames
from licensing_portal.accounts.models import SignInEvent
from tests.accounts.people import LOGIN, code_for, is_signed_in, with_app
from tests.accounts.provider import CLIENT_ID, CLIENT_SECRET, Provider
from tests.tables import each_row

pytestmark = pytest.mark.django_db

START = "/accounts/sso/"
CALLBACK = "/accounts/sso/callback/"


@pytest.fixture(scope="module")
def running():
    provider = Provider()
    yield provider
    provider.stop()


@pytest.fixture
def provider(running, settings):
    """Configured, and every test begins with the right answers."""
    running.signing_key, running.userinfo, running.audience, running.error = running.key, None, CLIENT_ID, ""
    settings.OIDC = {
        "provider_id": "sso",
        "name": "Example ID",
        "client_id": CLIENT_ID,
        "secret": CLIENT_SECRET,
        "settings": {"server_url": running.url},
    }
    return running


@pytest.fixture
def with_address(clerk):
    clerk.email = "Clerk@example.com"
    clerk.save()
    return clerk


def come_back(client: Client, start: str = START):
    """Go to the provider and back; returns the portal's answer."""
    leaving = client.get(start)
    sent_back = requests.get(leaving["Location"], allow_redirects=False, timeout=10).headers["Location"]
    return client.get(sent_back.removeprefix("http://testserver"))


# --- In ----------------------------------------------------------------------------------------------


def test_a_verified_address_is_joined_to_the_account_that_is_here(provider, with_address, client):
    provider.is_now("subject-1", "clerk@EXAMPLE.com", name="Somebody")

    assert come_back(client)["Location"] == "/"

    assert is_signed_in(client)
    account = SocialAccount.objects.get()
    assert (account.user, account.uid, account.extra_data) == (with_address, "subject-1", {})
    assert not SocialToken.objects.exists()
    assert User.objects.count() == 1
    kinds = list(SignInEvent.objects.order_by("at", "pk").values_list("kind", "username", "detail"))
    assert kinds == [("joined", "clerk", ""), ("signed-in", "clerk", "socialaccount")]


def test_after_that_the_identity_counts_and_not_the_address(provider, with_address, supervisor):
    provider.is_now("subject-1", "clerk@example.com")
    come_back(Client())
    supervisor.email = "new@example.com"
    supervisor.save()
    provider.is_now("subject-1", "new@example.com", verified=False)

    client = Client()
    come_back(client)

    assert "clerk" in client.get("/accounts/").content.decode()
    assert SocialAccount.objects.get().user == with_address
    assert SocialAccount.objects.get().extra_data == {}


def test_it_leads_on_to_the_page_that_was_asked_for(provider, with_address, client):
    provider.is_now("subject-1", "clerk@example.com")

    assert come_back(client, f"{START}?next=/relicensing/")["Location"] == "/relicensing/"
    assert come_back(Client(), f"{START}?next=https://evil.example/")["Location"] == "/"


def test_the_login_page_offers_it_by_name_only_when_it_is_configured(provider, client, settings):
    assert "Log in with Example ID" in client.get(LOGIN).content.decode()

    settings.OIDC = None

    assert START not in client.get(LOGIN).content.decode()
    assert client.get(START).status_code == 404
    assert client.get(CALLBACK).status_code == 404


def test_people_of_a_domain_may_come_by_themselves_where_a_setting_says_so(provider, client, settings):
    settings.OIDC_SIGN_UP_DOMAINS = ["Example.com"]
    provider.is_now("subject-2", "new.person@example.com", preferred_username="new.person")

    assert come_back(client)["Location"] == "/"

    user = User.objects.get()
    assert (user.username, user.email) == ("new.person", "new.person@example.com")
    assert not user.has_usable_password()
    assert not user.is_staff
    assert not user.groups.exists()


@each_row("name", ["clerk", "Clerk", "c1erk", "\u0441lerk"])
def test_nobody_comes_with_a_name_that_looks_like_anothers(name, clerk, provider, client, settings):
    settings.OIDC_SIGN_UP_DOMAINS = ["example.com"]
    provider.is_now("subject-2", "new.person@example.com", preferred_username=name)

    assert come_back(client)["Location"] == "/"

    new = User.objects.exclude(pk=clerk.pk).get()
    assert usernames.look_alike_keys(new.username).isdisjoint(usernames.look_alike_keys("clerk"))
    assert new.username


# --- Not in ------------------------------------------------------------------------------------------


def refused(client: Client, sentence: str, *, code: str) -> None:
    answer = come_back(client)
    assert answer.status_code == 403
    assert sentence in answer.content.decode()
    assert not is_signed_in(client)
    assert not SocialAccount.objects.exists()
    assert SignInEvent.objects.filter(kind="refused", detail=code).exists()


def test_an_unknown_address_is_refused(provider, with_address, client):
    provider.is_now("subject-3", "stranger@example.com")

    refused(client, "There is no account with your e-mail address.", code="unknown")
    assert User.objects.count() == 1


@each_row("domain", ["example.com.evil.example", "evil-example.com", "sub.example.com"])
def test_a_domain_that_looks_like_ours_is_refused(domain, provider, client, settings):
    settings.OIDC_SIGN_UP_DOMAINS = ["example.com"]
    provider.is_now("subject-3", f"x@{domain}")

    refused(client, "There is no account with your e-mail address.", code="unknown")


@each_row("verified", [False, None, "true", "false", 0])
def test_an_address_that_is_not_verified_is_refused(verified, provider, with_address, client):
    provider.is_now("subject-4", "clerk@example.com", verified=verified)

    refused(client, "The provider has not verified your e-mail address.", code="unverified")


@each_row("look_alike", ["cler\u212a@example.com", "\u017ftaff@example.com", "l\u0131cence@example.com"])
def test_an_address_that_only_looks_like_ours_is_refused(look_alike, provider, with_address, client):
    """A database may take a dotless i, a long s or the sign for kelvin for ours."""
    for address, name in (("clerk@example.com", "clerk"), ("staff@example.com", "s"), ("licence@example.com", "l")):
        User.objects.update_or_create(username=name, defaults={"email": address})
    provider.is_now("subject-4", look_alike)

    refused(client, "There is no account with your e-mail address.", code="unknown")


def test_no_address_is_refused(provider, with_address, client):
    provider.is_now("subject-5", None)

    refused(client, "did not send your e-mail address", code="no-address")


def test_an_address_that_two_accounts_have_is_refused(provider, with_address, supervisor, client):
    supervisor.email = "clerk@example.com"
    supervisor.save()
    provider.is_now("subject-6", "clerk@example.com")

    refused(client, "More than one account has your e-mail address.", code="ambiguous")


def test_someone_who_is_switched_off_is_refused_also_when_joined(provider, with_address):
    provider.is_now("subject-1", "clerk@example.com")
    with_address.is_active = False
    with_address.save()
    refused(Client(), "Your account is disabled.", code="inactive")
    with_address.is_active = True
    with_address.save()
    come_back(Client())
    with_address.is_active = False
    with_address.save()

    client = Client()

    assert come_back(client).status_code == 403
    assert not is_signed_in(client)


def test_nobody_joins_an_identity_from_within_an_account(provider, with_address, as_user):
    browser = as_user(with_address)
    provider.is_now("somebody-else", "other@example.com")

    assert come_back(browser, f"{START}?process=connect").status_code == 403
    assert not SocialAccount.objects.exists()


def test_a_token_and_a_directory_that_tell_two_persons_are_refused(provider, with_address, client):
    provider.is_now("subject-7", "clerk@example.com")
    provider.userinfo = {**provider.claims, "sub": "subject-8"}

    refused(client, "is inconsistent", code="contradiction")


def not_accepted(client: Client) -> None:
    answer = come_back(client)
    assert answer.status_code == 401
    assert "Single sign-on did not work" in answer.content.decode()
    assert not is_signed_in(client)
    assert not SocialAccount.objects.exists()


def test_a_token_that_somebody_else_signed_is_not_accepted(provider, with_address, client):
    provider.is_now("subject-9", "clerk@example.com")
    provider.signing_key = rsa.generate_private_key(public_exponent=65537, key_size=2048)

    not_accepted(client)


def test_a_token_for_another_client_is_not_accepted(provider, with_address, client):
    provider.is_now("subject-9", "clerk@example.com")
    provider.audience = "another"

    not_accepted(client)


def test_a_wrong_secret_is_not_accepted(provider, with_address, client, settings):
    provider.is_now("subject-9", "clerk@example.com")
    settings.OIDC = {**settings.OIDC, "secret": "wrong"}

    not_accepted(client)


def test_a_link_that_somebody_else_began_is_not_accepted(provider, with_address, client):
    provider.is_now("subject-9", "clerk@example.com")
    leaving = Client().get(START)
    sent_back = requests.get(leaving["Location"], allow_redirects=False, timeout=10).headers["Location"]

    assert client.get(sent_back.removeprefix("http://testserver")).status_code == 401
    assert not is_signed_in(client)


def test_whoever_cancels_is_told_so(provider, client):
    provider.error = "access_denied"

    answer = come_back(client)

    assert answer["Location"] == "/accounts/sso/cancelled/"
    assert "You cancelled single sign-on." in client.get(answer["Location"]).content.decode()


def test_a_provider_that_is_not_there_is_said_in_words(provider, client, settings):
    settings.OIDC = {**settings.OIDC, "settings": {"server_url": "http://127.0.0.1:9"}}

    answer = client.get(START)

    assert answer.status_code == 401
    assert "the provider cannot be reached" in answer.content.decode()


# --- And the second factor -----------------------------------------------------------------------------


def test_it_is_no_second_factor_by_itself(provider, with_address, client, settings):
    settings.SECOND_FACTOR = "required"
    provider.is_now("subject-1", "clerk@example.com")
    come_back(client)

    assert client.get("/")["Location"].startswith("/accounts/second-factor/")


def test_whoever_has_one_is_asked_for_it(provider, with_address, client, settings):
    settings.SECOND_FACTOR = "required"
    secret = with_app(with_address)
    provider.is_now("subject-1", "clerk@example.com")

    answer = come_back(client)

    assert answer["Location"] == "/accounts/login/second-factor/"
    assert not is_signed_in(client)
    client.post(answer["Location"], {"code": code_for(secret)})
    assert client.get("/").status_code == 200


def test_a_setting_lets_the_provider_answer_for_it(provider, with_address, client, settings):
    settings.SECOND_FACTOR, settings.OIDC_SECOND_FACTOR = "required", True
    with_app(with_address)
    provider.is_now("subject-1", "clerk@example.com")

    assert come_back(client)["Location"] == "/"
    assert client.get("/").status_code == 200
    password_only = Client()
    password_only.force_login(with_address)
    assert password_only.get("/").status_code == 302


def test_someone_without_a_password_sets_a_second_factor_up(provider, with_address, client, settings):
    settings.SECOND_FACTOR = "required"
    with_address.set_unusable_password()
    with_address.save()
    provider.is_now("subject-1", "clerk@example.com")
    come_back(client)

    assert client.get("/accounts/second-factor/app/").status_code == 200
