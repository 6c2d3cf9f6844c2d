"""Base of the commands that import a file: the same steps as on the page, without a preview
(docs/surface.md#commands and docs/imports.md#what-happens-to-a-file).
"""

import errno
import hashlib
import json
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.timezone import localtime
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from licences import imports, operations
from licences.domain.errors import Refusal
from licences.imports import queries, result_tables
from licences.imports.outcome_json import import_json
from licences.imports.pair_details import pair_table
from licences.imports.record_pairs import read_decisions
from licences.models import FileImport, RecordPair
from licences.operations.disclosures import DisclosedFile
from licences.spreadsheets.encodings import ENCODINGS, encoding_name
from licences.wording.columns import skipped_rows_text, unusual_quantities_text
from licences.wording.sentences import refusal_sentence
from licences.wording.tables import ENCODING_NAMES

REJECTED_SHOWN = 20
NO_SPACE_ERRORS = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


_KINDS = {
    RecordPair.Kind.NUMBER.value: "customer differs from the number",
    RecordPair.Kind.LOOKALIKE.value: "new customer like a known one",
    RecordPair.Kind.REFERENCE.value: "same purchase, written differently",
}


class ImportCommand(BaseCommand):
    """A command that imports a file; ``kind`` says what its rows are. Exit code 1 if a row was rejected."""

    kind: FileImport.Kind
    requires_system_checks = []  # the checks load every page, which takes memory and a second

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="show what would happen; change nothing")
        parser.add_argument(
            "--accept-valid", action="store_true", help="import the valid rows even if others are rejected"
        )
        parser.add_argument(
            "--accept-similar",
            action="store_true",
            help="accept serial numbers that are very similar to known ones as new",
        )
        parser.add_argument(
            "--profile",
            metavar="NAME",
            default="",
            help="read the file by this sender profile (default: found by titles)",
        )
        parser.add_argument(
            "--decisions",
            metavar="FILE",
            type=Path,
            help="say of unclear customers and purchases whether they are the same: the file that --dry-run writes, "
            "with same or another in its first column",
        )
        parser.add_argument(
            "--pairs",
            metavar="OUT.csv",
            type=Path,
            help="write what is unclear to this file; --dry-run writes it beside FILE if you name no other",
        )
        parser.add_argument("--encoding", default="", help="the code page of a CSV, such as windows-1250")
        parser.add_argument("--json", action="store_true", help="print the outcome as one JSON object")
        parser.add_argument("--rejects", metavar="OUT.csv", type=Path, help="write the rejected rows to this file")

    def handle(self, *args: Any, file: Path, rejects: Path | None, **options: Any) -> None:
        file_import = self._import(file, options)
        try:
            if options["json"]:
                self.stdout.write(json.dumps(import_json(file_import), ensure_ascii=False))
            else:
                self._report(file_import, dry_run=options["dry_run"])
            if file_import.pairs.exists() and (options["pairs"] or options["dry_run"]):
                path = options["pairs"] or file.with_name(f"{file.stem}-decisions.csv")
                self._write_pairs(file_import, path, quiet=options["json"])
            if rejects and file_import.counts["rejected"]:
                digested = self._write_rejects(file_import, file, rejects, quiet=options["json"])
                if not options["dry_run"]:  # after a dry run the portal has no such rows
                    _record_rejects_file(file_import, file, rejects, digested)
        finally:
            if options["dry_run"]:
                imports.discard_import(file_import)
            elif file_import.holds_rows:
                imports.delete_staged_rows(file_import)
        if file_import.counts["rejected"]:
            raise SystemExit(1)

    def _import(self, file: Path, options: dict[str, Any]) -> FileImport:
        """Import the file as the options say. ``CommandError`` where nothing of it can be read or written."""
        try:
            import_options = imports.ImportOptions(
                dry_run=options["dry_run"],
                accept_valid=options["accept_valid"],
                accept_similar=options["accept_similar"],
                decisions=read_decisions(options["decisions"]) if options["decisions"] else {},
                profile=options["profile"],
                encoding=_encoding(options["encoding"]),
                keeps_rows=True,
            )
            by = f"manage.py import_{self.kind.value}"
            with _shown_progress() as watch:
                return imports.import_file(file, kind=self.kind, by=by, options=import_options, watch=watch)
        except Refusal as refusal:
            if options["json"]:
                failed = FileImport(kind=self.kind, file_name=file.name, state=FileImport.State.FAILED)
                failed.failure = {"code": refusal.code}
                self.stdout.write(json.dumps(import_json(failed), ensure_ascii=False))
            self._show_samples(refusal)
            raise CommandError(refusal_sentence(refusal)) from None
        except OSError as error:
            if error.errno in NO_SPACE_ERRORS:
                raise CommandError(f"No space left on the disk of the portal ({error.strerror}).") from None
            raise CommandError(f"{file} cannot be read: {error.strerror}.") from None

    def _show_samples(self, refusal: Refusal) -> None:
        """Write lines of a file whose code page is not certain, as they read in each that is possible."""
        samples: Any = refusal.parameters.get("samples", {})
        for encoding, lines in samples.items():
            for line in lines:
                self.stderr.write(f"--encoding {encoding}: {line}")

    def _report(self, file_import: FileImport, *, dry_run: bool) -> None:
        earlier = queries.earlier_imports_of_the_file(file_import).first()
        if earlier is not None and earlier.ended_at is not None:
            when = localtime(earlier.ended_at)
            self.stderr.write(f"warning: the same file was imported before, on {when:%Y-%m-%d at %H:%M}")
        for column in file_import.format["unknown_columns"]:
            self.stderr.write(f"warning: unknown column '{column}' was ignored")
        self._report_reading(file_import)
        self._report_rejected(file_import)
        rejected = file_import.counts["rejected"]
        new = sum(count for name, count in file_import.counts.items() if name not in ("unchanged", "rejected"))
        self.stdout.write(f"new: {new}")
        self.stdout.write(f"unchanged: {file_import.counts['unchanged']}")
        self.stdout.write(f"rejected: {rejected}")
        self.stdout.write(f"new serial numbers: {file_import.new_serials}")
        self.stdout.write(f"new customers: {file_import.new_customers}")
        for kind, rows in (file_import.to_confirm or {}).items():
            self.stdout.write(f"to be decided, {_KINDS[kind]}: {rows} rows")
        for line in unusual_quantities_text(file_import.format.get("unusual_quantities") or {}):
            self.stderr.write(f"warning: {line}")
        allocated = queries.allocated_serials(file_import).count()
        if allocated:
            self.stdout.write(f"serial numbers allocated: {allocated}")
        if dry_run:
            self.stdout.write("dry run: nothing was changed")
        elif new and file_import.state != FileImport.State.APPLIED:
            self.stdout.write(
                "nothing was imported, because rows were rejected: fix them, or pass --accept-valid to import the "
                "others"
            )

    def _report_rejected(self, file_import: FileImport) -> None:
        rejected = file_import.counts["rejected"]
        for row in queries.rejected_rows(file_import)[:REJECTED_SHOWN]:
            self.stderr.write(f"row {row.row}: {queries.error_text(row)}")
        if rejected > REJECTED_SHOWN:
            self.stderr.write(
                f"… and {rejected - REJECTED_SHOWN} more rejected rows (use --rejects OUT.csv to get all)"
            )

    def _report_reading(self, file_import: FileImport) -> None:
        if encoding := file_import.format["encoding"]:
            self.stdout.write(f"read as: {ENCODING_NAMES[encoding]}")
        if filled := file_import.format.get("filled_cells"):
            self.stderr.write(f"warning: {filled} merged cells were filled down")
        if profile := file_import.format.get("profile"):
            self.stdout.write(f"profile: {profile}")
        for kind, skipped in file_import.format.get("skipped_rows", {}).items():
            self.stdout.write(f"rows skipped: {skipped['count']} ({skipped_rows_text(kind, skipped)})")

    def _write_pairs(self, file_import: FileImport, path: Path, *, quiet: bool) -> None:
        from licences.spreadsheets.writing import CsvWriter  # loads openpyxl, 8 MB that few imports need

        columns, rows = pair_table(file_import)
        try:
            with path.open("wb") as out:
                writer = CsvWriter(out, columns)
                for row in rows:
                    writer.write_row(row)
        except OSError as error:
            raise CommandError(f"The file {path} cannot be written: {error.strerror}.") from None
        if not quiet:
            self.stdout.write(f"written to {path}: fill in same or another, and pass it with --decisions")

    def _write_rejects(self, file_import: FileImport, file: Path, path: Path, *, quiet: bool) -> "_DigestingWriter":
        try:
            with path.open("wb") as out:
                digested = _DigestingWriter(out)
                result_tables.write_rejected(file_import, digested, file)
        except OSError as error:
            raise CommandError(f"The rejected rows cannot be written to {path}: {error.strerror}.") from None
        if not quiet:
            self.stdout.write(f"rejected rows written to {path}")
        return digested


