"""The verdict on a serial: is its site registered, and may it run? (docs/domain.md#states-of-a-serial)"""

from datetime import date
from enum import StrEnum


class SerialVerdict(StrEnum):
    """The verdicts, the one that goes before all others first."""

    BLOCKED = "blocked"
    NOT_REGISTERED = "not-registered"
    EMERGENCY_EXPIRED = "emergency-expired"
    EMERGENCY = "emergency"
    RELEASED = "released"
    REGISTERED = "registered"


def verdict_on(
    *, registered: bool, live: bool, emergency_until: date | None, today: date, blocked: bool = False
) -> SerialVerdict:
    """Return the first verdict that applies to a serial.

    ``registered``: it has a registration. ``live``: an installation runs it now. ``emergency_until``: the last valid
    day of its emergency code, if its emergency is not settled.
    """
    if blocked:
        return SerialVerdict.BLOCKED
    if not registered:
        return SerialVerdict.NOT_REGISTERED
    if emergency_until is not None:
        return SerialVerdict.EMERGENCY_EXPIRED if emergency_until < today else SerialVerdict.EMERGENCY
    return SerialVerdict.REGISTERED if live else SerialVerdict.RELEASED
