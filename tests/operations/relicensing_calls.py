"""Calls and questions shared by the tests of re-licensing."""

from licences import operations
from licences.models import Installation, UnlockCode
from licences.queries import checklist
from tests.factories import TODAY
from tests.questions import why_refused

ALL_MATCH = dict.fromkeys(
    ["serial", "site_id", "release_code", "server_version", "client_version", "customer_name", "address_line1"], "match"
)


def issue(request, *, by="clerk", today=TODAY):
    return operations.issue_relicensing(request_id=request.pk, by=by, today=today)


def refusal(request, *, today=TODAY):
    """The code of the refusal; asserts that codes and installations have not changed."""
    return why_refused(issue, request, today=today, unchanged=[Installation, UnlockCode])


def check_again(request, answers, *, purpose="migrate"):
    operations.recheck_relicensing(request_id=request.pk, answers=answers, purpose=purpose, by="clerk", today=TODAY)


def verdicts(request):
    """Item → verdict in the latest check."""
    return {checked.item: checked.verdict for checked in checklist.latest_check(request).items.all()}


def reason(request, item):
    return checklist.latest_check(request).items.get(item=item).reason


def release(code):
    place = {"serial": code.serial.code, "site_id": code.installation.site_id}
    return operations.release_installation(**place, release_code=code.release_code, by="Xchange Server")


def update(serial):
    return operations.update_installation(
        serial=serial.code, site_id=None, versions=None, by="clerk", today=TODAY
    ).unlock_code