def _encoding(text: str) -> str:
    """The encoding that was given; ``CommandError`` for an unknown one."""
    encoding = encoding_name(text)
    if text and not encoding:
        raise CommandError(refusal_sentence(Refusal("encoding-unknown", encodings=list(ENCODINGS))))
    return encoding


class _DigestingWriter:
    """Writes to a file, and computes the digest and size of what is written."""

    def __init__(self, out: IO[bytes]) -> None:
        self._out = out
        self.size, self.digest = 0, hashlib.sha256()

    def write(self, data: bytes) -> None:
        self._out.write(data)
        self.size += len(data)
        self.digest.update(data)


def _record_rejects_file(file_import: FileImport, source: Path, path: Path, written: _DigestingWriter) -> None:
    columns = tuple(result_tables.rejected_table(file_import, source).titles)
    file = DisclosedFile(
        f"imports/{file_import.pk}/rejected", path.name, columns, by=f"manage.py import_{file_import.kind}"
    )
    digest = written.digest.hexdigest()
    operations.record_disclosure(file=file, rows=file_import.counts["rejected"], size=written.size, sha256=digest)


@contextmanager
def _shown_progress() -> Iterator[Any]:
    """Show a progress bar on a terminal, nothing elsewhere; yields the function that updates it."""
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
