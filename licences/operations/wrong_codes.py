"""Keeping the wrong release codes that were given for a serial, at whatever door."""

from datetime import datetime

from licences import decisions
from licences.domain.codes import RELEASE_CODE_LENGTH
from licences.models import Serial, WrongReleaseCode

KEPT = 50  # of one serial in a day: far above any limit, and whoever floods the API fills no table


def note_wrong_code(serial: Serial, code: str, *, by: str, now: datetime) -> int:
    """Keep a wrong code (canonical); the same one again within the day is no further guess.

    Returns how many there are now. The caller holds the serial.
    """
    code = code[: RELEASE_CODE_LENGTH + 1]
    given = set(decisions.wrong_release_codes(serial, now=now).values_list("code", flat=True))
    if code not in given and len(given) < KEPT:
        WrongReleaseCode.objects.create(serial=serial, code=code, given_by=by, given_at=now)
        given.add(code)
    return len(given)
