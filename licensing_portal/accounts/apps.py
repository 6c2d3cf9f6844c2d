from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "licensing_portal.accounts"
    label = "accounts"
    verbose_name = _("Signing in")

    def ready(self) -> None:
        from licensing_portal.accounts import listening

        listening.connect()
