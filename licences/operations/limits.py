"""How much one address, and whoever names one serial, may ask for in a minute, counted in the database.

All workers count in the same rows. A request makes its keys busy for ``60 / limit`` seconds from now, or from when
they are free; a key that would then be busy for more than a minute has reached its limit. So a whole minute's
requests may come at once, and after that one at a time.
"""

import itertools
import time
from collections.abc import Mapping

from django.db import connection

from licences.models import RateLimit

MINUTE = 60.0
_TABLE = RateLimit._meta.db_table
_ADDING = (
    'INSERT INTO "{table}" ("key", "busy_until") VALUES {rows} ON CONFLICT ("key") DO UPDATE SET "busy_until" = '
    '{later}("{table}"."busy_until", %s) + (excluded."busy_until" - %s){limit} RETURNING "key"'
)
_WITHIN_LIMIT = ' WHERE "{table}"."busy_until" + (excluded."busy_until" - %s) <= %s'
_CLEANED_EVERY = 1000
_counter = itertools.count(1)


def take(costs: Mapping[str, float], *, now: float | None = None) -> int:
    """Take each key's cost (in seconds); the whole seconds to wait if one has reached its limit, else 0.

    The keys are taken in their order: all callers name them in the same, so that none waits for another in a circle.
    """
    now = time.time() if now is None else now
    if next(_counter) % _CLEANED_EVERY == 0:
        RateLimit.objects.filter(busy_until__lt=now).delete()
    limit = _WITHIN_LIMIT.format(table=_TABLE)
    taken = _add(costs, now, limit, [now, now + MINUTE])
    refused = [key for key in costs if key not in taken]
    return _seconds_to_wait(refused, costs, now) if refused else 0


def charge(key: str, cost: float, *, now: float | None = None) -> None:
    """Make a key busy for some seconds more, whatever its limit."""
    now = time.time() if now is None else now
    _add({key: cost}, now, "", [])


def _add(costs: Mapping[str, float], now: float, limit: str, limit_values: list[float]) -> set[str]:
    """The keys that were added to. ``excluded`` is the row that could not be inserted: now and the cost."""
    later = "MAX" if connection.vendor == "sqlite" else "GREATEST"
    rows = ", ".join(["(%s, %s)"] * len(costs))
    values = [value for key, cost in costs.items() for value in (key, now + cost)]
    with connection.cursor() as cursor:
        cursor.execute(
            _ADDING.format(table=_TABLE, rows=rows, later=later, limit=limit), [*values, now, now, *limit_values]
        )
        return {key for (key,) in cursor.fetchall()}


def _seconds_to_wait(refused: list[str], costs: Mapping[str, float], now: float) -> int:
    held = RateLimit.objects.filter(key__in=refused).values_list("key", "busy_until")
    waits = [busy_until + costs[key] - now - MINUTE for key, busy_until in held]
    return max(1, *(int(wait) + 1 for wait in waits), 1)
