"""Handing a request over to a supervisor (docs/decisions.md#handing-over-is-an-act)."""

from django.db import transaction
from django.utils import timezone

from licences.domain.errors import Refusal
from licences.domain.staff_identity import user_number_of
from licences.models import Event, Relicensing
from licences.operations.checklist_decisions import lock_open_request_with_serial
from licences.operations.relicensing_requests import record_request_event, update_waiting_for
from licences.queries import checklist


@transaction.atomic
def hand_over_request(*, request_id: int, by: str) -> Relicensing:
    """Put a request on the desk of the supervisors, and return it. Who handed it over, and when, stays on it.

    Idempotent: a request that waits already stays as it is. ``Refusal``: ``request-closed``, ``nothing-to-hand-over``
    (nothing in it needs a decision, or a mismatch has to be asked again first).
    """
    request = lock_open_request_with_serial(request_id)
    if request.waiting_since is not None:
        return request
    now = timezone.now()
    request.handed_over_by, request.handed_over_by_number, request.handed_over_at = by, user_number_of(by), now
    check = checklist.latest_check(request)
    update_waiting_for(request, check)
    if not request.waiting_for:
        raise Refusal("nothing-to-hand-over")
    request.save(update_fields=["handed_over_by", "handed_over_by_number", "handed_over_at"])
    items = list(request.waiting_for)
    record_request_event(Event.Kind.RELICENSING_HANDED_OVER, request, by=by, check=check.number, items=items)
    return request
