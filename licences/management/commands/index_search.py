"""``manage.py index_search``: make the search texts that are missing (docs/look-up.md#keeping-it-in-step)."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from licences.operations import search


class Command(BaseCommand):
    help = "Create missing search texts and renew those of an earlier version; with --rebuild, recreate all of them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--rebuild", action="store_true", help="delete all texts and words first")

    def handle(self, *args: Any, rebuild: bool, **options: Any) -> None:
        count = search.rebuild_index() if rebuild else search.index_new_serials()
        self.stdout.write(f"search texts created: {count}")
        if renewed := search.renew_texts():
            self.stdout.write(f"search texts renewed: {renewed}")
