"""Rules that remind: what they watch, their limits, and when something is due (docs/reminders.md).

A rule has a number: days, minutes or attempts. It says how long before an end, or after a beginning, somebody is
reminded.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from licences.domain.errors import Refusal


class ReminderKind(StrEnum):
    """What a rule watches; there is one rule of each kind. The order is that of the desk, the most urgent first."""

    REQUEST_WAITS = "request-waits"
    EMERGENCY_ENDS = "emergency-ends"
    FOLLOW_UP_OVERDUE = "follow-up-overdue"
    CONFLICTING_CLAIMS = "conflicting-claims"
    IMPORT_WAITS = "import-waits"
    SUPPORT_ENDS = "support-ends"
    ASSURANCE_LAST = "assurance-last"
    ASSURANCE_SECOND = "assurance-second"
    ASSURANCE_FIRST = "assurance-first"
    NOT_RELICENSED = "not-relicensed"
    NEVER_REGISTERED = "never-registered"


# The first one comes with most days left.
ASSURANCE_ORDER = (ReminderKind.ASSURANCE_FIRST, ReminderKind.ASSURANCE_SECOND, ReminderKind.ASSURANCE_LAST)
ASSURANCE_KINDS = frozenset(ASSURANCE_ORDER)
# A thing of these kinds has no date of its own: when it has ended and begins again, it is another one.
SPELLS = frozenset({ReminderKind.CONFLICTING_CLAIMS, ReminderKind.SUPPORT_ENDS})


class ReminderSubject(StrEnum):
    """What a reminder is about. The values are stored."""

    SERIAL = "serial"
    EMERGENCY = "emergency"
    REQUEST = "request"
    IMPORT = "import"
    RELEASE = "release"


class ReminderUnit(StrEnum):
    """What the number of a rule counts."""

    DAYS = "days"
    MINUTES = "minutes"
    ATTEMPTS = "attempts"
    NOTHING = "nothing"  # the rule has no number


class ReminderAct(StrEnum):
    """What somebody does with a reminder. The values are those of the form and of events."""

    TICK_OFF = "tick-off"
    SNOOZE = "snooze"
    PUT_BACK = "put-back"


@dataclass(frozen=True, slots=True)
class RuleTraits:
    """What is fixed about the rule of a kind, and its values before anybody changes them.

    ``number`` lies from ``least`` to ``most``. ``permission`` is what the role that is reminded needs to open what
    the reminder is about. ``is_quick``: it is computed every minute and not every hour.
    """

    subject: ReminderSubject
    unit: ReminderUnit
    number: int
    least: int
    most: int
    role: str
    permission: str
    is_quick: bool = False


_Subject, _Unit = ReminderSubject, ReminderUnit
_SERIAL = "licences.view_serial"
TRAITS: dict[ReminderKind, RuleTraits] = {
    ReminderKind.REQUEST_WAITS: RuleTraits(
        _Subject.REQUEST, _Unit.MINUTES, 10, 1, 10_080, "Supervisor", "licences.view_relicensing", is_quick=True
    ),
    ReminderKind.EMERGENCY_ENDS: RuleTraits(
        _Subject.EMERGENCY, _Unit.DAYS, 3, 0, 14, "Supervisor", "licences.view_emergency", is_quick=True
    ),
    ReminderKind.FOLLOW_UP_OVERDUE: RuleTraits(
        _Subject.EMERGENCY, _Unit.DAYS, 0, 0, 365, "Supervisor", "licences.view_emergency", is_quick=True
    ),
    ReminderKind.CONFLICTING_CLAIMS: RuleTraits(
        _Subject.SERIAL, _Unit.ATTEMPTS, 10, 1, 1_000_000, "Supervisor", "licences.view_refusedclaim"
    ),
    ReminderKind.IMPORT_WAITS: RuleTraits(
        _Subject.IMPORT, _Unit.DAYS, 1, 1, 365, "Importer", "licences.view_fileimport", is_quick=True
    ),
    ReminderKind.SUPPORT_ENDS: RuleTraits(
        _Subject.RELEASE, _Unit.NOTHING, 0, 0, 0, "Supervisor", "licences.view_release"
    ),
    ReminderKind.ASSURANCE_LAST: RuleTraits(_Subject.SERIAL, _Unit.DAYS, 7, 0, 730, "Licensing staff", _SERIAL),
    ReminderKind.ASSURANCE_SECOND: RuleTraits(_Subject.SERIAL, _Unit.DAYS, 30, 0, 730, "Licensing staff", _SERIAL),
    ReminderKind.ASSURANCE_FIRST: RuleTraits(_Subject.SERIAL, _Unit.DAYS, 60, 0, 730, "Licensing staff", _SERIAL),
    ReminderKind.NOT_RELICENSED: RuleTraits(_Subject.SERIAL, _Unit.DAYS, 30, 1, 3_650, "Licensing staff", _SERIAL),
    ReminderKind.NEVER_REGISTERED: RuleTraits(_Subject.SERIAL, _Unit.DAYS, 90, 1, 3_650, "Licensing staff", _SERIAL),
}


def require_number(kind: ReminderKind, number: int | None, *, others: Mapping[ReminderKind, int]) -> int:
    """Return the number of a rule; 0 for a rule that has none.

    ``others`` are the numbers of the other rules by kind. ``Refusal``, on the field ``number``:
    ``reminder-number-missing``, ``reminder-number-out-of-range`` (``least``, ``most``), ``reminder-days-taken``
    (another rule about Software Assurance has so many days: both would remind of the same), and
    ``reminder-days-too-many`` or ``reminder-days-too-few`` (``days``: those of the reminder before or after it).
    """
    traits = TRAITS[kind]
    if traits.unit is ReminderUnit.NOTHING:
        return 0
    if number is None:
        raise Refusal("reminder-number-missing", field="number")
    if not traits.least <= number <= traits.most:
        raise Refusal("reminder-number-out-of-range", field="number", least=traits.least, most=traits.most)
    if kind in ASSURANCE_KINDS and any(others.get(other) == number for other in ASSURANCE_KINDS - {kind}):
        raise Refusal("reminder-days-taken", field="number", days=number)
    if kind in ASSURANCE_KINDS:
        _require_descending(kind, number, others=others)
    return number


def _require_descending(kind: ReminderKind, number: int, *, others: Mapping[ReminderKind, int]) -> None:
    """``Refusal``: ``reminder-days-too-many``, ``reminder-days-too-few``, by the rules on both sides of this one."""
    place = ASSURANCE_ORDER.index(kind)
    for each in ASSURANCE_ORDER[:place]:
        if each in others and number > others[each]:
            raise Refusal("reminder-days-too-many", field="number", days=others[each])
    for each in ASSURANCE_ORDER[place + 1 :]:
        if each in others and number < others[each]:
            raise Refusal("reminder-days-too-few", field="number", days=others[each])


def require_snooze_of_reminder(until: date | None, *, today: date) -> date:
    """Return the day on which a snoozed reminder comes back.

    ``Refusal``, on the field ``until``: ``reminder-snooze-missing``, ``reminder-snooze-past`` (today or earlier).
    """
    if until is None:
        raise Refusal("reminder-snooze-missing", field="until")
    if until <= today:
        raise Refusal("reminder-snooze-past", field="until")
    return until


def days_above(kind: ReminderKind, number: int, *, switched_on: Mapping[ReminderKind, int]) -> int:
    """Return the days left at which a rule about Software Assurance hands over to the next one; -1: to none.

    ``switched_on`` are the numbers of the rules that are on. So each serial number is in one reminder at a time.
    """
    shorter = [days for other, days in switched_on.items() if other in ASSURANCE_KINDS - {kind} and days < number]
    return max(shorter, default=-1)
