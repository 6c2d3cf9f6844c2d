"""Rate limits per key (an address, a serial), counted in the database (docs/security.md#work-that-is-bounded).

All workers share the rows. This is the generic cell rate algorithm: a request makes its keys busy for ``60 / limit``
seconds more, from now or from when they are free. A key that would be busy for more than a minute has reached its
limit. A minute's worth of requests may therefore arrive at once, then one at a time, and nobody waits for more than a
minute.

A key that is busy for longer was written by a server whose clock is ahead, and counts as free. Servers whose clocks
differ by less than ``CLOCK_SKEW`` still share their counts.
"""

import itertools
import time
from collections.abc import Mapping

from django.db import connection

from licences.models import RateLimit

MINUTE = 60.0
CLOCK_SKEW = 60.0  # seconds
_TABLE = RateLimit._meta.db_table
# Its parameters are the latest plausible end, and now.
_BUSY_UNTIL = 'CASE WHEN "{table}"."busy_until" > %s THEN %s ELSE "{table}"."busy_until" END'
_ADD_COSTS = (
    'INSERT INTO "{table}" ("key", "busy_until") VALUES {rows} ON CONFLICT ("key") DO UPDATE SET "busy_until" = '
    '{least}({most}({busy}, %s) + (excluded."busy_until" - %s), %s){limit} RETURNING "key"'
)
_WITHIN_LIMIT = ' WHERE {busy} + (excluded."busy_until" - %s) <= %s'
_CALLS_BETWEEN_CLEANING = 1000
_counter = itertools.count(1)


def take_from_limits(costs: Mapping[str, float], *, now: float | None = None) -> int:
    """Count a request against the rate limits of its keys; returns the seconds to wait (1 to 60), 0 if all allow it.

    A key is an address or serial; ``costs`` maps each to the seconds for which a request makes it busy (60 / its limit
    a minute). A key that would be busy for more than a minute has reached its limit and is not charged; the others are.
    All callers have to use the same order of keys, to prevent a deadlock. ``now`` is a Unix time, for tests. Rule:
    docs/security.md#work-that-is-bounded.
    """
    now = time.time() if now is None else now
    if next(_counter) % _CALLS_BETWEEN_CLEANING == 0:
        RateLimit.objects.exclude(busy_until__range=(now, _latest_plausible(now))).delete()
    taken = _add_costs(costs, now, within_limit=True)
    refused = [key for key in costs if key not in taken]
    return _seconds_to_wait(refused, costs, now) if refused else 0


def charge_limit(key: str, cost: float, *, now: float | None = None) -> None:
    """Count a request against the rate limit of one key, also if that has reached its limit; never refuses.

    ``cost`` is in seconds, as in ``take_from_limits``. The key is then busy for at most a minute from ``now``, a Unix
    time.
    """
    now = time.time() if now is None else now
    _add_costs({key: cost}, now, within_limit=False)


def _latest_plausible(now: float) -> float:
    """The latest end of a busy key that a clock within ``CLOCK_SKEW`` can have written."""
    return now + MINUTE + CLOCK_SKEW


def _add_costs(costs: Mapping[str, float], now: float, *, within_limit: bool) -> set[str]:
    """Add costs, in seconds, to keys in one statement; returns the keys that were charged.

    ``within_limit``: keys that would be over their limit are not charged. ``excluded`` in the SQL is the row of a key
    that exists already: now plus the cost.
    """
    most, least = ("MAX", "MIN") if connection.vendor == "sqlite" else ("GREATEST", "LEAST")
    busy, busy_values = _BUSY_UNTIL.format(table=_TABLE), [_latest_plausible(now), now]
    limit = _WITHIN_LIMIT.format(busy=busy) if within_limit else ""
    limit_values = [*busy_values, now, now + MINUTE] if within_limit else []
    rows = ", ".join(["(%s, %s)"] * len(costs))
    values = [value for key, cost in costs.items() for value in (key, now + min(cost, MINUTE))]
    adding = _ADD_COSTS.format(table=_TABLE, rows=rows, most=most, least=least, busy=busy, limit=limit)
    with connection.cursor() as cursor:
        cursor.execute(adding, [*values, *busy_values, now, now, now + MINUTE, *limit_values])
        return {key for (key,) in cursor.fetchall()}


def _seconds_to_wait(refused: list[str], costs: Mapping[str, float], now: float) -> int:
    """The whole seconds, from 1 to 60, after which all refused keys can be charged their costs."""
    busy_keys = RateLimit.objects.filter(key__in=refused).values_list("key", "busy_until")
    waits = [busy_until + costs[key] - now - MINUTE for key, busy_until in busy_keys]
    return min(int(MINUTE), max(1, *(int(wait) + 1 for wait in waits), 1))
