"""``manage.py verify_log``: verify the event log and the records that it vouches for (docs/proof.md#the-event-log).

Exit code 1 if anything is wrong.
"""

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
from licences.operations import make_baseline
from licences.operations.baselines import TABLES, count_events_without_digests
from licences.proof.anchors import new_anchor, read_anchors
from licences.proof.exporting import BrokenExport, verify_export
from licences.proof.findings import LogFinding
from licences.proof.record_checks import record_findings
from licences.proof.verification import LogVerification

BY = "manage.py verify_log"
MAX_FINDINGS = 1_000  # findings; enough of a log that is wrong throughout


class Command(BaseCommand):
    help = "Verify the event log and the records it covers. Lists every problem and exits with 1 if there is one."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print JSON")
        parser.add_argument("--log-only", action="store_true", help="check the log only, not the records it covers")
        parser.add_argument("--anchor", metavar="FILE", type=Path, help="also compare with the anchors of this file")
        parser.add_argument(
            "--new-anchor", metavar="FILE", type=Path, help="if everything is intact, add an anchor to this file"
        )
        parser.add_argument(
            "--baseline",
            action="store_true",
            help="if everything is intact, record one baseline event for records older than the digests",
        )
        parser.add_argument("--export", metavar="FILE", type=Path, help="check an exported log instead of the database")
        parser.add_argument("--signature", metavar="FILE", type=Path, help="the signature of the export (FILE.jws)")
        parser.add_argument("--jwks", metavar="FILE", type=Path, help="public keys, as /.well-known/jwks.json has them")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["baseline"] and (options["log_only"] or options["export"]):
            raise CommandError("--baseline needs all records to be verified: leave out --log-only and --export.")
        began = time.perf_counter()
        result = self._verify_export(options) if options["export"] else self._verify_database(options)
        result["seconds"] = round(time.perf_counter() - began, 3)
        self._report(result, as_json=options["json"])
        if result["findings"]:
            raise SystemExit(1)
        if options["baseline"]:
            self._make_baseline()
        if options["new_anchor"]:
            self._add_anchor(options["new_anchor"])

    def _verify_database(self, options: dict[str, Any]) -> dict[str, Any]:
        """Verify the log in the database; returns its rows, last hash and findings."""
        if options["anchor"] and not options["anchor"].exists():
            raise CommandError(f"{options['anchor']} does not exist. Use --new-anchor alone to make the first anchor.")
        anchor_lines = _read(options["anchor"]) if options["anchor"] else ""
        anchors, unsigned = read_anchors(anchor_lines, keys=_keys(options))
        unsigned_anchors = [
            LogFinding("anchor-unsigned", table="anchor", parameters={"line": line}) for line in unsigned
        ]
        with _shown_progress(_length()) as watch:
            verification = LogVerification(anchors, watch=watch("Events"))
            all_findings = chain(
                unsigned_anchors,
                verification.findings(),
                () if options["log_only"] else record_findings(watch("Records")),
            )
            findings = list(islice(all_findings, MAX_FINDINGS))
        return {"rows": verification.rows, "last_hash": verification.last_hash, "findings": findings}

    def _verify_export(self, options: dict[str, Any]) -> dict[str, Any]:
        """Verify an exported log; needs only the public keys. Returns the same as ``_verify_database``."""
        signature = options["signature"] or Path(f"{options['export']}.jws")
        try:
            rows, last_hash = verify_export(options["export"], _read(signature), keys=_keys(options))
        except BrokenExport as error:
            return {"rows": error.rows, "last_hash": "", "findings": [error.finding]}
        except OSError as error:
            raise CommandError(f"{options['export']} cannot be read: {error.strerror}.") from None
        return {"rows": rows, "last_hash": last_hash, "findings": []}

    def _report(self, result: dict[str, Any], *, as_json: bool) -> None:
        findings: list[LogFinding] = result["findings"]
        if as_json:
            self.stdout.write(json.dumps({**result, "findings": [each.as_json() for each in findings]}, indent=2))
            return
        for finding in findings:
            self.stdout.write(finding.sentence)
        if len(findings) == MAX_FINDINGS:
            self.stdout.write(f"… and possibly more: only the first {MAX_FINDINGS} are shown.")
        rate = result["rows"] / max(result["seconds"], 0.001)
        self.stdout.write(f"{result['rows']} events in {result['seconds']:.1f} s ({rate:,.0f} rows/s)")
        self.stdout.write(f"last hash: {result['last_hash']}" if not findings else f"problems: {len(findings)}")

    def _make_baseline(self) -> None:
        """Record a baseline of what an older release has written, if there is anything to cover."""
        uncovered = count_events_without_digests()
        if not uncovered:
            self.stdout.write("No events are older than the digests, so no baseline is needed.")
            return
        event = make_baseline(by=BY)
        counts = ", ".join(f"{event.details[name]['rows']} {name}" for name in TABLES)
        self.stdout.write(f"Event {event.pk} is the baseline of {uncovered} older events: {counts}.")

    def _add_anchor(self, path: Path) -> None:
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
    """The keys of ``--jwks``; None to use those of the settings."""
    if not options["jwks"]:
        return None
    try:
        return licence_files.parse_key_set(_read(options["jwks"]))
    except ValueError as error:
        raise CommandError(f"{options['jwks']}: {error}.") from None


def _length() -> int | None:
    return EventChain.objects.values_list("length", flat=True).first()


@contextmanager
def _shown_progress(length: int | None) -> Iterator[Callable[[str], Callable[[int], None]]]:
    """Show counts on a terminal, nothing elsewhere.

    Yields a function that adds a counter, such as "Events", and returns the function that updates it. ``length`` is the
    number of events, if known.
    """
    console = Console(stderr=True)
    columns = (SpinnerColumn(), TextColumn("{task.description}"), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as progress:

        def watch(name: str) -> Callable[[int], None]:
            bar = progress.add_task(name, total=length if name == "Events" else None)
            return lambda rows: progress.update(bar, completed=rows)

        yield watch
