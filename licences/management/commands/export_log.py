"""``manage.py export_log FILE``: the event log as JSON lines, and its signature in FILE.jws."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from licences.proof.exporting import write_log


class Command(BaseCommand):
    help = "Export the event log, signed; anybody can check it with `verify_log --export FILE` and the public keys."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", type=Path)
        parser.add_argument(
            "--with-personal", action="store_true", help="also names: such a file has to be erased with its customers"
        )

    def handle(self, *args: Any, file: Path, with_personal: bool, **options: Any) -> None:
        signature_file = Path(f"{file}.jws")
        try:
            with file.open("wb") as out:
                signature = write_log(out, with_personal=with_personal, by="manage.py export_log")
            signature_file.write_text(signature + "\n", encoding="ascii")
        except OSError as error:
            raise CommandError(f"{file} cannot be written: {error.strerror}.") from None
        self.stdout.write(f"written: {file} and {signature_file}")
