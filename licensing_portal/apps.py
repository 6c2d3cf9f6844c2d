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
        from licences import tasks
        from licensing_portal import checks  # noqa: F401  (they register themselves)
        from licensing_portal.decision_emails import send_decision_emails
        from licensing_portal.reminder_emails import send_reminder_emails
        from licensing_portal.task_ids import follow_tasks
        from licensing_portal.webhook_emails import send_webhook_emails

        follow_tasks()
        tasks.register_recovery_step(send_decision_emails)
        tasks.register_recovery_step(send_reminder_emails)
        tasks.register_recovery_step(send_webhook_emails)


class PortalAdminConfig(SimpleAdminConfig):
    """The stock admin with our site as its default.

    Models are registered when the URLs are loaded and not in every process: registering them imports spreadsheets,
    sign-in forms and more, a sixth of the memory that a worker may take.
    """

    default_site = "licensing_portal.admin.PortalAdminSite"

    def ready(self) -> None:
        checks.register(check_dependencies, checks.Tags.admin)
        checks.register(_check_admin, checks.Tags.admin)


def _check_admin(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[checks.CheckMessage]:
    """Run Django's check of registered models after loading all of them."""
    from licensing_portal import urls  # noqa: F401  (registers it)

    found: list[checks.CheckMessage] = check_admin_app(app_configs, **kwargs)
    return found
