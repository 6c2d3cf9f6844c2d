"""Which row an operation holds while it works.

On PostgreSQL ``select_for_update`` locks the row; on SQLite it does nothing and the immediate transaction is the
lock. Order, always: re-licensing request, customer, purchases, serial numbers, end of the event chain.

``no_key`` lets others go on who only refer to the row. PostgreSQL looks at what an event or a check refers to when
it commits, with the end of the chain still held: were it to wait for the row then, both would wait for each other.
"""

from django.db import OperationalError, connection, transaction
from django.db.models import QuerySet
from psycopg.errors import LockNotAvailable

from customers.models import Customer
from licences.compiled import Compiled, Given
from licences.domain.errors import Refusal
from licences.models import PurchaseLock, Relicensing, Serial

PATIENCE = 5  # seconds that a person is kept waiting for an import


def lock_serial(code: str) -> Serial:
    """Fetch and hold a serial by its canonical code; ``Refusal("unknown-serial")`` where there is none."""
    serial = _HELD_SERIAL.first(code=code)
    if serial is None:
        raise Refusal("unknown-serial", field="serial")
    return serial


def _held_serial() -> QuerySet[Serial]:
    held = Serial.objects.select_for_update(of=("self",), no_key=True).select_related("site__customer")
    return held.filter(code=Given("code", like=""))


_HELD_SERIAL = Compiled(_held_serial)


def lock_serials(ids: list[int]) -> None:
    """Hold many serials, always in the same order."""
    held = Serial.objects.select_for_update(no_key=True).filter(pk__in=ids)
    list(held.order_by("pk").values_list("pk", flat=True))


def lock_request(request_id: int) -> Relicensing:
    return Relicensing.objects.select_for_update(no_key=True).get(pk=request_id)


def lock_customer(customer_id: int) -> Customer:
    return Customer.objects.select_for_update(no_key=True).get(pk=customer_id)


def lock_purchases() -> None:
    PurchaseLock.objects.select_for_update().get_or_create(pk=1)


def lock_purchases_or_refuse() -> None:
    """For whoever has a person waiting: ``Refusal("purchases-busy")`` where a large import takes longer than that."""
    if connection.vendor != "postgresql":
        return lock_purchases()
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('lock_timeout', %s, true)", [f"{PATIENCE}s"])
            lock_purchases()
            cursor.execute("SELECT set_config('lock_timeout', '0', true)")
    except OperationalError as error:
        if isinstance(error.__cause__, LockNotAvailable):
            raise Refusal("purchases-busy") from None
        raise
