"""``manage.py export_profiles [NAME …]``: the profiles of senders as JSON (docs/imports.md#profiles)."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from licences import imports
from licences.domain.errors import Refusal
from licences.wording.sentences import refusal_sentence


class Command(BaseCommand):
    help = "Write sender profiles as JSON, for import_profiles of another portal."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("names", metavar="NAME", nargs="*", help="only these profiles (default: all)")
        parser.add_argument("--output", metavar="FILE.json", type=Path, help="write to this file (default: print)")

    def handle(self, *args: Any, names: list[str], output: Path | None, **options: Any) -> None:
        try:
            text = imports.export_profiles(names)
            if output is not None:
                output.write_text(text, encoding="utf-8")
        except Refusal as refusal:
            raise CommandError(refusal_sentence(refusal)) from None
        except OSError as error:
            raise CommandError(f"{output} cannot be written: {error.strerror}.") from None
        if output is None:
            self.stdout.write(text, ending="")
        else:
            self.stdout.write(f"profiles written to {output}")
