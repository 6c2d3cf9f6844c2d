"""Raising the sequences of unlock codes after a restore, so that none is issued twice
(docs/decisions.md#restored-backups and docs/restore.md#step-by-step).
"""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Max, Q, Sum
from django.utils import timezone

from licences.domain.codes import MAX_SEQUENCE
from licences.domain.errors import Refusal
from licences.models import Event, SequenceRaise, Serial, UnlockCode
from licences.operations import allocated_lists
from licences.operations.events import record_event
from licences.operations.locks import lock_purchases

DEFAULT_RAISE = 100  # more than the codes of a serial between two backups; 4095 is the last sequence
_RECENTLY = timedelta(days=1)


def numbers_to_skip(serial: Serial, latest: UnlockCode | None) -> int:
    """How many sequences to skip after the latest code of a serial: the sum of all raises since it was issued.

    ``latest`` is None for a serial without a code: then the raises since the serial was stored count, or all of them if
    it returned after a restore.
    """
    if latest is not None:
        is_later = Q(last_code__gte=latest.pk)
    else:
        is_later = Q() if serial.returned_at else Q(last_serial__gte=serial.pk)
    raised: int | None = SequenceRaise.objects.filter(is_later).aggregate(numbers=Sum("by_how_many"))["numbers"]
    return raised or 0


@dataclass(frozen=True, slots=True)
class SequenceRaises:
    """The result of a raise, in sequences per serial.

    ``by_how_many`` are skipped by this raise, ``recalled`` by earlier raises that the restored database did not know.
    ``used_up`` is the number of serials that get no further code, because their sequences end at 4095.
    """

    by_how_many: int
    recalled: int
    used_up: int


@transaction.atomic
def raise_sequences(*, by_how_many: int, by: str, again: bool = False) -> SequenceRaises:
    """Skip ``by_how_many`` sequences of every existing serial, once per restore; returns how many are skipped.

    Earlier raises that the restored database does not have are read from their file and stored first. Not idempotent:
    every call raises once more, so a call with nothing to restore is refused unless ``again`` is set. ``Refusal``:
    ``raise-out-of-range`` (1 to 4094), ``already-raised``, ``allocated-list-unwritable``. Rule:
    docs/decisions.md#restored-backups.
    """
    if not 1 <= by_how_many < MAX_SEQUENCE:
        raise Refusal("raise-out-of-range", limit=MAX_SEQUENCE - 1)
    lock_purchases()
    _wait_for_code_writers()
    forgotten = _forgotten_raises()
    if not again and not forgotten:
        _refuse_second_raise()
    newest = {"last_code": _highest(UnlockCode), "last_serial": _highest(Serial)}
    raises = [
        SequenceRaise(mark=each["mark"], by_how_many=each["by_how_many"], raised_by=by, **newest) for each in forgotten
    ]
    raises.append(SequenceRaise(mark=secrets.token_hex(8), by_how_many=by_how_many, raised_by=by, **newest))
    for each in raises:
        each.raised_at = timezone.now()
        each.save()
    allocated_lists.write_sequence_raise({"mark": raises[-1].mark, "by_how_many": by_how_many, "by": by})
    recalled = sum(each["by_how_many"] for each in forgotten)
    details = {"by_how_many": by_how_many, "recalled": recalled, "raises": [each.pk for each in raises]}
    used_up = count_exhausted_serials()
    record_event(Event.Kind.SEQUENCES_RAISED, by=by, details=details)
    return SequenceRaises(by_how_many, recalled, used_up)


def _wait_for_code_writers() -> None:
    """Wait for transactions that issue codes, and keep out new ones. On SQLite the transaction is the lock."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE licences_unlockcode IN SHARE ROW EXCLUSIVE MODE")


def _forgotten_raises() -> list[dict[str, Any]]:
    """Raises in the file that the restored database does not have, as ``write_sequence_raise`` was given them."""
    known = set(SequenceRaise.objects.values_list("mark", flat=True))
    return [each for each in allocated_lists.read_sequence_raises() if each["mark"] not in known]


def _refuse_second_raise() -> None:
    """``Refusal("already-raised")`` if the last raise was within a day, or no code was issued since."""
    latest = SequenceRaise.objects.first()
    if latest is None:
        return
    has_no_newer_codes = latest.last_code >= _highest(UnlockCode)
    if has_no_newer_codes or latest.raised_at > timezone.now() - _RECENTLY:
        at = f"{timezone.localtime(latest.raised_at):%Y-%m-%d %H:%M}"
        raise Refusal("already-raised", number=latest.by_how_many, at=at)


def _highest(model: type[UnlockCode] | type[Serial]) -> int:
    """The highest primary key of a table; 0 if it is empty."""
    return model.objects.aggregate(highest=Max("pk"))["highest"] or 0


def count_exhausted_serials() -> int:
    """How many serials have no sequence left: that of their latest code and the raises since reach 4095."""
    raises = list(SequenceRaise.objects.values_list("last_code", "by_how_many"))
    used_up = 0
    latest = UnlockCode.objects.order_by().values("serial").annotate(last=Max("sequence"), newest=Max("pk"))
    near = latest.filter(last__gte=MAX_SEQUENCE - sum(number for _last, number in raises))
    for last, newest in near.values_list("last", "newest"):
        used_up += last + sum(number for last_code, number in raises if last_code >= newest) >= MAX_SEQUENCE
    return used_up
