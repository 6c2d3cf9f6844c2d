"""Questions about requests that are still open, and how they may end. Nothing here writes.

Rule: docs/decisions.md#one-call-one-request.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Case, Exists, Max, OuterRef, Q, QuerySet, Subquery, Value, When

from licences.domain import codes
from licences.domain.errors import Refusal
from licences.domain.folding import fold_name
from licences.models import Approval, CheckedItem, ChecklistCheck, ItemResolution, Relicensing, Serial, UnlockCode
from licences.queries.approvals import is_person

QUIET = timedelta(hours=1)  # a request in which nothing happens for so long is nobody's call any more
REOPENED_WITHIN = timedelta(hours=1)
RELICENSED = (UnlockCode.Occasion.RELICENSING, UnlockCode.Occasion.EMERGENCY)
MEANWHILE_SHOWN = 50


# --- Lists -------------------------------------------------------------------------------------------


def open_requests_of(serial: Serial | int, *, but: int = 0) -> QuerySet[Relicensing]:
    """Return the open requests of a serial, the newest first, without the one with the primary key ``but``."""
    return with_name(Relicensing.objects.filter(serial=serial, closed_at=None).exclude(pk=but)).order_by("-pk")


def open_requests_for(person: str) -> QuerySet[Relicensing]:
    """Return all open requests, those that this person opened first, each group newest first."""
    own = Case(When(is_person("opened_by", person), then=Value(0)), default=Value(1))
    related = Relicensing.objects.filter(closed_at=None).select_related("serial__site__customer")
    return with_name(related).order_by(own, "-pk")


def with_name(requests: QuerySet[Relicensing]) -> QuerySet[Relicensing]:
    """Annotate requests with ``name_given``, the customer's name as the caller gave it in the latest check."""
    names = CheckedItem.objects.filter(checklist__request=OuterRef("pk"), item="customer_name")
    return requests.annotate(name_given=Subquery(names.order_by("-checklist__number").values("said")[:1]))


# --- When something last happened --------------------------------------------------------------------


def last_action(request: Relicensing) -> datetime:
    """Return when somebody last did something in a request."""
    checked = request.checks.aggregate(at=Max("checked_at"))["at"]
    settled = ItemResolution.objects.filter(checked_item__checklist__request=request).aggregate(at=Max("resolved_at"))
    agreed = Approval.objects.filter(checklist__request=request).aggregate(at=Max("approved_at"))
    times = (request.opened_at, checked, settled["at"], agreed["at"], request.handed_over_at, request.reopened_at)
    return max(at for at in times if at is not None)


def idle_requests(before: datetime) -> QuerySet[Relicensing]:
    """Return the open requests in which nothing happened since ``before``, neither handed over nor half approved."""
    checks = ChecklistCheck.objects.filter(request=OuterRef("pk"), checked_at__gt=before)
    settled = ItemResolution.objects.filter(checked_item__checklist__request=OuterRef("pk"), resolved_at__gt=before)
    approved = Approval.objects.filter(checklist__request=OuterRef("pk"))
    untouched = Relicensing.objects.filter(
        Q(reopened_at=None) | Q(reopened_at__lte=before),
        closed_at=None, opened_at__lte=before, waiting_since=None, handed_over_at=None,
    )  # fmt: skip
    return untouched.exclude(Exists(checks)).exclude(Exists(settled)).exclude(Exists(approved))


# --- Undoing a withdrawal ----------------------------------------------------------------------------


def require_reopening(request: Relicensing, *, now: datetime) -> None:
    """Check that the withdrawal of a closed request can be undone. ``Refusal``: ``not-withdrawn``,
    ``reopened-too-late``.
    """
    if request.outcome != Relicensing.Outcome.WITHDRAWN or request.closed_because:
        raise Refusal("not-withdrawn")
    if request.closed_at is None or request.closed_at <= now - REOPENED_WITHIN:
        raise Refusal("reopened-too-late")


def can_be_reopened(request: Relicensing, *, now: datetime) -> bool:
    """Tell whether a request was withdrawn, and not longer than an hour ago."""
    try:
        require_reopening(request, now=now)
    except Refusal:
        return False
    return True


# --- Licensed meanwhile ------------------------------------------------------------------------------


def site_id_of(request: Relicensing) -> str:
    """Return the site ID of a request's latest check, canonical; empty if there is none."""
    return codes.canonical_or_empty(_latest_answer(request, "site_id"))


def _latest_answer(request: Relicensing, item: str) -> str:
    """The answer to an item, a value of ``Item``, in the latest check of a request; empty if there is none."""
    checked = CheckedItem.objects.filter(checklist__request=request, item=item).order_by("-checklist__number")
    return checked.values_list("said", flat=True).first() or ""


def _name_key(request: Relicensing) -> str:
    """The customer's name that the caller gave last, folded for comparison."""
    return fold_name(_latest_answer(request, "customer_name"))


def licensed_meanwhile(request: Relicensing) -> UnlockCode | None:
    """Return the latest code that another request brought the serial of an open request since it was opened, if any."""
    if not request.is_open or request.serial_id is None:
        return None
    later = UnlockCode.objects.filter(
        serial=request.serial_id, occasion__in=RELICENSED, issued_at__gt=request.opened_at
    )
    return later.select_related("installation").order_by("-sequence").first()


@dataclass(frozen=True, slots=True)
class TwoCalls:
    """An open request, and the code that another request brought its serial meanwhile."""

    request: Relicensing
    code: UnlockCode


def contradicting_requests() -> list[TwoCalls]:
    """Return open requests whose serial was licensed meanwhile for another site ID or another name, oldest first.

    Supervisors look at them: two callers may want one serial number.
    """
    later = UnlockCode.objects.filter(
        serial=OuterRef("serial"), occasion__in=RELICENSED, issued_at__gt=OuterRef("opened_at")
    )
    candidates = with_name(Relicensing.objects.filter(Exists(later), closed_at=None))
    found = candidates.select_related("serial__site__customer").order_by("pk")[:MEANWHILE_SHOWN]
    return list(_contradicting(found))


def _contradicting(requests: Iterable[Relicensing]) -> Iterator[TwoCalls]:
    """Those of the requests whose serial was licensed meanwhile for another site ID or name, each with that code."""
    for request in requests:
        code = licensed_meanwhile(request)
        if code is None:
            continue
        issued = code.relicensings.order_by("pk").first()
        same_name = issued is None or _name_key(issued) == _name_key(request)
        if site_id_of(request) != code.installation.site_id or not same_name:
            yield TwoCalls(request, code)
