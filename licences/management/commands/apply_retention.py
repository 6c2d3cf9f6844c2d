"""``manage.py apply_retention``: delete what is older than the settings let it be. The worker does it once a day."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from licences import operations


class Command(BaseCommand):
    help = "Delete files, rejected rows, refused claims, addresses, login events and sessions that are old enough."

    def handle(self, *args: Any, **options: Any) -> None:
        for name, count in operations.apply_retention(now=timezone.now()).items():
            self.stdout.write(f"{name}: {count}")
