"""Baselines: events that vouch for rows recorded before events held digests
(docs/proof.md#what-is-older-than-the-digests).

Append-only rows are not changed. The event names the first and last primary key that it covers in each table, with one
digest over those rows. A later baseline begins after the last one and covers what an old release of the portal has
written in the meantime.
"""

from typing import Any

from django.db import connection, transaction

from licences.models import Event, Product
from licences.operations import digests
from licences.operations.events import record_event

Kind = Event.Kind
TABLES = {"grants": digests.GRANTS, "serials": digests.SERIALS, "files": digests.LICENCE_FILES}
# Events of these kinds hold digests in every release of the portal that writes any.
_DIGESTED = (Kind.PURCHASES_RECORDED, Kind.REGISTERED)


def count_events_without_digests() -> int:
    """How many events of purchases and registrations hold no digest of their rows and are covered by no baseline."""
    through = max((each.details["through"] for each in recorded_baselines()), default=0)
    return Event.objects.filter(kind__in=_DIGESTED, pk__gt=through).exclude(details__has_key="made").count()


def recorded_baselines() -> list[Event]:
    """The events of all baselines, the oldest first."""
    return list(Event.objects.filter(kind=Kind.BASELINE_MADE).order_by("pk"))


def make_baseline(*, by: str) -> Event:
    """Record an event with digests of the grants, serials and licence files since the last baseline; returns it.

    It vouches for rows that were recorded before events held digests. The caller must have verified the log and its
    records first, because from then on the baseline vouches for whatever they say. Reading the rows blocks nobody: it
    covers rows up to primary keys that are fixed at the beginning, and those rows do not change. Every call records
    another baseline. Rule: docs/proof.md#what-is-older-than-the-digests.
    """
    earlier = recorded_baselines()
    last_keys, through = _last_committed_keys()
    details: dict[str, Any] = {"version": digests.VERSION, "through": through}
    for name, table in TABLES.items():
        first = max((each.details[name]["last"] for each in earlier), default=0) + 1
        details[name] = digests.digest_rows(table, first, last_keys[name]).as_json()
    with transaction.atomic():
        products = Product.objects.select_for_update(no_key=True).order_by("pk")
        details["products"] = [{"id": each.pk, "slot": each.slot} for each in products]
        return record_event(Kind.BASELINE_MADE, by=by, details=details)


@transaction.atomic
def _last_committed_keys() -> tuple[dict[str, int], int]:
    """The highest primary key of each table in ``TABLES``, and of the events; no open transaction holds a lower one.

    Purchases write grants and serials under one lock. Licence files have no such lock: on PostgreSQL a table lock
    waits for their writers; on SQLite there is only one writer at a time.
    """
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"LOCK TABLE {digests.LICENCE_FILES} IN SHARE MODE")
        tables = [*TABLES.values(), Event._meta.db_table]
        cursor.execute("SELECT " + ", ".join(f"(SELECT coalesce(max(id), 0) FROM {table})" for table in tables))  # noqa: S608
        *last_keys, through = cursor.fetchone()
    return dict(zip(TABLES, last_keys, strict=True)), through
