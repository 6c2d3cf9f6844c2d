"""Counting the lists of data quality in the background (docs/surface.md#data-quality-lists).

A count reads a whole list without a transaction, and then stores in a short one what is different from before. What is
stored can be computed again, so counts are no events.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from licences.domain.batches import batched
from licences.models import QualityCount, QualityFinding, QualityMark
from licences.queries import data_quality
from licences.queries.data_quality import EntryKey, QualityList
from licences.queries.quality_pages import COUNT_INTERVAL, listed_entries

_BATCH = 500
_PAUSE = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class _Found:
    """The findings of a list by their keys, and how many of them are open since when."""

    findings: dict[EntryKey, QualityFinding]
    entries: int
    oldest: date | None


def claim_quality_count(*, now: datetime, at_once: bool = False) -> bool:
    """Tell whether the caller is to count the lists now; of several who ask at once, one is told so.

    That the count begins is noted. It is due when the latest one began ``COUNT_INTERVAL`` before ``now``; with
    ``at_once`` half a minute is enough.
    """
    slug = data_quality.LISTS[0].slug
    QualityCount.objects.get_or_create(list=slug)
    before = now - (_PAUSE if at_once else COUNT_INTERVAL)
    due = Q(begun_at=None) | Q(begun_at__lte=before) | Q(begun_at__gt=now)
    return QualityCount.objects.filter(due, list=slug).update(begun_at=now) == 1


def count_quality_lists(*, now: datetime, by_worker: bool, heartbeat: Callable[[], None] = lambda: None) -> None:
    """Find and count the entries of all lists of data quality as of ``now``, and store both. Idempotent.

    ``by_worker`` is stored with the count: whether a worker counted, and no person. ``heartbeat`` is called between two
    lists. Each list is stored in a transaction of its own.
    """
    for quality_list in data_quality.LISTS:
        heartbeat()
        found = _find(quality_list, today=timezone.localdate(now))
        _store(quality_list.slug, found, now=now, by_worker=by_worker)


def _find(quality_list: QualityList, *, today: date) -> _Found:
    """Find the open entries of a list, until there are ``STORED`` and one more, and those that are not open."""
    hidden = QualityMark.objects.filter(list=quality_list.slug).exclude(state=QualityMark.State.OPEN).count()
    entries = quality_list.find(today, data_quality.STORED + hidden + 1, None)
    findings: dict[EntryKey, QualityFinding] = {}
    count, oldest = 0, None
    for listed in listed_entries(quality_list, entries, today=today):
        entry = listed.entry
        if entry.key in findings:
            continue
        if listed.state == "open":
            count += 1
            oldest = min(oldest or entry.since, entry.since)
            if count > data_quality.STORED:
                break
        findings[entry.key] = QualityFinding(
            list=quality_list.slug, subject=entry.key[0], second=entry.key[1], since=entry.since,
            fingerprint=entry.fingerprint, serial=entry.serial, customer=entry.customer, other=entry.other,
        )  # fmt: skip
    return _Found(findings, count, oldest)


@transaction.atomic
def _store(slug: str, found: _Found, *, now: datetime, by_worker: bool) -> None:
    """Replace the stored findings of the list ``slug`` by those that were found; only what differs is written.

    The count is stored with them: as of ``now``, and whether a worker made it.
    """
    count = lock_quality_list(slug)
    if count.counted_at is not None and count.counted_at > now:
        return  # somebody else has counted later
    stored = {(row.subject, row.second): row for row in QualityFinding.objects.filter(list=slug)}
    new = [row for key, row in found.findings.items() if key not in stored or _content(stored[key]) != _content(row)]
    replaced = {(row.subject, row.second) for row in new}
    gone = [row.pk for key, row in stored.items() if key not in found.findings or key in replaced]
    for chunk in batched(gone, _BATCH):
        QualityFinding.objects.filter(pk__in=chunk).delete()
    QualityFinding.objects.bulk_create(new, batch_size=_BATCH)
    count.entries, count.more = min(found.entries, data_quality.STORED), found.entries > data_quality.STORED
    count.oldest, count.counted_at, count.by_worker = found.oldest, now, by_worker
    count.save(update_fields=["entries", "more", "oldest", "counted_at", "by_worker"])


def lock_quality_list(slug: str) -> QualityCount:
    """Lock the list with this slug against other counts and acts until the transaction ends; return its count."""
    QualityCount.objects.get_or_create(list=slug)
    return QualityCount.objects.select_for_update(no_key=True).get(list=slug)


def _content(row: QualityFinding) -> tuple[object, ...]:
    """What a stored finding says besides its key, so that two of them can be compared."""
    return row.since, row.fingerprint, row.serial_id, row.customer_id, row.other_id
