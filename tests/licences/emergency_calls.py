"""What the tests of emergencies do, and what they look at."""

from datetime import timedelta

import pytest

from licences import operations
from licences.domain.errors import Refusal
from licences.models import Emergency
from tests import factories
from tests.factories import TODAY, details, versions

WHY = "The mainboard burnt; invoice of the repair seen."
LAST_DAY = TODAY + timedelta(days=14)
AFTERWARDS = LAST_DAY + timedelta(days=1)


def dead_pc(old, **values):
    """A request in which everything passes but the release code, which cannot be had."""
    return factories.request(old, release_code="", release_code_unavailable=True, **values)


def emergency(old, *, by="supervisor", **values):
    """The serial of this unlock code on another installation, with a code that expires."""
    return operations.issue_emergency(request_id=dead_pc(old, **values).pk, reason=WHY, by=by, today=TODAY)


def settle(found, release_code, *, by="clerk", as_supervisor=False):
    return operations.settle_emergency(
        emergency_id=found.pk, release_code=release_code, by=by, as_supervisor=as_supervisor
    )


def decide(found, *, reason=WHY, by="supervisor"):
    return operations.decide_emergency(emergency_id=found.pk, reason=reason, by=by)


def withdraw(found, *, reason=WHY, by="supervisor"):
    operations.withdraw_emergency(emergency_id=found.pk, reason=reason, by=by)


def code_of(found):
    """The newest unlock code of the installation that runs on it."""
    return found.installation.unlock_codes.latest("sequence")


def refused(act, *arguments, **values):
    """Why it is refused; no emergency begins or ends by the attempt."""
    before = list(Emergency.objects.order_by("pk").values())
    with pytest.raises(Refusal) as refusal:
        act(*arguments, **values)
    assert list(Emergency.objects.order_by("pk").values()) == before
    return refusal.value.code


# --- What the server asks -----------------------------------------------------------------------------


def update(found, *, today=TODAY):
    place = {"serial": found.serial.code, "site_id": found.installation.site_id}
    return operations.update(**place, versions=versions(), by="Xchange Server", today=today)


def register(found, *, today=TODAY, site_id=""):
    place = {"serial": found.serial.code, "site_id": site_id or found.installation.site_id}
    return operations.register(**place, versions=versions(), details=details(), by="Xchange Server", today=today)


def report(serial, site_id, release_code):
    return operations.release(serial=serial.code, site_id=site_id, release_code=release_code, by="Xchange Server")
