"""``manage.py make_keys``: generate the secrets of a new portal (docs/settings.md#secrets).

``manage.py`` runs it without loading the settings, which need the secrets.
"""

import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from licences.management import new_keys


class Command(BaseCommand):
    help = "Print new secrets as lines for .env, or add missing ones to it."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--write", action="store_true", help="add missing ones to .env, with mode 0600")

    def handle(self, *args: Any, write: bool, **options: Any) -> None:
        if write:
            sys.exit(new_keys.print_or_write_secrets(settings.FOLDER / ".env", write=True))
        self.stdout.write(new_keys.new_secret_lines())
