"""What a page compares to know whether it is still up to date (docs/telephone-call.md#while-a-request-waits).

Each function returns a short text that changes with what the page shows. They run every few seconds for every open
page, so each is one query. Nothing here writes.
"""

from hashlib import sha256

from django.db.models import Max, QuerySet

from licences.models import Relicensing
from licences.queries import approvals

LISTED = 50


def request_version(pk: int) -> str:
    """Return the version of a request: its checks, how items were settled, who agreed, and its end."""
    latest = (Max("checks__number"), Max("checks__items__resolution"), Max("checks__approvals"))
    columns = ("waiting_since", "waiting_for", "handed_over_at", "closed_at", "unlock_code")
    return _version(Relicensing.objects.filter(pk=pk).order_by(), *columns, *latest)


def waiting_version(supervisor: str) -> str:
    """Return the version of the list of requests that this supervisor may decide."""
    waiting = approvals.requests_decidable_by(supervisor).select_related(None)
    return _version(waiting[:LISTED], "pk", "waiting_since", "waiting_for", "serial")


def _version(rows: QuerySet[Relicensing], *columns: str | Max) -> str:
    """A text of 24 hexadecimal digits that changes when these columns of any of the rows change."""
    return sha256(repr(list(rows.values_list(*columns))).encode()).hexdigest()[:24]
