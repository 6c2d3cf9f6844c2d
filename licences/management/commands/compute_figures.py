"""``manage.py compute_figures``: compute figures of past days again (docs/figures.md#when-figures-are-computed).

The worker computes them by itself.
"""

from argparse import ArgumentParser
from datetime import date, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from licences import operations


class Command(BaseCommand):
    help = "Compute the figures of days again from what is on record; without options, those of yesterday and today."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--from", dest="first", metavar="DAY", help="the first day, as 2026-11-30")
        parser.add_argument("--to", dest="last", metavar="DAY", help="the last day; today if it is left out")

    def handle(self, *args: Any, first: str | None, last: str | None, **options: Any) -> None:
        now = timezone.now()
        today = timezone.localdate(now)
        end = _day("--to", last, today)
        begin = _day("--from", first, min(end, today - timedelta(days=1)))
        if end > today:
            raise CommandError(f"--to is in the future. The last day that can be computed is {today}.")
        if begin > end:
            raise CommandError(f"--from is later than --to ({end}). Give an earlier day.")
        stored = operations.compute_figures(first=begin, last=end, now=now)
        self.stdout.write(f"{begin} to {end}: {stored} figures")


def _day(option: str, text: str | None, otherwise: date) -> date:
    """The day that an option gives. ``CommandError`` if it is none."""
    try:
        return date.fromisoformat(text) if text else otherwise
    except ValueError:
        raise CommandError(f"{option} is no day: {text}. Write it as 2026-11-30.") from None
