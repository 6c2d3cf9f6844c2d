"""``manage.py verify_log``: does the event log still say what it said when it was written? Exit 1 where it does not."""

import json
import time
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import chain, islice
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.progress import MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from licences import licence_files
from licences.models import EventChain
from licences.proof.anchors import new_anchor, read_anchors
from licences.proof.exporting import BrokenExport, verify_export
from licences.proof.findings import Finding
from licences.proof.records import record_findings
from licences.proof.walking import Walk

SHOWN = 1_000  # of a log that is wrong from end to end the first will do


class Command(BaseCommand):
    help = "Check the event log row by row, and the records that it vouches for. Says what is wrong and exits with 1."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print JSON")
        parser.add_argument("--log-only", action="store_true", help="leave out the records that the log vouches for")
        parser.add_argument("--anchor", metavar="FILE", type=Path, help="also compare with the anchors of this file")
        parser.add_argument(
            "--new-anchor", metavar="FILE", type=Path, help="if all is well, add an anchor to this file"
        )
        parser.add_argument("--export", metavar="FILE", type=Path, help="check an exported log instead of the database")
        parser.add_argument("--signature", metavar="FILE", type=Path, help="the signature of the export (FILE.jws)")
        parser.add_argument("--jwks", metavar="FILE", type=Path, help="public keys, as /.well-known/jwks.json has them")

    def handle(self, *args: Any, **options: Any) -> None:
        began = time.perf_counter()
        result = self._exported(options) if options["export"] else self._kept(options)
        result["seconds"] = round(time.perf_counter() - began, 3)
        self._report(result, as_json=options["json"])
        if result["findings"]:
            raise SystemExit(1)
        if options["new_anchor"]:
            self._anchor(options["new_anchor"])

    def _kept(self, options: dict[str, Any]) -> dict[str, Any]:
        """The log in the database."""
        if options["anchor"] and not options["anchor"].exists():
            raise CommandError(f"{options['anchor']} is not there. The first anchor is made by --new-anchor alone.")
        noted = _read(options["anchor"]) if options["anchor"] else ""
        anchors, unsigned = read_anchors(noted, keys=_keys(options))
        odd = [Finding("anchor-unsigned", table="anchor", parameters={"line": line}) for line in unsigned]
        with _shown_progress(_length()) as watch:
            walk = Walk(anchors, watch=watch("Events"))
            found = chain(odd, walk.findings(), () if options["log_only"] else record_findings(watch("Records")))
            findings = list(islice(found, SHOWN))
        return {"rows": walk.rows, "last_hash": walk.last_hash, "findings": findings}

    def _exported(self, options: dict[str, Any]) -> dict[str, Any]:
        """The log in a file, by the public keys alone."""
        signature = options["signature"] or Path(f"{options['export']}.jws")
        try:
            rows, last_hash = verify_export(options["export"], _read(signature), keys=_keys(options))
        except BrokenExport as error:
            return {"rows": error.rows, "last_hash": "", "findings": [error.finding]}
        except OSError as error:
            raise CommandError(f"{options['export']} cannot be read: {error.strerror}.") from None
        return {"rows": rows, "last_hash": last_hash, "findings": []}

    def _report(self, result: dict[str, Any], *, as_json: bool) -> None:
        findings: list[Finding] = result["findings"]
        if as_json:
            self.stdout.write(json.dumps({**result, "findings": [each.as_json() for each in findings]}, indent=2))
            return
        for finding in findings:
            self.stdout.write(finding.sentence)
        if len(findings) == SHOWN:
            self.stdout.write(f"… and perhaps more: these are the first {SHOWN}.")
        rate = result["rows"] / max(result["seconds"], 0.001)
        self.stdout.write(f"{result['rows']} events in {result['seconds']:.1f} s ({rate:,.0f} rows/s)")
        self.stdout.write(f"last hash: {result['last_hash']}" if not findings else f"wrong: {len(findings)}")

    def _anchor(self, path: Path) -> None:
        try:
            with path.open("a", encoding="utf-8") as file:
                file.write(new_anchor() + "\n")
        except OSError as error:
            raise CommandError(f"The anchor cannot be written to {path}: {error.strerror}.") from None
        self.stdout.write(f"anchor added to {path}")


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.") from None


def _keys(options: dict[str, Any]) -> dict[str, licence_files.Key] | None:
    """The keys of ``--jwks``; None for those of the settings."""
    if not options["jwks"]:
        return None
    try:
        return licence_files.keys_of_set(_read(options["jwks"]))
    except ValueError as error:
        raise CommandError(f"{options['jwks']}: {error}.") from None


def _length() -> int | None:
    return EventChain.objects.values_list("length", flat=True).first()


@contextmanager
def _shown_progress(length: int | None) -> Iterator[Callable[[str], Callable[[int], None]]]:
    """Counts on a terminal, nothing elsewhere."""
    console = Console(stderr=True)
    columns = (SpinnerColumn(), TextColumn("{task.description}"), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as progress:

        def watch(what: str) -> Callable[[int], None]:
            bar = progress.add_task(what, total=length if what == "Events" else None)
            return lambda rows: progress.update(bar, completed=rows)

        yield watch
