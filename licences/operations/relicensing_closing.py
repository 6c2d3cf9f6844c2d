"""Requests that end without a code: withdrawn, superseded by another request, or left alone for too long
(docs/decisions.md#one-call-one-request).
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from licences.models import Event, Relicensing, UnlockCode
from licences.operations.locks import lock_request
from licences.operations.relicensing_requests import (
    close_request,
    lock_open_request,
    record_request_event,
    update_waiting_for,
)
from licences.queries import checklist, open_requests

Because = Relicensing.ClosedBecause


@transaction.atomic
def withdraw_relicensing(*, request_id: int, by: str) -> None:
    """Close a request without a code; its checks stay on record. For an hour ``reopen_relicensing`` undoes it.

    ``Refusal``: ``request-closed`` (also on a second call). Rule: docs/decisions.md#one-call-one-request.
    """
    request = lock_open_request(request_id)
    close_request(request, Relicensing.Outcome.WITHDRAWN, None, by=by)
    record_request_event(Event.Kind.RELICENSING_WITHDRAWN, request, by=by)


@transaction.atomic
def reopen_relicensing(*, request_id: int, by: str) -> Relicensing:
    """Undo a withdrawal, and return the request, which is open as it was before.

    Idempotent: an open request stays as it is. ``Refusal``: ``not-withdrawn`` (a code was issued, or the portal closed
    it) and ``reopened-too-late`` (it was withdrawn more than an hour ago).
    """
    request = lock_request(request_id)
    if request.is_open:
        return request
    open_requests.require_reopening(request, now=timezone.now())
    request.outcome, request.closed_by, request.closed_at = "", "", None
    request.reopened_at = timezone.now()
    request.save(update_fields=["outcome", "closed_by", "closed_at", "reopened_at"])
    update_waiting_for(request, checklist.latest_check(request))
    record_request_event(Event.Kind.RELICENSING_REOPENED, request, by=by)
    return request


def close_superseded_requests(request: Relicensing, code: UnlockCode) -> None:
    """Close the other open requests of a serial that an issued code makes pointless. The caller has locked the serial.

    These are the ones that name the same site ID and in which nothing happened for an hour. A request that another
    transaction has locked is being worked on, and so it is left out; to wait for it could be a deadlock.
    """
    site_id = code.installation.site_id
    others = Relicensing.objects.select_for_update(skip_locked=True, no_key=True, of=("self",))
    for other in others.filter(serial=code.serial_id, closed_at=None).exclude(pk=request.pk).order_by("pk"):
        same_site = open_requests.site_id_of(other) == site_id
        if same_site and open_requests.last_action(other) <= timezone.now() - open_requests.QUIET:
            _close(other, Because.SUPERSEDED, by=code.issued_by, superseded_by=request.pk)


def close_idle_requests(*, now: datetime) -> int:
    """Close the requests in which nothing happened for ``OPEN_REQUEST_DAYS`` days, and return how many.

    Requests that were handed over or half approved stay. Each is closed in a transaction of its own. Idempotent.
    """
    before = now - timedelta(days=settings.OPEN_REQUEST_DAYS)
    return sum(_close_if_idle(pk, before) for pk in open_requests.idle_requests(before).values_list("pk", flat=True))


@transaction.atomic
def _close_if_idle(pk: int, before: datetime) -> bool:
    """Lock the request with this primary key, and close it if nothing happened in it since ``before``.

    Returns whether it was closed.
    """
    request = lock_request(pk)
    if not open_requests.idle_requests(before).filter(pk=pk).exists():
        return False
    _close(request, Because.IDLE, by="portal", days=settings.OPEN_REQUEST_DAYS)
    return True


def _close(request: Relicensing, because: Relicensing.ClosedBecause, *, by: str, **details: object) -> None:
    """Close a request that nobody decided, for the reason ``because``, with its event; ``details`` are added to it."""
    close_request(request, Relicensing.Outcome.WITHDRAWN, None, by=by, because=because)
    record_request_event(Event.Kind.RELICENSING_CLOSED, request, by=by, because=because.value, **details)
