"""Where every page behind a login goes through: does the session hold, and is the second factor proved?"""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from licensing_portal.accounts import second_factor
from licensing_portal.accounts.operations import sessions
from licensing_portal.accounts.people import SignedInRequest

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


class AccessMiddleware:
    """After Django's own ``LoginRequiredMiddleware``, and for the same pages."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: SignedInRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        if not getattr(view, "login_required", True) or not request.user.is_authenticated:
            return None
        if sessions.is_over(request):
            return _logged_out(request)
        sessions.note_activity(request)
        page = request.resolver_match.view_name if request.resolver_match else ""
        if page not in UNTIL_PROVED and second_factor.is_missing(request):
            return _to_second_factor(request)
        if page in CHANGING_FACTORS and second_factor.is_unproved(request):
            return _to_second_factor(request)
        return None


def _logged_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    messages.info(request, _("You were logged out because your session had ended. Nothing was changed."))
    return redirect_to_login(_way_back(request))


def _to_second_factor(request: SignedInRequest) -> HttpResponse:
    return redirect(f"{second_factor.next_step(request.user)}?{urlencode({'next': _way_back(request)})}")


def _way_back(request: HttpRequest) -> str:
    """The page that was asked for; after a form that was sent, the desk: it is not sent again by itself."""
    return request.get_full_path() if request.method == "GET" else "/"
