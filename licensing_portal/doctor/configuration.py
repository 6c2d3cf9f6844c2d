"""Django's and the portal's own checks of the settings, and the modes of files with secrets or records."""

from collections.abc import Iterator, Sequence

from django.conf import settings
from django.core.checks import ERROR, WARNING, CheckMessage, Tags, run_checks
from django.utils.translation import gettext as _

from licensing_portal.doctor.findings import HealthFinding, HealthLevel, ok

_TAGS = [Tags.security, Tags.caches, Tags.files, Tags.staticfiles]


def find() -> Iterator[HealthFinding]:
    """Run the checks of ``check --deploy``. In a trial, Django's own say nothing that "The demo is on" does not."""
    messages = run_checks(tags=_TAGS, include_deployment_checks=True)
    if settings.DEMO:
        messages = [each for each in messages if not str(each.id).startswith("security.")]
    yield from findings_of(
        messages, instead=_("The settings are as production needs them, and no file is open to others.")
    )


def findings_of(messages: Sequence[CheckMessage], *, instead: str) -> list[HealthFinding]:
    """Return a finding for each message of Django's checks that is not silenced; ``instead`` if none is bad."""
    found = [_finding(each) for each in messages if not each.is_silenced()]
    bad = [each for each in found if each.level is not HealthLevel.OK]
    return found if bad else [ok(instead), *found]


def _finding(message: CheckMessage) -> HealthFinding:
    level = HealthLevel.OK
    if message.level >= WARNING:
        level = HealthLevel.PROBLEM if message.level >= ERROR else HealthLevel.WARNING
    return HealthFinding(level, str(message.msg), str(message.hint or ""))
