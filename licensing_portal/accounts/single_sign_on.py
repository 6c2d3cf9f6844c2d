"""Single sign-on by OpenID Connect. The provider authenticates the user; the account must exist here.

An identity is linked once to the account with its e-mail address, if the provider has verified that address. Nothing
else is taken from the provider: roles are given here.
"""

from typing import Any, NoReturn

from allauth.account.adapter import get_adapter as get_account_adapter
from allauth.account.utils import user_email, user_username
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
    "contradiction": _("The provider’s answer is inconsistent. For your safety it was not accepted."),
    "no-address": _("The provider did not send your e-mail address, so your account cannot be found."),
    "unverified": _("The provider has not verified your e-mail address. Have it verified there, then log in again."),
    "unknown": _("There is no account with your e-mail address. Ask an administrator to create one."),
    "ambiguous": _("More than one account has your e-mail address. Ask an administrator to correct this."),
    "inactive": _("Your account is disabled. If this is a mistake, ask an administrator."),
}


class SingleSignOnAdapter(DefaultSocialAccountAdapter):
    def list_apps(self, request: HttpRequest, provider: Any = None, client_id: Any = None) -> list[SocialApp]:
        """Return the provider configured by the environment. Providers in the database are ignored."""
        app = settings.OIDC
        if not app or (provider not in (None, "openid_connect", app["provider_id"])):
            return []
        return [SocialApp(provider="openid_connect", **app)]

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Link the identity to its account, or refuse; then allauth continues the login."""
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
            identities.link_identity(sociallogin.account, found[0], request=request)
        elif not self.is_open_for_signup(request, sociallogin):
            refuse(request, "unknown")
        return None

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        domain = _email(sociallogin).rpartition("@")[2]
        return any(_is_same(domain, allowed) for allowed in settings.OIDC_SIGN_UP_DOMAINS)

    def save_user(self, request: HttpRequest, sociallogin: SocialLogin, form: Any = None) -> User:
        """Create the account. The provider's user name is a suggestion: if another user has it or looks like it,
        another name is chosen.
        """
        user = sociallogin.user
        user_email(user, _email(sociallogin))
        told = [user_username(user), _email(sociallogin), "user"]
        user_username(user, get_account_adapter(request).generate_unique_username(told))
        identities.make_account(user, sociallogin.account, request=request)
        return user


def _claims(sociallogin: SocialLogin) -> dict[str, Any]:
    data = sociallogin.account.extra_data
    return data.get("userinfo") or data.get("id_token") or {}


def _email(sociallogin: SocialLogin) -> str:
    return str(_claims(sociallogin).get("email") or "").strip()


def _is_same(one: str, other: str) -> bool:
    """Compare addresses case-insensitively in ASCII only: elsewhere ``ı`` could pass for ``I``, which is another
    person.
    """
    return one == other or (one.isascii() and other.isascii() and one.lower() == other.lower())


def _verified_email(request: HttpRequest, sociallogin: SocialLogin) -> str:
    email = _email(sociallogin)
    if not email:
        refuse(request, "no-address")
    if _claims(sociallogin).get("email_verified") is not True:
        refuse(request, "unverified")
    return email


def _refuse_other_purposes(request: HttpRequest, sociallogin: SocialLogin) -> None:
    """Refuse linking from within an account, and identities on which token and user info disagree."""
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
    events.record_sign_in_event(SignInEvent.Kind.REFUSED, user=user, request=request, detail=code)
    page = render(request, "socialaccount/authentication_error.html", {"sentence": SENTENCES[code]}, status=403)
    raise ImmediateHttpResponse(page)


# --- The two pages -----------------------------------------------------------------------------------


class _Provider(OpenIDConnectOAuth2Adapter):
    def _decode_id_token(self, app: SocialApp, id_token: str) -> dict[str, Any]:
        """Verify the token with the provider's key every time, even where the standard allows TLS to replace that."""
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
    """Redirect to the provider; 404 if none is configured."""
    return _answer(OAuth2LoginView, request, provider_id)


@login_not_required
def callback(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Handle the redirect back from the provider."""
    return _answer(OAuth2CallbackView, request, provider_id)


def _answer(view: Any, request: HttpRequest, provider_id: str) -> HttpResponse:
    provider = _Provider(request, provider_id)
    try:
        return view.adapter_view(provider)(request)
    except SocialApp.DoesNotExist:
        raise Http404 from None
    except (RequestException, LookupError, ValueError) as error:  # not there, or not what the standard says
        return render_authentication_error(request, provider.get_provider(), exception=error)
