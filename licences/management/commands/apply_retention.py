"""``manage.py apply_retention``: delete data whose retention has ended
(docs/personal-data.md#how-long-things-are-kept).

The worker does the same once a day.
"""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from licences import operations


class Command(BaseCommand):
    help = (
        "Delete files, rejected rows, refused attempts, addresses, login events and sessions past their retention time."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        for name, count in operations.apply_retention(now=timezone.now()).items():
            self.stdout.write(f"{name}: {count}")
