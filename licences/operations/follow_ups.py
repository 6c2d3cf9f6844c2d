"""The follow-up of an emergency: how it is settled, and what is refused after its code has expired.

The lowest of the operations on installations: re-licensing and release come here as well. The caller holds the serial.
"""

from datetime import date

from django.utils import timezone

from licences.domain.errors import Refusal
from licences.models import Emergency, Event, Installation, ReleaseCodeUse, Relicensing, UnlockCode
from licences.operations.codes import unlock_code_for
from licences.operations.events import record_event

_EVENTS = {
    Emergency.Outcome.RELEASE_CODE: Event.Kind.EMERGENCY_SETTLED,
    Emergency.Outcome.DECIDED: Event.Kind.EMERGENCY_DECIDED,
    Emergency.Outcome.WITHDRAWN: Event.Kind.EMERGENCY_WITHDRAWN,
}


def refuse_expired(installation: Installation, *, on: date) -> None:
    """``Refusal("emergency-expired")`` where an installation's emergency code has expired and nobody has decided."""
    expired = Emergency.objects.filter(installation=installation, settled_at=None, expires_on__lt=on).first()
    if expired is not None:
        raise Refusal("emergency-expired", field="serial", until=expired.expires_on)


def make_permanent(
    emergency: Emergency,
    outcome: Emergency.Outcome,
    *,
    by: str,
    reason: str = "",
    release_code: str = "",
    request: Relicensing | None = None,
    **about: object,
) -> UnlockCode | None:
    """Settle an emergency for good: the earlier installation's release is used up, the code no longer expires.

    None where there is no code to make: the installation has meanwhile been released, or its licences were all
    returned. ``request`` is the checklist that brought the release code, if one did; ``about`` goes into the event.
    """
    ReleaseCodeUse.objects.create(
        installation=emergency.earlier,
        request=request or emergency.request,
        release_code=release_code,
        used_at=timezone.now(),
    )
    _settle(emergency, outcome, by=by, reason=reason)
    emergency.permanent_code = _permanent_code(emergency.installation, by=by)
    emergency.save(update_fields=["permanent_code"])
    code = emergency.permanent_code
    sequence = code.sequence if code else None
    record_about(_EVENTS[outcome], emergency, by=by, reason=reason, sequence=sequence, **about)
    return code


def _permanent_code(installation: Installation, *, by: str) -> UnlockCode | None:
    if not installation.is_live:
        return None
    until, made_for = installation.serial.assured_until(), UnlockCode.Occasion.PERMANENT
    try:
        return unlock_code_for(installation, assured_until=until, occasion=made_for, by=by).code
    except Refusal as refusal:
        if refusal.code != "nothing-licensed":
            raise
        return None


def take_back(emergency: Emergency, *, by: str, reason: str) -> None:
    """Settle an emergency without a code: its installation ends, and the serial has to be re-licensed."""
    if emergency.installation.is_live:
        emergency.installation.ended_at = timezone.now()
        emergency.installation.end_reason = Installation.EndReason.WITHDRAWN
        emergency.installation.save(update_fields=["ended_at", "end_reason"])
    _settle(emergency, Emergency.Outcome.WITHDRAWN, by=by, reason=reason)
    record_about(_EVENTS[Emergency.Outcome.WITHDRAWN], emergency, by=by, reason=reason)


def _settle(emergency: Emergency, outcome: Emergency.Outcome, *, by: str, reason: str) -> None:
    emergency.outcome, emergency.settled_by, emergency.settled_at = outcome, by, timezone.now()
    emergency.settled_reason = reason
    emergency.save(update_fields=["outcome", "settled_by", "settled_at", "settled_reason"])


def record_about(kind: Event.Kind, emergency: Emergency, *, by: str, **details: object) -> None:
    customer = emergency.serial.site.customer
    about = {
        "emergency": emergency.pk,
        "site_id": emergency.installation.site_id,
        "earlier_site_id": emergency.earlier.site_id,
        "expires_on": emergency.expires_on.isoformat(),
        **{name: value for name, value in details.items() if value not in ("", None)},
    }
    record_event(
        kind,
        by=by,
        serial=emergency.serial.code,
        customer=customer,
        details=about,
        personal={"customer": customer.name},
    )
