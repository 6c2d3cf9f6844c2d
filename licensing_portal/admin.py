from collections.abc import Callable
from functools import partial, update_wrapper
from typing import Any

from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _


class PortalAdminSite(admin.AdminSite):
    """The stock admin in the portal's frame: one login page for both."""

    site_header = site_title = _("Xchange Licensing Portal")
    index_title = _("Administration")
    empty_value_display = "–"

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """With what the list of all tables beside each page hangs on, which is rendered once (admin/base_site.html)."""
        user = request.user
        return {
            **super().each_context(request),
            "admin_place": "/".join(request.path.split("/")[:4]),  # /admin/licences/serial
            "admin_rights": "all" if user.is_superuser else " ".join(sorted(user.get_all_permissions())),
        }

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> Any:
        """Django makes it for every page; here it is made where it is rendered."""
        return SimpleLazyObject(partial(super().get_app_list, request, app_label))

    @method_decorator(login_not_required)
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if request.user.is_authenticated and not self.has_permission(request):
            raise PermissionDenied
        return redirect_to_login(request.GET.get("next") or reverse("admin:index"))

    def password_change(  # type: ignore[override]  # a redirect instead of a page
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """One page for that as well: it counts wrong passwords, sends a message and is written down."""
        return redirect("account_change_password")

    def password_change_done(  # type: ignore[override]
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return redirect("account")

    def admin_view(self, view: Callable[..., Any], cacheable: bool = False) -> Any:
        """Whoever is logged in and may not in here is told so at that very page, not sent to log in again."""
        inner = super().admin_view(view, cacheable)

        def for_staff(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.user.is_authenticated and not self.has_permission(request):
                raise PermissionDenied
            return inner(request, *args, **kwargs)

        return update_wrapper(for_staff, inner)
