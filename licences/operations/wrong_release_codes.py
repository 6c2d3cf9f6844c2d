"""Storing the wrong release codes that were given for a serial, over the API and on pages."""

from datetime import datetime

from licences.domain.codes import RELEASE_CODE_LENGTH
from licences.models import Serial, WrongReleaseCode
from licences.queries import approvals

MAX_KEPT = 50  # per serial in 24 hours: far above any limit, so that a flood of calls fills no table


def record_wrong_release_code(serial: Serial, code: str, *, by: str, now: datetime) -> int:
    """Store a wrong code, and return how many different ones the serial has had in 24 hours.

    ``code`` is in canonical characters, of any length. The caller has locked the serial. Idempotent within 24 hours:
    the same code counts once. Rule: docs/telephone-call.md#what-needs-a-supervisor.
    """
    correct_future_dates(serial, now=now)
    code = code[: RELEASE_CODE_LENGTH + 1]
    recent = set(approvals.recent_wrong_release_codes(serial, now=now).values_list("code", flat=True))
    if code not in recent and len(recent) < MAX_KEPT:
        WrongReleaseCode.objects.create(serial=serial, code=code, given_by=by, given_at=now)
        recent.add(code)
    return len(recent)


def correct_future_dates(serial: Serial, *, now: datetime) -> None:
    """Set the time of a serial's wrong release codes that lies after ``now`` to ``now``.

    They were stored while a clock was ahead; so each counts for 24 hours and no longer.
    """
    serial.wrong_release_codes.filter(given_at__gt=now).update(given_at=now)
