"""Recalling after a restore the serial numbers in the lists of allocated serials.

The procedure is docs/restore.md.
"""

from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from licences.models import ReturningSerial, Serial
from licences.operations.allocated_lists import AllocatedList, ListHead, read_all_lists
from licences.operations.locks import lock_purchases

_BATCH = 1_000


@dataclass(slots=True)
class RecalledSerials:
    """The contents of the lists: how many lists there are, how many serial numbers will return, and what was lost.

    ``lost`` are imports and batches that were applied and are missing from the database; for those in ``doubtful`` it
    is unknown whether they were applied. ``damaged`` are the names of files that break off; they were read up to there.
    """

    lists: int = 0
    serials: int = 0
    lost: list[ListHead] = field(default_factory=list)
    doubtful: list[ListHead] = field(default_factory=list)
    damaged: list[str] = field(default_factory=list)


@transaction.atomic
def recall_allocated_serials() -> RecalledSerials:
    """Keep every serial number that a restored database has lost, for its purchase to get it again.

    They are read from all lists of allocated serials; returns what these hold. Takes the lock on purchases. Idempotent:
    a second call keeps nothing more. Damaged lists stop nothing. Rule: docs/decisions.md#restored-backups.
    """
    lock_purchases()
    recalled = RecalledSerials()
    for each in read_all_lists():
        recalled.lists += 1
        if each.head is not None and not each.head.is_on_record:
            (recalled.lost if each.is_complete else recalled.doubtful).append(each.head)
        try:
            _recall(each)
        except (ValueError, OSError):
            recalled.damaged.append(each.path.name)
    gone = ReturningSerial.objects.exclude(code__in=Serial.objects.values("code"))
    recalled.serials = gone.values("code").distinct().count()
    return recalled


def _recall(each: AllocatedList) -> None:
    """Keep each serial number of a list that the database has lost, for its purchase to get it again.

    Raises ``ValueError`` or ``OSError`` where the list breaks off; what stands before that is kept.
    """
    batch: list[list[Any]] = []
    try:
        for allocation in each.serials():
            batch.append(allocation)
            if len(batch) == _BATCH:
                _keep(batch)
                batch = []
    finally:
        _keep(batch)


def _keep(batch: list[list[Any]]) -> None:
    """Store, of these entries of a list, those whose serial number the database does not have.

    An entry is ``[purchase reference, allocation key, place, serial]``. The next import of that purchase reads them.
    """
    known = set(Serial.objects.filter(code__in={serial for *_rest, serial in batch}).values_list("code", flat=True))
    gone = [
        ReturningSerial(purchase_reference=reference, allocation_key=key, place=place, code=serial)
        for reference, key, place, serial in batch
        if serial not in known
    ]
    ReturningSerial.objects.bulk_create(gone, ignore_conflicts=True)
