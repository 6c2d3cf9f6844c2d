"""What the doctor finds, by the name of a check."""

from licensing_portal.doctor import HealthLevel, examine


def findings(name: str) -> list[tuple[HealthLevel, str, str]]:
    """Level, sentence and advice of all findings of one check."""
    return [(each.level, each.what, each.advice) for check, found in examine() for each in found if check.name == name]


def only_finding(name: str) -> tuple[HealthLevel, str, str]:
    (found,) = findings(name)
    return found
