"""``manage.py reseal_factors``: after a change of ``MFA_ENCRYPTION_KEY``, seal everything with the first key."""

from typing import Any

from django.core.management.base import BaseCommand

from licences import operations
from licensing_portal.accounts.operations import factors


class Command(BaseCommand):
    help = (
        "Encrypt the seeds of second factors and the secrets of webhooks with the first key of MFA_ENCRYPTION_KEY; the "
        "others can then be removed."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"Sealed with the first key: {factors.reseal_factors()}")
        self.stdout.write(f"Secrets of webhooks: {operations.reseal_webhook_secrets()}")
