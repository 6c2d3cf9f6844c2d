"""Access denials: pages that users tried to open without the permission (docs/security.md#the-log-of-refusals)."""

from datetime import datetime

from django.db import transaction
from django.db.models import F

from licences.models import RefusedAccess


@transaction.atomic
def count_access_denial(*, username: str, method: str, page: str, why: str, now: datetime) -> None:
    """Count that a user was denied a page.

    ``method`` is the HTTP method, ``page`` the path of the URL, ``why`` what the user lacks, such as a permission. One
    row counts all denials in which these and ``username`` are the same. Every call counts once more; there is no event.
    """
    denial = {"username": username, "method": method, "page": page, "why": why}
    if not RefusedAccess.objects.filter(**denial).update(times=F("times") + 1, last_at=now):
        RefusedAccess.objects.get_or_create(**denial, defaults={"first_at": now, "last_at": now})
