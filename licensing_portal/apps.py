from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.utils.translation import gettext_lazy as _


class PortalConfig(AppConfig):
    name = "licensing_portal"
    verbose_name = _("Xchange Licensing Portal")

    def ready(self) -> None:
        from licensing_portal import checks, task_admin, user_admin  # noqa: F401  (they register themselves)


class PortalAdminConfig(AdminConfig):
    """The stock admin, with our site as its default."""

    default_site = "licensing_portal.admin.PortalAdminSite"
