"""Our own account pages; allauth's views serve the others with our templates."""

from dataclasses import asdict
from typing import Any

from allauth.account import views as account_views
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST, require_safe

from licences.queries import approvals, reminders
from licensing_portal.accounts import devices, second_factor
from licensing_portal.accounts.operations import invitations, passwords, sessions
from licensing_portal.accounts.people import SignedInRequest
from licensing_portal.accounts.ways_back import way_back


class LoginView(account_views.LoginView):
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"single_sign_on": settings.OIDC}


@method_decorator(login_not_required, name="dispatch")
class PasswordResetView(account_views.PasswordResetView):
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """If the portal sends no e-mail, say so and do not ask for an address."""
        if settings.MAIL_IS_SENT:
            return super().dispatch(request, *args, **kwargs)
        return render(request, "account/no_mail.html")


class PasswordChangeView(account_views.PasswordChangeView):
    def dispatch(self, request: SignedInRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Users who log in by single sign-on only have no password and cannot set one here: it would be a second way
        in.
        """
        if not request.user.has_usable_password():
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def get_default_success_url(self) -> str:
        return reverse("account")


@login_not_required
def invitation(request: HttpRequest, key: str) -> HttpResponse:
    """Lead the user of an invitation to the page for a new password, or say that it has ended."""
    user = invitations.invited_user(key)
    if user is None:
        return render(request, "account/invitation_ended.html", status=404)
    return redirect(passwords.password_page(user))


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
            "is_reminded": bool(reminders.rules_for(request.user)),
            "reminder_emails": reminders.wants_reminder_emails(request.user),
            "decision_emails": approvals.wants_decision_emails(request.user),
        },
    )


@require_GET
def set_up(request: SignedInRequest) -> HttpResponse:
    """The page for users who must set up a second factor and have none."""
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


@require_safe
def session_time(request: SignedInRequest) -> JsonResponse:
    """Return how long the session lasts. Pages ask by themselves, so this is no activity."""
    return JsonResponse(asdict(sessions.time_left(request)))


session_time.is_activity = False  # type: ignore[attr-defined]  # middleware reads it


@require_POST
def stay(request: SignedInRequest) -> HttpResponse:
    """Keep the session alive: the request itself is the activity."""
    if request.get_preferred_type(["text/html", "application/json"]) == "application/json":
        return JsonResponse(asdict(sessions.time_left(request)))
    return redirect(way_back(request))


@require_POST
def end_session(request: SignedInRequest, pk: int) -> HttpResponse:
    session = get_object_or_404(UserSession, pk=pk, user=request.user)
    if session.is_current():
        logout(request)
        return redirect("account_login")
    sessions.end_sessions(request.user, request=request, pk=pk)
    messages.success(request, _("That session has ended."))
    return redirect("usersessions_list")


@require_POST
def end_other_sessions(request: SignedInRequest) -> HttpResponse:
    ended = sessions.end_sessions(request.user, request=request)
    sentence = ngettext("%(count)s other session has ended.", "%(count)s other sessions have ended.", ended)
    messages.success(request, sentence % {"count": ended})
    return redirect("usersessions_list")
