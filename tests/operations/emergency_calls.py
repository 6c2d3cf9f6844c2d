"""Calls and questions shared by the tests of emergencies."""

from datetime import timedelta

from licences import operations
from licences.models import Emergency
from tests import factories
from tests.factories import TODAY, details, versions
from tests.questions import why_refused

WHY = "The mainboard burnt; invoice of the repair seen."
LAST_DAY = TODAY + timedelta(days=14)
AFTERWARDS = LAST_DAY + timedelta(days=1)


def dead_pc(old, **values):
    """A request in which everything passes but the release code, which is not available."""
    return factories.request(old, release_code="", release_code_unavailable=True, **values)


def begin_emergency(old, *, by="supervisor", **values):
    """Issue an emergency code: the serial of ``old``, an unlock code, runs on another installation."""
    return operations.issue_emergency(request_id=dead_pc(old, **values).pk, reason=WHY, by=by, today=TODAY)


def begin_another_emergency(old, **values):
    """Issue an emergency code for a serial that had one before: two supervisors have to agree."""
    request = dead_pc(old, **values)
    assert operations.issue_emergency(request_id=request.pk, reason=WHY, by="supervisor", today=TODAY) is None
    return operations.issue_emergency(request_id=request.pk, reason=WHY, by="second supervisor", today=TODAY)


def settle(emergency, release_code, *, by="clerk", as_supervisor=False):
    return operations.settle_emergency(
        emergency_id=emergency.pk, release_code=release_code, by=by, as_supervisor=as_supervisor
    )


def decide(emergency, *, reason=WHY, by="supervisor"):
    return operations.decide_emergency(emergency_id=emergency.pk, reason=reason, by=by)


def withdraw(emergency, *, reason=WHY, by="supervisor"):
    operations.withdraw_emergency(emergency_id=emergency.pk, reason=reason, by=by)


def code_of(emergency):
    """The latest unlock code of the installation that runs in the emergency."""
    return emergency.installation.unlock_codes.latest("sequence")


def refused(act, *arguments, **values):
    """The code of the refusal; asserts that no emergency has begun or ended."""
    return why_refused(act, *arguments, unchanged=[Emergency], **values)


# --- Calls of the server -----------------------------------------------------------------------------


def update(emergency, *, today=TODAY):
    place = {"serial": emergency.serial.code, "site_id": emergency.installation.site_id}
    return operations.update_installation(**place, versions=versions(), by="Xchange Server", today=today)


def register(emergency, *, today=TODAY, site_id=""):
    place = {"serial": emergency.serial.code, "site_id": site_id or emergency.installation.site_id}
    return operations.register_installation(
        **place, versions=versions(), details=details(), by="Xchange Server", today=today
    )


def report(serial, site_id, release_code):
    return operations.release_installation(
        serial=serial.code, site_id=site_id, release_code=release_code, by="Xchange Server"
    )
