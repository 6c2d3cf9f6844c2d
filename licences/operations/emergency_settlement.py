"""Settlement of an emergency, and refusal of everything else once its code has expired
(docs/telephone-call.md#the-emergency-and-its-follow-up).

Shared by the operations on emergencies, installations and re-licensing, which have locked the serial.
"""

from datetime import date

from django.utils import timezone

from licences.domain.errors import Refusal
from licences.models import Emergency, Event, Installation, ReleaseCodeUse, Relicensing, UnlockCode
from licences.operations import digests
from licences.operations.codes import issue_unlock_code
from licences.operations.events import record_customer_event

_EVENTS = {
    Emergency.Outcome.RELEASE_CODE: Event.Kind.EMERGENCY_SETTLED,
    Emergency.Outcome.DECIDED: Event.Kind.EMERGENCY_DECIDED,
    Emergency.Outcome.WITHDRAWN: Event.Kind.EMERGENCY_WITHDRAWN,
}


def refuse_expired_emergency(installation: Installation, *, on: date) -> None:
    """``Refusal("emergency-expired")`` if an installation has an open emergency whose last day is before ``on``."""
    expired = Emergency.objects.filter(installation=installation, settled_at=None, expires_on__lt=on).first()
    if expired is not None:
        raise Refusal("emergency-expired", field="serial", until=expired.expires_on)


def make_emergency_permanent(
    emergency: Emergency,
    outcome: Emergency.Outcome,
    *,
    by: str,
    reason: str = "",
    release_code: str = "",
    request: Relicensing | None = None,
    **about: object,
) -> UnlockCode | None:
    """Settle an emergency for good: use up the earlier installation's release, and issue a code without a last day.

    ``release_code`` is canonical; empty if a supervisor decided without it. ``request`` is the re-licensing that
    brought the release code, None for the request of the emergency. ``about`` is added to the details of the event.
    Returns the permanent code; None if the installation has been released meanwhile or nothing is licensed any more.
    ``Refusal``: ``codes-exhausted``.
    """
    use = ReleaseCodeUse.objects.create(
        installation=emergency.earlier,
        request=request or emergency.request,
        release_code=release_code,
        used_at=timezone.now(),
    )
    _mark_settled(emergency, outcome, by=by, reason=reason)
    emergency.permanent_code = _issue_permanent_code(emergency.installation, by=by)
    emergency.save(update_fields=["permanent_code"])
    code = emergency.permanent_code
    sequence = code.sequence if code else None
    made = {
        **(digests.digest_issued_code(code) if code else {"version": digests.VERSION}),
        "used": digests.digest_release_code_use(use),
    }
    record_emergency_event(_EVENTS[outcome], emergency, by=by, reason=reason, sequence=sequence, made=made, **about)
    return code


def _issue_permanent_code(installation: Installation, *, by: str) -> UnlockCode | None:
    """A code without a last day; None if the installation is not live or nothing is licensed."""
    if not installation.is_live:
        return None
    until, occasion = installation.serial.assured_until(), UnlockCode.Occasion.PERMANENT
    try:
        return issue_unlock_code(installation, assured_until=until, occasion=occasion, by=by).code
    except Refusal as refusal:
        if refusal.code != "nothing-licensed":
            raise
        return None


def take_back_emergency(emergency: Emergency, *, by: str, reason: str) -> None:
    """Withdraw an open emergency: end its installation. No code is issued; the serial has to be re-licensed.

    The caller has locked the serial and checked that the emergency is open.
    """
    if emergency.installation.is_live:
        emergency.installation.ended_at = timezone.now()
        emergency.installation.end_reason = Installation.EndReason.WITHDRAWN
        emergency.installation.save(update_fields=["ended_at", "end_reason"])
    _mark_settled(emergency, Emergency.Outcome.WITHDRAWN, by=by, reason=reason)
    record_emergency_event(_EVENTS[Emergency.Outcome.WITHDRAWN], emergency, by=by, reason=reason)


def _mark_settled(emergency: Emergency, outcome: Emergency.Outcome, *, by: str, reason: str) -> None:
    """Store how an emergency ended, who ended it, with which reason, and that it was now; the caller records it."""
    emergency.outcome, emergency.settled_by, emergency.settled_at = outcome, by, timezone.now()
    emergency.settled_reason = reason
    emergency.save(update_fields=["outcome", "settled_by", "settled_at", "settled_reason"])


def record_emergency_event(kind: Event.Kind, emergency: Emergency, *, by: str, **details: object) -> None:
    """Record an event about an emergency. Details that are empty or None are left out."""
    about = {
        "emergency": emergency.pk,
        "site_id": emergency.installation.site_id,
        "earlier_site_id": emergency.earlier.site_id,
        "expires_on": emergency.expires_on.isoformat(),
        **{name: value for name, value in details.items() if value not in ("", None)},
    }
    record_customer_event(kind, by=by, serial=emergency.serial, details=about)
