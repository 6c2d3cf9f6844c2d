from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class LicencesConfig(AppConfig):
    name = "licences"
    verbose_name = _("Licences")

    def ready(self) -> None:
        from licences import checks, roles  # noqa: F401  (checks register themselves)
        from licences.database import append_only

        append_only.prepare_connections()
        post_migrate.connect(append_only.install_after_migrate, sender=self)
        post_migrate.connect(roles.write_groups_after_migrate, sender=self)
