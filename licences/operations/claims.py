"""Counting what was refused at the open door, so that staff see it: one row per claim, one event per row."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F

from licences.models import Event, RefusedClaim, Serial, SerialGuess
from licences.operations.events import record_event
from licences.operations.locks import lock_serial
from licences.operations.wrong_codes import note_wrong_code

SITE_IDS_TOLD_APART = 20


@transaction.atomic
def count_refused_claim(
    kind: RefusedClaim.Kind, *, serial: str, site_id: str, by: str, now: datetime, release_code: str = ""
) -> RefusedClaim:
    """Count a claim that was refused. However many come, a serial gets a bounded number of rows and events.

    A wrong ``release_code`` also counts against the serial's limit. ``Refusal``: ``unknown-serial``.
    """
    held = lock_serial(serial)
    if release_code:
        note_wrong_code(held, release_code, by=by, now=now)
    claims = RefusedClaim.objects.filter(serial=held, kind=kind)
    claim = claims.filter(site_id=site_id).first()
    if claim is None and claims.count() >= SITE_IDS_TOLD_APART:
        site_id = ""
        claim = claims.filter(site_id=site_id).first()
    if claim is None:
        claim = RefusedClaim.objects.create(serial=held, kind=kind, site_id=site_id, first_at=now, last_at=now)
        _record(claim, held, by=by)
    else:
        claims.filter(pk=claim.pk).update(times=F("times") + 1, last_at=now)
        claim.refresh_from_db(fields=["times", "last_at"])
    return claim


def _record(claim: RefusedClaim, serial: Serial, *, by: str) -> None:
    customer = serial.site.customer
    record_event(
        Event.Kind.CLAIM_REFUSED,
        by=by,
        serial=serial.code,
        customer=customer,
        details={"claim": claim.kind, "site_id": claim.site_id},
        personal={"customer": customer.name},
    )


@transaction.atomic
def count_guess(address: str, *, now: datetime) -> None:
    """Count that an address named a serial that is not its own; counts of long ago are forgotten."""
    seen = SerialGuess.objects.filter(address=address).update(times=F("times") + 1, last_at=now)
    if not seen:
        SerialGuess.objects.filter(last_at__lt=now - timedelta(days=settings.KEEP_ADDRESSES_DAYS)).delete()
        SerialGuess.objects.get_or_create(address=address, defaults={"first_at": now, "last_at": now})
