from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.contrib.admin.apps import SimpleAdminConfig
from django.contrib.admin.checks import check_admin_app, check_dependencies
from django.core import checks
from django.utils.translation import gettext_lazy as _


class PortalConfig(AppConfig):
    name = "licensing_portal"
    verbose_name = _("Xchange Licensing Portal")

    def ready(self) -> None:
        from licensing_portal import checks  # noqa: F401  (they register themselves)


class PortalAdminConfig(SimpleAdminConfig):
    """The stock admin, with our site as its default.

    What it shows is registered with the URLs (``urls.py``) and not in every process: it brings spreadsheets, sign-in
    forms and more, a sixth of the memory that a worker may take.
    """

    default_site = "licensing_portal.admin.PortalAdminSite"

    def ready(self) -> None:
        checks.register(check_dependencies, checks.Tags.admin)
        checks.register(_check_admin, checks.Tags.admin)


def _check_admin(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[checks.CheckMessage]:
    """Django's check of what is registered, which by then has to be all of it."""
    from licensing_portal import urls  # noqa: F401  (registers it)

    found: list[checks.CheckMessage] = check_admin_app(app_configs, **kwargs)
    return found
