"""``manage.py import_profiles FILE``: save profiles of senders from JSON, all or none (docs/imports.md#profiles)."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from licences import imports
from licences.domain.errors import Refusal
from licences.spreadsheets.reading import sha256_of
from licences.wording.sentences import refusal_sentence


class Command(BaseCommand):
    help = "Save sender profiles that export_profiles has written; one of the same name is replaced."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", type=Path)

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        try:
            source = {"file": file.name, "digest": sha256_of(file)}
            counts = imports.import_profiles(
                file.read_text(encoding="utf-8-sig"), by="manage.py import_profiles", source=source
            )
        except Refusal as refusal:
            raise CommandError(refusal_sentence(refusal)) from None
        except UnicodeDecodeError:
            raise CommandError(refusal_sentence(Refusal("profiles-not-json"))) from None
        except OSError as error:
            raise CommandError(f"{file} cannot be read: {error.strerror}.") from None
        for name, count in counts.items():
            self.stdout.write(f"{name}: {count}")
