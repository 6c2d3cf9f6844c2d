"""The pages of one's own account that are ours; allauth's own views serve the others, in our templates."""

from typing import Any

from allauth.account import views as account_views
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from licensing_portal.accounts import devices, second_factor
from licensing_portal.accounts.operations import sessions
from licensing_portal.accounts.people import SignedInRequest


class LoginView(account_views.LoginView):
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"single_sign_on": settings.OIDC}


class PasswordChangeView(account_views.PasswordChangeView):
    def dispatch(self, request: SignedInRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Whoever comes by single sign-on only has no password, and gets none here: it would be a second way in."""
        if not request.user.has_usable_password():
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def get_default_success_url(self) -> str:
        return "/accounts/"


@require_GET
def account(request: SignedInRequest) -> HttpResponse:
    factors = list(Authenticator.objects.filter(user=request.user).order_by("created_at"))
    codes = next((factor for factor in factors if factor.type == Authenticator.Type.RECOVERY_CODES), None)
    return render(
        request,
        "account/account.html",
        {
            "app": next((factor for factor in factors if factor.type == Authenticator.Type.TOTP), None),
            "passkeys": [factor for factor in factors if factor.type == Authenticator.Type.WEBAUTHN],
            "codes": codes,
            "codes_left": len(codes.wrap().get_unused_codes()) if codes else 0,
            "is_obliged": settings.SECOND_FACTOR == "required" and second_factor.is_obliged(request.user),
        },
    )


@require_GET
def set_up(request: SignedInRequest) -> HttpResponse:
    """Where everybody is sent who has to have a second factor and has none."""
    if second_factor.has_one(request.user):
        return redirect("account")
    return render(request, "account/second_factor.html")


@require_GET
def list_sessions(request: SignedInRequest) -> HttpResponse:
    open_ones = UserSession.objects.purge_and_list(request.user)
    for session in open_ones:
        session.device = devices.device_name(session.user_agent)
    open_ones.sort(key=lambda session: (not session.is_current(), -session.last_seen_at.timestamp()))
    return render(request, "account/sessions.html", {"sessions": open_ones})


@require_POST
def end_session(request: SignedInRequest, pk: int) -> HttpResponse:
    session = get_object_or_404(UserSession, pk=pk, user=request.user)
    if session.is_current():
        logout(request)
        return redirect("account_login")
    sessions.end(request.user, request=request, pk=pk)
    messages.success(request, _("That session has ended."))
    return redirect("usersessions_list")


@require_POST
def end_other_sessions(request: SignedInRequest) -> HttpResponse:
    ended = sessions.end(request.user, request=request)
    sentence = ngettext("%(count)s other session has ended.", "%(count)s other sessions have ended.", ended)
    messages.success(request, sentence % {"count": ended})
    return redirect("usersessions_list")
