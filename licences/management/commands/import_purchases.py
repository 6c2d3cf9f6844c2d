"""``manage.py import_purchases FILE``: purchases from a CSV file, all rows or none."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.progress import track

from licences.domain.errors import Refusal
from licences.domain.purchase_lines import Problem, PurchaseLine, parse
from licences.operations import record_purchases
from licences.operations.purchases import Outcome
from licences.purchase_files import PurchaseFile, write_rejects
from licences.wording import refusal_sentence, sentence

REJECTED_SHOWN = 20


class Command(BaseCommand):
    help = "Import purchases from a CSV file; exit code 1 if a row was rejected."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="say what would happen, write nothing")
        parser.add_argument("--accept-valid", action="store_true", help="import the valid rows if others are rejected")
        parser.add_argument("--rejects", metavar="OUT.csv", type=Path, help="write the rejected rows to this file")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        try:
            source = PurchaseFile.open(file)
            lines, cells, problems = self._read(source)
        except Refusal as refusal:
            raise CommandError(refusal_sentence(refusal)) from None
        for column in source.unknown_columns:
            self.stderr.write(f"warning: column '{column}' is unknown and was left out")
        outcome = record_purchases(
            lines,
            by="import_purchases",
            accept_valid=options["accept_valid"],
            dry_run=options["dry_run"],
            rejected_before=bool(problems),
            source={"file": file.name, "sha256": source.sha256},
        )
        for judged in outcome.rejected:
            if judged.problem:
                problems[judged.row] = [judged.problem]
        self._report(outcome, problems, dry_run=options["dry_run"])
        if problems and options["rejects"]:
            self._write_rejects(options["rejects"], cells, problems)
        if problems:
            raise SystemExit(1)

    def _read(
        self, source: PurchaseFile
    ) -> tuple[list[tuple[int, PurchaseLine]], dict[int, dict[str, str]], dict[int, list[Problem]]]:
        lines: list[tuple[int, PurchaseLine]] = []
        cells: dict[int, dict[str, str]] = {}
        problems: dict[int, list[Problem]] = {}
        console = Console(stderr=True)
        shown = track(source.rows(), "Reading", console=console, disable=not console.is_terminal)
        for row, texts in shown:
            cells[row] = texts
            parsed = parse(texts)
            if isinstance(parsed, PurchaseLine):
                lines.append((row, parsed))
            else:
                problems[row] = parsed
        return lines, cells, problems

    def _write_rejects(self, path: Path, cells: dict[int, dict[str, str]], problems: dict[int, list[Problem]]) -> None:
        try:
            write_rejects(path, [(cells[row], _error(problems[row])) for row in sorted(problems)])
        except OSError as error:
            raise CommandError(f"The rejected rows cannot be written to {path}: {error.strerror}.") from None
        self.stdout.write(f"rejected rows written to {path}")

    def _report(self, outcome: Outcome, problems: dict[int, list[Problem]], *, dry_run: bool) -> None:
        for row in sorted(problems)[:REJECTED_SHOWN]:
            self.stderr.write(f"row {row}: {_error(problems[row])}")
        if len(problems) > REJECTED_SHOWN:
            self.stderr.write(f"… and {len(problems) - REJECTED_SHOWN} more rejected rows (--rejects OUT.csv has all)")
        self.stdout.write(f"new: {len(outcome.new)}")
        self.stdout.write(f"unchanged: {len(outcome.unchanged)}")
        self.stdout.write(f"rejected: {len(problems)}")
        if outcome.allocated:
            self.stdout.write(f"serial numbers allocated: {len(outcome.allocated)}")
        if dry_run:
            self.stdout.write("dry run: nothing was written")
        elif outcome.new and not outcome.applied:
            self.stdout.write(
                "nothing was imported, because rows were rejected: mend them, or pass --accept-valid for the others"
            )


def _error(problems: list[Problem]) -> str:
    return "; ".join(f"{each.column}: {sentence(each.reason, each.parameters)}" for each in problems)
