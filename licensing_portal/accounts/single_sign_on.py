"""Single sign-on by OpenID Connect: the provider says who someone is, and the account must be here already.

An identity is joined to the account that has its e-mail address, once, if the provider has verified it. Nothing else
about the account is taken from the provider: roles are given here.
"""

from typing import Any, NoReturn

from allauth.account.adapter import get_adapter as get_account_adapter
from allauth.account.utils import user_email
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.helpers import render_authentication_error
from allauth.socialaccount.internal import jwtkit
from allauth.socialaccount.models import SocialApp, SocialLogin
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from requests import RequestException

from licensing_portal.accounts.models import SignInEvent
from licensing_portal.accounts.operations import events, identities

SENTENCES = {
    "not-offered": _("Single sign-on is for logging in only."),
    "contradiction": _("The provider’s answer contradicts itself. For your safety it was not accepted."),
    "no-address": _("The provider did not tell your e-mail address, so there is no account to join it to."),
    "unverified": _("The provider has not verified your e-mail address. Have it verified there, then log in again."),
    "unknown": _("There is no account with your e-mail address. An administrator makes it first."),
    "ambiguous": _("More than one account has your e-mail address. An administrator has to put that right first."),
    "inactive": _("Your account is switched off. Ask an administrator if it should not be."),
}


class SingleSignOnAdapter(DefaultSocialAccountAdapter):
    def list_apps(self, request: HttpRequest, provider: Any = None, client_id: Any = None) -> list[SocialApp]:
        """Configured by the environment, and by nothing in the database."""
        app = settings.OIDC
        if not app or (provider not in (None, "openid_connect", app["provider_id"])):
            return []
        return [SocialApp(provider="openid_connect", **app)]

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Join the identity to its account, or refuse; after this allauth goes on with the login."""
        _refuse_other_purposes(request, sociallogin)
        if sociallogin.is_existing:
            identities.forget_claims(sociallogin.account)  # allauth has just kept them
            return _refuse_inactive(request, sociallogin.user)
        email = _verified_email(request, sociallogin)
        found = [user for user in User.objects.filter(email__iexact=email) if _is_same(user.email, email)]
        if len(found) > 1:
            refuse(request, "ambiguous")
        if found:
            _refuse_inactive(request, found[0])
            sociallogin.user = found[0]
            identities.join(sociallogin.account, found[0], request=request)
        elif not self.is_open_for_signup(request, sociallogin):
            refuse(request, "unknown")
        return None

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        domain = _email(sociallogin).rpartition("@")[2]
        return any(_is_same(domain, allowed) for allowed in settings.OIDC_SIGN_UP_DOMAINS)

    def save_user(self, request: HttpRequest, sociallogin: SocialLogin, form: Any = None) -> User:
        user = sociallogin.user
        user_email(user, _email(sociallogin))
        get_account_adapter(request).populate_username(request, user)
        identities.make_account(user, sociallogin.account, request=request)
        return user


def _claims(sociallogin: SocialLogin) -> dict[str, Any]:
    data = sociallogin.account.extra_data
    return data.get("userinfo") or data.get("id_token") or {}


def _email(sociallogin: SocialLogin) -> str:
    return str(_claims(sociallogin).get("email") or "").strip()


def _is_same(one: str, other: str) -> bool:
    """But for capital letters, and these in ASCII alone: elsewhere ``ı`` may pass for ``I``, another person."""
    return one == other or (one.isascii() and other.isascii() and one.lower() == other.lower())


def _verified_email(request: HttpRequest, sociallogin: SocialLogin) -> str:
    email = _email(sociallogin)
    if not email:
        refuse(request, "no-address")
    if _claims(sociallogin).get("email_verified") is not True:
        refuse(request, "unverified")
    return email


def _refuse_other_purposes(request: HttpRequest, sociallogin: SocialLogin) -> None:
    """No joining from within an account, and no identity that the token and the directory tell differently."""
    if sociallogin.state.get("process") != "login":
        refuse(request, "not-offered")
    told = sociallogin.account.extra_data
    subjects = {told[each]["sub"] for each in ("userinfo", "id_token") if told.get(each)}
    if len(subjects) != 1:
        refuse(request, "contradiction")


def _refuse_inactive(request: HttpRequest, user: User) -> None:
    if not user.is_active:
        refuse(request, "inactive", user)


def refuse(request: HttpRequest, code: str, user: User | None = None) -> NoReturn:
    events.record(SignInEvent.Kind.REFUSED, user=user, request=request, detail=code)
    page = render(request, "socialaccount/authentication_error.html", {"sentence": SENTENCES[code]}, status=403)
    raise ImmediateHttpResponse(page)


# --- The two pages -----------------------------------------------------------------------------------


class _Provider(OpenIDConnectOAuth2Adapter):
    def _decode_id_token(self, app: SocialApp, id_token: str) -> dict[str, Any]:
        """Checked by the provider's key each time, also where the standard would let TLS stand in for that."""
        config = self.openid_config
        return jwtkit.verify_and_decode(
            credential=id_token,
            keys_url=config["jwks_uri"],
            issuer=config["issuer"],
            audience=app.client_id,
            lookup_kid=jwtkit.lookup_kid_jwk,
        )


@login_not_required
def login(request: HttpRequest, provider_id: str) -> HttpResponse:
    """To the provider. 404 where none is configured."""
    return _answer(OAuth2LoginView, request, provider_id)


@login_not_required
def callback(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Back from the provider."""
    return _answer(OAuth2CallbackView, request, provider_id)


def _answer(view: Any, request: HttpRequest, provider_id: str) -> HttpResponse:
    provider = _Provider(request, provider_id)
    try:
        return view.adapter_view(provider)(request)
    except SocialApp.DoesNotExist:
        raise Http404 from None
    except (RequestException, LookupError, ValueError) as error:  # not there, or not what the standard says
        return render_authentication_error(request, provider.get_provider(), exception=error)
