"""A verification of the log by the worker, with its progress on record (docs/proof.md#in-the-browser)."""

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import chain, islice
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

from licences import operations
from licences.operations.log_checks import LogCheckResult
from licences.proof.anchors import Anchor, read_anchors
from licences.proof.findings import LogFinding
from licences.proof.record_checks import record_findings
from licences.proof.verification import LogVerification

MAX_FINDINGS = 1_000  # enough of a log that is wrong throughout
REPORT_EVERY = timedelta(seconds=2)


class Stopped(Exception):
    """The verification was ended by somebody else while it ran."""


def run_log_check(check_id: int, *, clock: Callable[[], datetime] = timezone.now) -> None:
    """Verify the log and the records, as ``verify_log`` does, and store the result. Raises nothing.

    The log is compared with the anchors in ``ANCHOR_FILE``, if that is set. Does nothing for a verification that has
    ended or that another worker has taken.
    """
    if not operations.start_log_check(check_id=check_id, now=clock()):
        return
    try:
        result = _verify(_Progress(check_id, clock))
    except Stopped:
        return
    except Exception as error:  # whatever it is: the page says that it has ended
        operations.stop_log_check(check_id=check_id, failure=type(error).__name__, now=clock())
    else:
        operations.end_log_check(check_id=check_id, result=result, now=clock())


class _Progress:
    """Counts what was verified, and stores it every ``REPORT_EVERY``."""

    def __init__(self, check_id: int, clock: Callable[[], datetime]) -> None:
        self.check_id, self.clock, self.events, self.records = check_id, clock, 0, 0
        self._reported_at = clock()

    def count_events(self, count: int) -> None:
        self.events = count
        self._report()

    def count_records(self, count: int) -> None:
        self.records = count
        self._report()

    def _report(self) -> None:
        now = self.clock()
        if abs(now - self._reported_at) < REPORT_EVERY:
            return
        self._reported_at = now
        counts = {"events": self.events, "records": self.records}
        if not operations.report_log_check(check_id=self.check_id, **counts, now=now):
            raise Stopped


def _verify(progress: _Progress) -> LogCheckResult:
    anchors, wrong = configured_anchors()
    verification = LogVerification(anchors, watch=progress.count_events)
    found = chain(wrong, verification.findings(), record_findings(progress.count_records))
    findings = list(islice(found, MAX_FINDINGS))
    last = max((anchor.time for anchor in anchors), default=None)
    return LogCheckResult(
        verification.rows, verification.last_hash, progress.records, [_as_json(each) for each in findings],
        anchors=len(anchors), last_anchor_at=last,
    )  # fmt: skip


def configured_anchors() -> tuple[list[Anchor], list[LogFinding]]:
    """The anchors in ``ANCHOR_FILE``, the newest last, and what is wrong with the file. Both empty if it is not set."""
    if not settings.ANCHOR_FILE:
        return [], []
    try:
        text = Path(settings.ANCHOR_FILE).read_text(encoding="utf-8")
    except FileNotFoundError:
        return [], [LogFinding("anchors-missing", table="anchor")]
    except (OSError, UnicodeDecodeError):
        return [], [LogFinding("anchors-unreadable", table="anchor")]
    anchors, unsigned = read_anchors(text)
    return anchors, [LogFinding("anchor-unsigned", table="anchor", parameters={"line": line}) for line in unsigned]


def _as_json(finding: LogFinding) -> dict[str, Any]:
    return {
        "problem": finding.problem,
        "table": finding.table,
        "row": finding.row,
        "parameters": {name: str(value) for name, value in finding.parameters.items()},
    }
