"""``manage.py export_log FILE``: the event log as JSON lines, and its signature in FILE.jws."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from licences import operations
from licences.proof.exporting import write_log

BY = "manage.py export_log"


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
                made = write_log(out, with_personal=with_personal, by=BY)
            signature_file.write_text(made.signature + "\n", encoding="ascii")
        except OSError as error:
            raise CommandError(f"{file} cannot be written: {error.strerror}.") from None
        operations.note_log_export(
            length=made.length, last_hash=made.last_hash, sha256=made.sha256, with_personal=with_personal, by=BY
        )
        self.stdout.write(f"written: {file} and {signature_file}")
