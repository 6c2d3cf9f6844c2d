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

from licences.views.begin_once import begins_once
from licensing_portal.admin_groups import grouped_tables


class PortalAdminSite(admin.AdminSite):
    """The stock admin in the portal's frame, with the portal's login page."""

    site_header = site_title = _("Xchange Licensing Portal")
    index_title = _("Administration")
    empty_value_display = "–"

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """Add the cache key of the list of all tables, which is rendered once (admin/base_site.html)."""
        user = request.user
        return {
            **super().each_context(request),
            "admin_place": "/".join(request.path.split("/")[:4]),  # /admin/licences/serial
            "admin_rights": "all" if user.is_superuser else " ".join(sorted(user.get_all_permissions())),
        }

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> Any:
        """Return the tables in groups, or those of one app: a list that is made where it is rendered, if it is."""
        if app_label is not None:
            return SimpleLazyObject(partial(super().get_app_list, request, app_label))
        return SimpleLazyObject(lambda: grouped_tables(super(PortalAdminSite, self).get_app_list(request)))

    @method_decorator(login_not_required)
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if request.user.is_authenticated and not self.has_permission(request):
            raise PermissionDenied
        return redirect_to_login(request.GET.get("next") or reverse("admin:index"))

    def password_change(  # type: ignore[override]  # a redirect instead of a page
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Redirect to the account's page, which counts wrong passwords, sends a message and records the change."""
        return redirect("account_change_password")

    def password_change_done(  # type: ignore[override]
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return redirect("account")

    def admin_view(self, view: Callable[..., Any], cacheable: bool = False) -> Any:
        """Show the page 403 to users who are logged in but not allowed here, instead of the login page.

        A form with a one-time token that was used leads to what it began (docs/decisions.md#the-same-form-twice).
        """
        inner = begins_once(super().admin_view(view, cacheable))

        def for_staff(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.user.is_authenticated and not self.has_permission(request):
                raise PermissionDenied
            return inner(request, *args, **kwargs)

        return update_wrapper(for_staff, inner)
