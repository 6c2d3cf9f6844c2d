"""``manage.py export_log FILE``: write the event log as JSON lines, and its signature to FILE.jws
(docs/proof.md#the-log-as-a-file).
"""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from licences import operations
from licences.proof.exporting import write_log

BY = "manage.py export_log"


class Command(BaseCommand):
    help = "Export the signed event log. It can be checked with `verify_log --export FILE` and the public keys."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", type=Path)
        parser.add_argument(
            "--with-personal",
            action="store_true",
            help="include personal data; the file must be erased when its customers are",
        )

    def handle(self, *args: Any, file: Path, with_personal: bool, **options: Any) -> None:
        signature_file = Path(f"{file}.jws")
        try:
            with file.open("wb") as out:
                export = write_log(out, with_personal=with_personal, by=BY)
            signature_file.write_text(export.signature + "\n", encoding="ascii")
        except OSError as error:
            raise CommandError(f"{file} cannot be written: {error.strerror}.") from None
        operations.record_log_export(
            length=export.length, last_hash=export.last_hash, sha256=export.sha256, with_personal=with_personal, by=BY
        )
        self.stdout.write(f"written: {file} and {signature_file}")
