from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "licensing_portal.accounts"
    label = "accounts"
    verbose_name = _("Logging in")

    def ready(self) -> None:
        from licences import tasks
        from licences.operations import retention
        from licensing_portal.accounts import checks, signal_receivers  # noqa: F401  (the checks register themselves)
        from licensing_portal.accounts.operations import messages
        from licensing_portal.accounts.operations.retention import KINDS

        signal_receivers.connect()
        tasks.register_recovery_step(messages.requeue_overdue_messages)
        for name, delete in KINDS.items():
            retention.register_retention(name, delete)
