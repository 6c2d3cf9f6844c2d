"""What the tests of re-licensing do with a request, and what they look at."""

import pytest

from licences import operations, queries
from licences.domain.errors import Refusal
from licences.models import Installation, UnlockCode
from tests import factories
from tests.factories import TODAY

ALL_MATCH = dict.fromkeys(
    ["serial", "site_id", "release_code", "server_version", "client_version", "customer_name", "address_line1"], "match"
)


def issue(request, *, by="clerk", today=TODAY):
    return operations.issue(request_id=request.pk, by=by, today=today)


def refusal(request, *, today=TODAY):
    """Why no code is made; neither codes nor installations change."""
    before = list(Installation.objects.order_by("pk").values()), UnlockCode.objects.count()
    with pytest.raises(Refusal) as refused:
        issue(request, today=today)
    assert (list(Installation.objects.order_by("pk").values()), UnlockCode.objects.count()) == before
    return refused.value.code


def check_again(request, answers, *, purpose="migrate"):
    operations.check_again(request_id=request.pk, answers=answers, purpose=purpose, by="clerk", today=TODAY)


def verdicts(request):
    """Item → verdict in the latest check."""
    return {checked.item: checked.verdict for checked in queries.latest_check(request).items.all()}


def reason(request, item):
    return queries.latest_check(request).items.get(item=item).reason


def release(code):
    place = {"serial": code.serial.code, "site_id": code.installation.site_id}
    return operations.release(**place, release_code=code.release_code, by="Xchange Server")


def top_up(serial, **values):
    values = {"customer_number": serial.site.customer.number, **values}
    operations.record_purchase(factories.line(serial=serial.code, **values), by="tests")


def update(serial):
    return operations.update(serial=serial.code, site_id=None, versions=None, by="clerk", today=TODAY).unlock_code
