"""``manage.py make_keys``: the secrets of a new portal. ``manage.py`` runs it without any settings."""

from typing import Any

from django.core.management.base import BaseCommand

from licences.management.new_keys import first_secrets


class Command(BaseCommand):
    help = "Print new secrets, as lines for .env: for a portal that has none yet."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(first_secrets())
