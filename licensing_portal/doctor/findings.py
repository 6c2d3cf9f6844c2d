"""What a check of the doctor returns."""

from dataclasses import dataclass
from enum import StrEnum


class HealthLevel(StrEnum):
    """How bad a finding is: a problem needs somebody now, a warning soon."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class HealthFinding:
    """One sentence about the state of the portal in the current language, and what to do about it, if anything.

    Neither holds a secret or personal data; both may hold paths of this machine.
    """

    level: HealthLevel
    what: str
    advice: str = ""


def ok(what: str) -> HealthFinding:
    return HealthFinding(HealthLevel.OK, what)


def warning(what: str, advice: str) -> HealthFinding:
    return HealthFinding(HealthLevel.WARNING, what, advice)


def problem(what: str, advice: str) -> HealthFinding:
    return HealthFinding(HealthLevel.PROBLEM, what, advice)
