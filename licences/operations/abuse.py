"""Abuse counts: attempts of servers and visitors that were refused, shown to staff
(docs/security.md#work-that-is-bounded).

One row counts all attempts of the same kind for the same serial and site ID, and only its first attempt is an event.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F

from licences.models import Event, RefusedClaim, SerialGuess
from licences.operations.events import record_customer_event
from licences.operations.locks import lock_serial
from licences.operations.wrong_release_codes import record_wrong_release_code

MAX_SITE_IDS = 20  # counted apart per serial and kind; the attempts of all others share one row


@transaction.atomic
def count_refused_attempt(
    kind: RefusedClaim.Kind, *, serial: str, site_id: str, by: str, now: datetime, release_code: str = ""
) -> RefusedClaim:
    """Count an attempt on a serial that was refused, and return the row that counts it.

    ``kind`` is the code of the refusal; ``serial`` and ``site_id`` are those that were sent, canonical.
    ``release_code`` (canonical) is given where it was judged wrong: it then also counts against the limit of the
    serial. Attempts from more than ``MAX_SITE_IDS`` site IDs are counted in one row with an empty site ID, so that a
    flood fills no table. The first attempt in a row is an event. Every call counts once more. ``Refusal``:
    ``unknown-serial``.
    """
    locked_serial = lock_serial(serial)
    if release_code:
        record_wrong_release_code(locked_serial, release_code, by=by, now=now)
    counts = RefusedClaim.objects.filter(serial=locked_serial, kind=kind)
    count = counts.filter(site_id=site_id).first()
    if count is None and counts.count() >= MAX_SITE_IDS:
        site_id = ""
        count = counts.filter(site_id=site_id).first()
    if count is None:
        count = RefusedClaim.objects.create(serial=locked_serial, kind=kind, site_id=site_id, first_at=now, last_at=now)
        # Later attempts only raise the count.
        details = {"claim": count.kind, "site_id": count.site_id}
        record_customer_event(Event.Kind.CLAIM_REFUSED, by=by, serial=locked_serial, details=details)
    else:
        counts.filter(pk=count.pk).update(times=F("times") + 1, last_at=now)
        count.refresh_from_db(fields=["times", "last_at"])
    return count


@transaction.atomic
def count_guess(address: str, *, now: datetime) -> None:
    """Count that an address named a serial, site ID or release code that it has no right to.

    ``address`` is as ``licences.throttling.client_address`` returns it. A new address also removes the rows that are
    older than ``KEEP_ADDRESSES_DAYS`` (docs/personal-data.md#how-long-things-are-kept). Every call counts once more.
    """
    is_counted = SerialGuess.objects.filter(address=address).update(times=F("times") + 1, last_at=now)
    if not is_counted:
        SerialGuess.objects.filter(last_at__lt=now - timedelta(days=settings.KEEP_ADDRESSES_DAYS)).delete()
        SerialGuess.objects.get_or_create(address=address, defaults={"first_at": now, "last_at": now})
