"""``manage.py index_search``: give serial numbers that have none the text that the look-up searches."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from licences.operations import search


class Command(BaseCommand):
    help = "Make the search texts that are missing; with --rebuild, all of them again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--rebuild", action="store_true", help="throw all texts and words away first")

    def handle(self, *args: Any, rebuild: bool, **options: Any) -> None:
        made = search.rebuild() if rebuild else search.catch_up()
        self.stdout.write(f"search texts made: {made}")
