"""Verifications of the event log that are begun in the browser: one at a time, with progress and the result on record.

The verification itself is ``licences.proof.log_check_runs``. The result is an event, so that the log says when it was
last found intact, and by whom.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q

from licences.domain.errors import Refusal
from licences.domain.staff_identity import user_number_of
from licences.models import Event, EventChain, LogCheck
from licences.operations.events import record_event

SILENCE = timedelta(minutes=10)  # between two reports of a worker; then it was killed
LISTED = 200  # findings that are kept with a verification
_State = LogCheck.State


@dataclass(frozen=True, slots=True)
class LogCheckResult:
    """What a verification found.

    ``findings`` are ``{problem, table, row, parameters}``; ``rows`` and ``last_hash`` say where the log ended;
    ``anchors`` and ``last_anchor_at`` which anchors it was compared with.
    """

    rows: int
    last_hash: str
    records: int
    findings: Sequence[Mapping[str, Any]]
    anchors: int = 0
    last_anchor_at: datetime | None = None


def begin_log_check(*, by: str, now: datetime) -> LogCheck:
    """Begin a verification of the log, for a worker to do. ``Refusal`` ``log-check-running`` if another one is."""
    try:
        with transaction.atomic():
            return LogCheck.objects.create(begun_by=by, begun_by_number=user_number_of(by), begun_at=now)
    except IntegrityError:
        raise Refusal("log-check-running") from None


@transaction.atomic
def start_log_check(*, check_id: int, now: datetime) -> bool:
    """Take a verification that waits. False if it has ended, or if another worker has taken it."""
    total = EventChain.objects.values_list("length", flat=True).first() or 0
    waiting = LogCheck.objects.filter(pk=check_id, state=_State.RUNNING, started_at=None)
    return bool(waiting.update(started_at=now, heartbeat_at=now, events_total=total))


def report_log_check(*, check_id: int, events: int, records: int, now: datetime) -> bool:
    """Store how far a verification is. False if it was stopped meanwhile, and its worker is to end it."""
    running = LogCheck.objects.filter(pk=check_id, state=_State.RUNNING)
    return bool(running.update(events_checked=events, records_checked=records, heartbeat_at=now))


@transaction.atomic
def end_log_check(*, check_id: int, result: LogCheckResult, now: datetime) -> None:
    """Store the result of a verification, and record it as an event. Does nothing for one that has ended."""
    check = LogCheck.objects.select_for_update().filter(pk=check_id, state=_State.RUNNING).first()
    if check is None:
        return
    check.state, check.ended_at = _State.DONE, now
    check.events_checked, check.records_checked, check.last_hash = result.rows, result.records, result.last_hash
    check.anchors, check.last_anchor_at = result.anchors, result.last_anchor_at
    check.findings, check.listed = len(result.findings), [dict(each) for each in result.findings[:LISTED]]
    check.save()
    details = {
        "log_check": check.pk,
        "length": result.rows,
        "last_hash": result.last_hash,
        "records": result.records,
        "anchors": result.anchors,
        "findings": len(result.findings),
        "problems": dict(Counter(str(each["problem"]) for each in result.findings)),
    }
    record_event(Event.Kind.LOG_VERIFIED, by=check.begun_by, details=details)


def stop_log_check(*, check_id: int, failure: str, now: datetime) -> None:
    """End a verification that could not be finished. ``failure`` is the kind of the error. Idempotent."""
    running = LogCheck.objects.filter(pk=check_id, state=_State.RUNNING)
    running.update(state=_State.STOPPED, ended_at=now, failure=failure[:100])


def stop_abandoned_log_checks(*, now: datetime) -> None:
    """End the verifications whose worker has been silent for ``SILENCE``. A time in the future counts as silence."""
    silent = Q(heartbeat_at__lt=now - SILENCE) | Q(heartbeat_at__gt=now + SILENCE)
    LogCheck.objects.filter(silent, state=_State.RUNNING).update(state=_State.STOPPED, ended_at=now)
