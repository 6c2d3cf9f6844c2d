"""Row locks of the operations, held to the end of the transaction.

On PostgreSQL ``select_for_update`` locks the row; on SQLite it does nothing, and the immediate transaction is the lock.
To prevent deadlocks the order is always: re-licensing request, customer, purchases, serials, end of the event chain.

``no_key`` allows other transactions to insert rows that refer to the locked one. PostgreSQL checks the foreign keys of
events and checks at commit, with the end of the chain locked: without ``no_key`` that check would be a deadlock.
"""

from django.db import OperationalError, connection, transaction
from django.db.models import QuerySet
from psycopg.errors import LockNotAvailable

from customers.models import Customer
from licences.database.compiled import CompiledQuery, QueryParameter
from licences.domain.errors import Refusal
from licences.models import PurchaseLock, Relicensing, Serial

LOCK_TIMEOUT = 5  # seconds that a person waits for an import


def lock_serial(code: str) -> Serial:
    """Lock the serial with this canonical code; return it with site and customer. ``Refusal``: ``unknown-serial``."""
    serial = _LOCKED_SERIAL.first(code=code)
    if serial is None:
        raise Refusal("unknown-serial", field="serial")
    return serial


def lock_serial_of(request: Relicensing) -> Serial | None:
    """Lock the serial of a request, set ``request.serial`` to it and return it; None if no serial was recognised."""
    if request.serial_id is not None:
        request.serial = _locked_serials().get(pk=request.serial_id)
    return request.serial


def _locked_serials() -> QuerySet[Serial]:
    """A query for serials that locks them when they are read, but not the sites and customers it reads with them."""
    return Serial.objects.select_for_update(of=("self",), no_key=True).select_related("site__customer")


_LOCKED_SERIAL = CompiledQuery(lambda: _locked_serials().filter(code=QueryParameter("code", like="")))


def lock_serials(ids: list[int]) -> None:
    """Lock serials by their primary keys, in ascending order to prevent a deadlock."""
    serials = Serial.objects.select_for_update(no_key=True).filter(pk__in=ids)
    list(serials.order_by("pk").values_list("pk", flat=True))


def lock_request(request_id: int) -> Relicensing:
    """Lock a re-licensing request and return it; ``Relicensing.DoesNotExist`` if there is none."""
    return Relicensing.objects.select_for_update(no_key=True).get(pk=request_id)


def lock_customer(customer_id: int) -> Customer:
    """Lock a customer and return it; ``Customer.DoesNotExist`` if there is none."""
    return Customer.objects.select_for_update(no_key=True).get(pk=customer_id)


def lock_purchases() -> None:
    """Wait until nobody else records purchases, and keep them from it until the transaction ends."""
    PurchaseLock.objects.select_for_update().get_or_create(pk=1)


def lock_purchases_or_refuse() -> None:
    """``lock_purchases`` while a person waits. ``Refusal``: ``purchases-busy`` after ``LOCK_TIMEOUT`` seconds."""
    if connection.vendor != "postgresql":
        return lock_purchases()
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('lock_timeout', %s, true)", [f"{LOCK_TIMEOUT}s"])
            lock_purchases()
            cursor.execute("SELECT set_config('lock_timeout', '0', true)")
    except OperationalError as error:
        if isinstance(error.__cause__, LockNotAvailable):
            raise Refusal("purchases-busy") from None
        raise
