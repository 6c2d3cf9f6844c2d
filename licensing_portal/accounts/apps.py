from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "licensing_portal.accounts"
    label = "accounts"
    verbose_name = _("Logging in")

    def ready(self) -> None:
        from licences.operations import retention
        from licensing_portal.accounts import listening
        from licensing_portal.accounts.operations.retention import KINDS

        listening.connect()
        for name, delete in KINDS.items():
            retention.also(name, delete)
