"""Which row an operation holds while it works.

On PostgreSQL ``select_for_update`` locks the row; on SQLite it does nothing and the immediate transaction is the
lock. Order, always: re-licensing request, purchases, serial numbers, end of the event chain.
"""

from licences.domain.errors import Refusal
from licences.models import PurchaseLock, Relicensing, Serial


def lock_serial(code: str) -> Serial:
    """Fetch and hold a serial by its canonical code; ``Refusal("unknown-serial")`` where there is none."""
    found = Serial.objects.select_for_update(of=("self",)).select_related("site__customer").filter(code=code)
    serial = found.first()
    if serial is None:
        raise Refusal("unknown-serial", field="serial")
    return serial


def lock_request(request_id: int) -> Relicensing:
    return Relicensing.objects.select_for_update().get(pk=request_id)


def lock_purchases() -> None:
    PurchaseLock.objects.select_for_update().get_or_create(pk=1)
