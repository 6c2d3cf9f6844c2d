"""Storing how often the API was called (docs/figures.md#calls-of-the-api)."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import NamedTuple

from django.db import transaction
from django.db.models import F

from licences.models import ApiCallCount


class ApiCall(NamedTuple):
    """A kind of call on a day in the portal's time zone; ``outcome`` is the name of its problem, empty for success."""

    day: date
    call: str
    outcome: str


@transaction.atomic
def store_api_calls(counts: Mapping[ApiCall, int], *, now: datetime) -> None:
    """Add these counts to those on record. Every call counts once more; there is no event."""
    for key in sorted(counts):
        rows = ApiCallCount.objects.filter(**key._asdict())
        more = {"times": F("times") + counts[key], "counted_at": now}
        if not rows.update(**more):
            first = {"times": counts[key], "counted_at": now}
            _row, is_new = ApiCallCount.objects.get_or_create(**key._asdict(), defaults=first)
            if not is_new:
                rows.update(**more)
