"""Importing a file from the command line: the same pipeline as on the page, without a preview."""

from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.timezone import localtime
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from licences import file_imports, operations
from licences.domain.errors import Refusal
from licences.models import FileImport
from licences.wording import refusal_sentence

REJECTED_SHOWN = 20


class ImportCommand(BaseCommand):
    """``kind`` says what the rows of the file are."""

    kind: FileImport.Kind
    requires_system_checks = []  # they load every page, which takes memory and a second

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="say what would happen, write nothing")
        parser.add_argument("--accept-valid", action="store_true", help="import the valid rows if others are rejected")
        parser.add_argument(
            "--accept-similar",
            action="store_true",
            help="take over serial numbers one slip away from known ones as they are",
        )
        parser.add_argument("--rejects", metavar="OUT.csv", type=Path, help="write the rejected rows to this file")

    def handle(self, *args: Any, file: Path, rejects: Path | None, **options: Any) -> None:
        wish = operations.Wish(options["dry_run"], options["accept_valid"], options["accept_similar"])
        try:
            with _shown_progress() as watch:
                done = operations.import_file(
                    file, kind=self.kind, by=f"manage.py import_{self.kind.value}", wish=wish, watch=watch
                )
        except Refusal as refusal:
            raise CommandError(refusal_sentence(refusal)) from None
        except OSError as error:
            raise CommandError(f"{file} cannot be read: {error.strerror}.") from None
        try:
            self._report(done, dry_run=wish.dry_run)
            if rejects and done.counts["rejected"]:
                self._write_rejects(done, rejects)
        finally:
            if wish.dry_run:
                operations.discard_import(done)
        if done.counts["rejected"]:
            raise SystemExit(1)

    def _report(self, done: FileImport, *, dry_run: bool) -> None:
        earlier = file_imports.earlier_imports_of_the_file(done).first()
        if earlier is not None and earlier.ended_at is not None:
            when = localtime(earlier.ended_at)
            self.stderr.write(f"warning: this very file was imported before, on {when:%Y-%m-%d at %H:%M}")
        for column in done.format["unknown_columns"]:
            self.stderr.write(f"warning: column '{column}' is unknown and was left out")
        rejected = done.counts["rejected"]
        for row in file_imports.rejected_rows(done)[:REJECTED_SHOWN]:
            self.stderr.write(f"row {row.row}: {file_imports.error_text(row)}")
        if rejected > REJECTED_SHOWN:
            self.stderr.write(f"… and {rejected - REJECTED_SHOWN} more rejected rows (--rejects OUT.csv has all)")
        new = sum(count for name, count in done.counts.items() if name not in ("unchanged", "rejected"))
        self.stdout.write(f"new: {new}")
        self.stdout.write(f"unchanged: {done.counts['unchanged']}")
        self.stdout.write(f"rejected: {rejected}")
        allocated = file_imports.allocated_serials(done).count()
        if allocated:
            self.stdout.write(f"serial numbers allocated: {allocated}")
        if dry_run:
            self.stdout.write("dry run: nothing was written")
        elif new and done.state != FileImport.State.APPLIED:
            self.stdout.write(
                "nothing was imported, because rows were rejected: mend them, or pass --accept-valid for the others"
            )

    def _write_rejects(self, done: FileImport, path: Path) -> None:
        try:
            with path.open("wb") as out:
                file_imports.write_rejected(done, out)
        except OSError as error:
            raise CommandError(f"The rejected rows cannot be written to {path}: {error.strerror}.") from None
        self.stdout.write(f"rejected rows written to {path}")


@contextmanager
def _shown_progress() -> Iterator[Any]:
    """A bar on a terminal, nothing elsewhere."""
    console = Console(stderr=True)
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as progress:
        bar = progress.add_task("Reading", total=None)

        def watch(file_import: FileImport) -> None:
            reading = file_import.state == FileImport.State.READING
            total = file_import.rows_read / file_import.fraction_read if file_import.fraction_read else None
            progress.update(
                bar,
                description="Reading" if reading else "Checking and applying",
                completed=file_import.rows_read if reading or file_import.ended_at else None,
                total=int(total) if reading and total else None,
            )

        yield watch
