"""Access to pages that need a login: whether the session is still valid and the second factor proved."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from licensing_portal.accounts import second_factor
from licensing_portal.accounts.operations import sessions
from licensing_portal.accounts.people import SignedInRequest
from licensing_portal.accounts.ways_back import way_back

# All that someone may open who has to have a second factor and has not proved one yet.
UNTIL_PROVED = {
    "second-factor",
    "account_reauthenticate",
    "mfa_activate_totp",
    "mfa_add_webauthn",
    "mfa_reauthenticate",
    "mfa_reauthenticate_webauthn",
}
# What is nobody's who has a second factor and has not proved it: a password must not be enough to add another one.
CHANGING_FACTORS = {
    "mfa_activate_totp",
    "mfa_deactivate_totp",
    "mfa_add_webauthn",
    "mfa_edit_webauthn",
    "mfa_remove_webauthn",
    "mfa_view_recovery_codes",
    "mfa_generate_recovery_codes",
}


class LoginMiddleware(LoginRequiredMiddleware):
    """Leads to the login page, and from there back to the page the user was on, also after a POST."""

    def handle_no_permission(self, request: HttpRequest, view_func: Any) -> HttpResponseRedirect:
        if request.method in ("GET", "HEAD"):
            return super().handle_no_permission(request, view_func)
        return redirect_to_login(way_back(request), self.get_login_url(view_func))


class AccessMiddleware:
    """Runs after ``LoginMiddleware``, for the same pages."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: SignedInRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        if not getattr(view, "login_required", True) or not request.user.is_authenticated:
            return None
        if sessions.is_session_over(request):
            return _logged_out(request)
        if _is_activity(request, view):
            sessions.note_activity(request)
        page = request.resolver_match.view_name if request.resolver_match else ""
        if page not in UNTIL_PROVED and second_factor.is_missing(request):
            return _to_second_factor(request)
        if page in CHANGING_FACTORS and second_factor.is_unproved(request):
            return _to_second_factor(request)
        return None


def _is_activity(request: HttpRequest, view: Any) -> bool:
    """Tell whether a person did something: a page that asks by itself keeps no session alive."""
    is_activity = getattr(view, "is_activity", True)
    return bool(is_activity(request) if callable(is_activity) else is_activity)


def _logged_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    messages.info(request, _("You were logged out because your session had ended. Nothing was changed."))
    return redirect_to_login(way_back(request))


def _to_second_factor(request: SignedInRequest) -> HttpResponse:
    return redirect(f"{second_factor.next_step(request.user)}?{urlencode({'next': way_back(request)})}")
