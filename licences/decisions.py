"""Named questions about what supervisors have to decide, and have decided. Nothing here writes."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet, Subquery, Sum

from licences.domain.checklist import EmergencyRecord, InstallationRecord
from licences.domain.decisions import Counted, Held, Hold, Limits, held_up, supervisors_needed
from licences.models import (
    Approval,
    ChecklistCheck,
    Emergency,
    Installation,
    ItemResolution,
    Relicensing,
    Serial,
    UnlockCode,
    WrongReleaseCode,
)

A_DAY = timedelta(days=1)
TWELVE_MONTHS = timedelta(days=365)


# --- Limits ------------------------------------------------------------------------------------------


def limits() -> Limits:
    return Limits(
        relicensings=settings.RELICENSING_LIMIT,
        wrong_codes=settings.WRONG_RELEASE_CODE_LIMIT,
        four_eyes_from=settings.FOUR_EYES_LICENCES,
        reason_length=settings.DECISION_REASON_LENGTH,
    )


def counted(serial: Serial, *, now: datetime) -> Counted:
    """What counts against the limits of a serial. Whoever acts on it holds the serial."""
    begun = serial.installations.filter(origin=Installation.Origin.RELICENSED, began_at__gt=now - TWELVE_MONTHS)
    return Counted(begun.count(), wrong_release_codes(serial, now=now).count(), licences_of(serial))


def wrong_release_codes(serial: Serial, *, now: datetime) -> QuerySet[WrongReleaseCode]:
    """Those of the last 24 hours: a day that begins at midnight would allow twice as many around it."""
    return serial.wrong_release_codes.filter(given_at__gt=now - A_DAY)


def licences_of(serial: Serial) -> int:
    """All licences of a serial, whatever the product."""
    return serial.balances.aggregate(all=Sum("quantity"))["all"] or 0


def supervisors_for(serial: Serial) -> int:
    return supervisors_needed(Counted(licences=licences_of(serial)), limits())


# --- Requests ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Standing:
    """How a request stands with its supervisors: who asked, how many have to agree, what holds it up, who agreed."""

    askers: frozenset[str]
    needed: int
    holds: list[Held]
    approvals: list[Approval]

    def count(self, subject: str) -> int:
        """How much was counted, where the subject is a limit."""
        return next((held.count for held in self.holds if held.hold == subject), 0)

    def signers(self, subject: str, *, count: int = 0) -> list[str]:
        """Who agreed to that, when no less was counted than now."""
        return [each.approved_by for each in self.approvals if each.subject == subject and each.counted >= count]

    def agreed(self, subject: str, *, count: int = 0) -> bool:
        return len(self.signers(subject, count=count)) >= self.needed

    @property
    def pending(self) -> list[Held]:
        """Limits that nobody, or not everybody needed, has agreed to exceed."""
        return [held for held in self.holds if not self.agreed(held.hold, count=held.count)]


NOTHING_TO_DECIDE = Standing(askers=frozenset(), needed=1, holds=[], approvals=[])


def standing(request: Relicensing, check: ChecklistCheck, *, now: datetime) -> Standing:
    count = counted(request.serial, now=now) if request.serial else Counted()
    holding = Approval.objects.filter(checklist__request=request, checklist__digest=check.digest)
    return Standing(
        askers=askers(request),
        needed=supervisors_needed(count, limits()),
        holds=_holds(request, count),
        approvals=_once_each(holding),
    )


def _holds(request: Relicensing, count: Counted) -> list[Held]:
    holds = held_up(count, limits())
    if not holds or request.serial is None or open_emergency_of(request.serial) is None:
        return holds
    return [held for held in holds if held.hold != Hold.RELICENSINGS]  # settling re-licenses nothing anew


def _once_each(approvals: QuerySet[Approval]) -> list[Approval]:
    """The latest of each person to each thing: one person is one signature, however often."""
    return list({(each.subject, each.approved_by): each for each in approvals.order_by("pk")}.values())


def askers(request: Relicensing) -> frozenset[str]:
    """Who answered the call: opened the request, ran a check of it, or asked the caller again. They never decide it."""
    checked = request.checks.order_by().values_list("checked_by", flat=True)
    asked = ItemResolution.objects.filter(
        checked_item__checklist__request=request, kind=ItemResolution.Kind.ASKED_AGAIN
    )
    confirmed = asked.order_by().values_list("resolved_by", flat=True)
    return frozenset({request.opened_by, *checked.union(confirmed)})


def waiting_requests() -> QuerySet[Relicensing]:
    """Requests that only a supervisor can bring further; who has waited longest comes first."""
    waiting = Relicensing.objects.filter(waiting_since__isnull=False)
    return waiting.select_related("serial__site__customer").order_by("waiting_since")


def waiting_for(supervisor: str) -> QuerySet[Relicensing]:
    """Those that this supervisor may decide: not asked by the same person, nor agreed to already."""
    mine = {
        "checks": ChecklistCheck.objects.filter(request=OuterRef("pk"), checked_by=supervisor),
        "asked": ItemResolution.objects.filter(
            checked_item__checklist__request=OuterRef("pk"),
            kind=ItemResolution.Kind.ASKED_AGAIN,
            resolved_by=supervisor,
        ),
        "agreed": Approval.objects.filter(checklist=OuterRef("latest_check"), approved_by=supervisor),
    }
    latest = ChecklistCheck.objects.filter(request=OuterRef("pk")).order_by("-number").values("pk")[:1]
    waiting = waiting_requests().exclude(opened_by=supervisor).annotate(latest_check=Subquery(latest))
    return waiting.exclude(Exists(mine["checks"])).exclude(Exists(mine["asked"])).exclude(Exists(mine["agreed"]))


# --- Emergencies -------------------------------------------------------------------------------------


def emergencies() -> QuerySet[Emergency]:
    related = ("serial__site__customer", "installation", "earlier", "request", "permanent_code")
    return Emergency.objects.select_related(*related)


def open_emergencies() -> QuerySet[Emergency]:
    """Follow-ups that nothing has settled; those whose code has expired, or expires first, come first."""
    return emergencies().filter(settled_at=None).order_by("expires_on", "pk")


def open_emergency_of(serial: Serial) -> Emergency | None:
    return Emergency.objects.filter(serial=serial, settled_at=None).first()


def emergency_record(serial: Serial, installations: dict[int, InstallationRecord]) -> EmergencyRecord | None:
    """The emergency that a serial is in, as the checklist takes it; ``installations`` are its records by their keys."""
    found = open_emergency_of(serial)
    if found is None:
        return None
    return EmergencyRecord(installations[found.installation_id], installations[found.earlier_id], found.expires_on)


@dataclass(frozen=True, slots=True)
class FollowUp:
    """An emergency with the days that are left of its code; below zero, it has expired."""

    emergency: Emergency
    days_left: int

    @property
    def is_overdue(self) -> bool:
        return self.emergency.is_open and self.days_left < 0

    @property
    def days_over(self) -> int:
        return -self.days_left


def follow_up(emergency: Emergency, *, today: date) -> FollowUp:
    return FollowUp(emergency, (emergency.expires_on - today).days)


def follow_up_of(code: UnlockCode, *, today: date) -> FollowUp | None:
    """The follow-up of the installation that an unlock code was made for, if it is in an emergency now."""
    found = emergencies().filter(installation=code.installation_id, settled_at=None).first()
    return follow_up(found, today=today) if found else None
