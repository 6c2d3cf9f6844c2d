"""Questions about approvals and emergencies: what supervisors have to decide, and what they decided. Nothing writes."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from licences.database.compiled import CompiledQuery, QueryParameter
from licences.domain.approvals import (
    ApprovalLimits,
    ExceededLimit,
    LimitKind,
    UsageCounts,
    exceeded_limits,
    supervisors_needed,
)
from licences.domain.checklist_record import EmergencyRecord, InstallationRecord
from licences.domain.staff_identity import StaffIdentity, is_among, is_same_person, user_number_of
from licences.models import (
    Approval,
    Balance,
    CheckedItem,
    ChecklistCheck,
    DecisionAlerts,
    Emergency,
    Installation,
    ItemResolution,
    Relicensing,
    Serial,
    UnlockCode,
    WrongReleaseCode,
)
from licences.queries.repeated_emergencies import emergencies_before, emergencies_before_request

A_MINUTE = timedelta(minutes=1)
A_DAY = timedelta(days=1)
TWELVE_MONTHS = timedelta(days=365)


# --- Limits ------------------------------------------------------------------------------------------


def approval_limits() -> ApprovalLimits:
    """Return the limits up to which staff may act without a supervisor, from the settings."""
    return ApprovalLimits(
        relicensings=settings.RELICENSING_LIMIT,
        wrong_codes=settings.WRONG_RELEASE_CODE_LIMIT,
        four_eyes_from=settings.FOUR_EYES_LICENCES,
        reason_length=settings.DECISION_REASON_LENGTH,
    )


def usage_counts(serial: Serial, *, now: datetime) -> UsageCounts:
    """Count what counts against the limits of a serial, as of now. Lock the serial first if you act on the result."""
    begun = serial.installations.filter(origin=Installation.Origin.RELICENSED, began_at__gt=now - TWELVE_MONTHS)
    return UsageCounts(begun.count(), recent_wrong_release_codes(serial, now=now).count(), licence_count(serial))


def recent_wrong_release_codes(serial: Serial, *, now: datetime) -> QuerySet[WrongReleaseCode]:
    """Return the wrong release codes given for a serial in the last 24 hours.

    Not since midnight, which would allow twice as many around it. Codes that a clock running ahead has dated more than
    a minute into the future are left out; the next wrong code sets their time to now.
    """
    return serial.wrong_release_codes.filter(given_at__gt=now - A_DAY, given_at__lte=now + A_MINUTE)


def licence_count(serial: Serial) -> int:
    """Return how many licences a serial has, over all products."""
    return sum(quantity for (quantity,) in _QUANTITIES.rows(serial=serial.pk))


def _quantities() -> QuerySet[Any]:
    of_serial = Balance.objects.filter(serial=QueryParameter("serial", like=0))
    return of_serial.order_by().values_list("quantity")


_QUANTITIES: CompiledQuery[Any] = CompiledQuery(_quantities)


def supervisors_needed_to_settle(emergency: Emergency) -> int:
    """Return how many supervisors have to agree to make an emergency code permanent by decision: 1 or 2."""
    earlier = len(emergencies_before(emergency))
    counts = UsageCounts(licences=licence_count(emergency.serial), earlier_emergencies=earlier)
    return supervisors_needed(counts, approval_limits())


# --- Requests ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ApprovalStatus:
    """What a request needs from supervisors, and what they have agreed to.

    A ``subject`` is the name of an item or of a limit, as ``Approval.subject`` stores it.
    """

    call_takers: Sequence[StaffIdentity]  # may not decide
    needed: int  # how many supervisors have to agree
    exceeded: list[ExceededLimit]
    approvals: list[Approval]  # each person at most once for each subject
    earlier_emergencies: list[Emergency] = field(default_factory=list)  # for which two supervisors have to agree

    def count(self, subject: str) -> int:
        """Return what was counted against a limit; 0 if the subject is no exceeded limit."""
        return next((each.count for each in self.exceeded if each.kind == subject), 0)

    def signers(self, subject: str, *, count: int = 0) -> list[StaffIdentity]:
        """Return who agreed to a subject when at least ``count`` had been counted."""
        return [_signer(each) for each in self.approvals if each.subject == subject and each.counted >= count]

    def has_agreed(self, person: str, subject: str) -> bool:
        """Tell whether a person agreed to a subject, and need not be asked again."""
        return is_among(person, self.signers(subject, count=self.count(subject)))

    def is_agreed(self, subject: str, *, count: int = 0) -> bool:
        """Tell whether as many supervisors as needed agreed to a subject, at this count or a higher one."""
        return len(self.signers(subject, count=count)) >= self.needed

    @property
    def pending(self) -> list[ExceededLimit]:
        """The exceeded limits to which not enough supervisors have agreed."""
        return [each for each in self.exceeded if not self.is_agreed(each.kind, count=each.count)]


NOTHING_TO_DECIDE = ApprovalStatus(call_takers=(), needed=1, exceeded=[], approvals=[])


def approval_status(request: Relicensing, check: ChecklistCheck, *, now: datetime) -> ApprovalStatus:
    """Return what a request needs from supervisors, and the approvals that hold for this check.

    Approvals hold for the same answers and record only (docs/decisions.md#approvals-are-bound-to-answers).
    """
    counts = usage_counts(request.serial, now=now) if request.serial else UsageCounts()
    earlier = emergencies_before_request(request, check, now=now)
    counts = replace(counts, earlier_emergencies=len(earlier))
    valid = Approval.objects.filter(checklist__request=request, checklist__digest=check.digest)
    return ApprovalStatus(
        call_takers=call_takers(request),
        needed=supervisors_needed(counts, approval_limits()),
        exceeded=_exceeded_limits(request, counts),
        approvals=_latest_of_each_person(valid),
        earlier_emergencies=earlier,
    )


def _exceeded_limits(request: Relicensing, counts: UsageCounts) -> list[ExceededLimit]:
    exceeded = exceeded_limits(counts, approval_limits())
    if not exceeded or request.serial is None or open_emergency_of(request.serial) is None:
        return exceeded
    # To settle an emergency is not a further re-licensing.
    return [each for each in exceeded if each.kind != LimitKind.RELICENSINGS]


def _latest_of_each_person(approvals: QuerySet[Approval]) -> list[Approval]:
    """One approval for each person and subject: a person who agrees twice counts once."""
    latest: list[Approval] = []
    for each in approvals.order_by("-pk"):
        if not any(each.subject == one.subject and is_same_person(_signer(each), _signer(one)) for one in latest):
            latest.append(each)
    return latest[::-1]


def _signer(approval: Approval) -> StaffIdentity:
    """Who gave an approval."""
    return StaffIdentity(approval.approved_by, approval.approved_by_number)


def signers_of(emergency: Emergency) -> list[StaffIdentity]:
    """Return who agreed to make an emergency code permanent."""
    return [_signer(each) for each in emergency.approvals.all()]


def asking_checks() -> QuerySet[ChecklistCheck]:
    """Return the checks that brought an answer: the first one of each request, and those that changed one.

    A check of the same answers does not make its maker somebody who asked (docs/decisions.md#handing-over-is-an-act).
    """
    before = ChecklistCheck.objects.filter(
        request=OuterRef("request"),
        number=OuterRef("number") - 1,
        release_code_unavailable=OuterRef("release_code_unavailable"),
    )
    same_answer = CheckedItem.objects.filter(
        checklist__request=OuterRef("checklist__request"),
        checklist__number=OuterRef("checklist__number") - 1,
        item=OuterRef("item"),
        said=OuterRef("said"),
    )
    changed = CheckedItem.objects.filter(checklist=OuterRef("pk")).exclude(Exists(same_answer))
    return ChecklistCheck.objects.filter(~Exists(before) | Exists(changed))


def call_takers(request: Relicensing) -> list[StaffIdentity]:
    """Return who opened a request, brought an answer in a check of it, or asked the caller again.

    They may not decide it.
    """
    opened = (request.opened_by, request.opened_by_number)
    asked = _WHO_ASKED.rows(request=request.pk)
    return [StaffIdentity(name, number) for name, number in dict.fromkeys([opened, *asked])]


def _who_asked() -> QuerySet[Any]:
    """Who brought an answer in a check of the request ``request``, or asked the caller again: name and number."""
    request = QueryParameter("request", like=0)
    checked = asking_checks().filter(request=request).order_by().values_list("checked_by", "checked_by_number")
    asked = ItemResolution.objects.filter(
        checked_item__checklist__request=request, kind=ItemResolution.Kind.ASKED_AGAIN
    )
    return checked.union(asked.order_by().values_list("resolved_by", "resolved_by_number"))


_WHO_ASKED: CompiledQuery[Any] = CompiledQuery(_who_asked)


def handed_over_by(request: Relicensing) -> list[StaffIdentity]:
    """Return who handed a request over to a supervisor; empty if nobody did."""
    name = request.handed_over_by
    return [StaffIdentity(name, request.handed_over_by_number)] if name else []


def waiting_requests() -> QuerySet[Relicensing]:
    """Return the requests that wait for a supervisor, the one that has waited longest first."""
    waiting = Relicensing.objects.filter(waiting_since__isnull=False)
    return waiting.select_related("serial__site__customer").order_by("waiting_since")


def is_person(column: str, person: str) -> Q:
    """Select rows with this person in a column, compared as ``staff_identity.is_same_person`` does."""
    number = user_number_of(person)
    if number is None:
        return Q(**{column: person})
    return Q(**{f"{column}_number": number}) | Q(**{f"{column}_number": None, column: person})


def requests_decidable_by(supervisor: str) -> QuerySet[Relicensing]:
    """Return the waiting requests that a supervisor may decide.

    These are the calls that they did not work on, and whose latest check they have not agreed to already.
    """
    checks = asking_checks().filter(is_person("checked_by", supervisor), request=OuterRef("pk"))
    asked_again = ItemResolution.objects.filter(
        is_person("resolved_by", supervisor),
        checked_item__checklist__request=OuterRef("pk"),
        kind=ItemResolution.Kind.ASKED_AGAIN,
    )
    approvals = Approval.objects.filter(is_person("approved_by", supervisor), checklist=OuterRef("latest_check"))
    latest = ChecklistCheck.objects.filter(request=OuterRef("pk")).order_by("-number").values("pk")[:1]
    waiting = waiting_requests().exclude(is_person("opened_by", supervisor)).annotate(latest_check=Subquery(latest))
    return waiting.exclude(Exists(checks)).exclude(Exists(asked_again)).exclude(Exists(approvals))


def wants_decision_emails(user: Any) -> bool:
    """Tell whether a user wants e-mails about requests that wait; true unless they chose otherwise."""
    return not DecisionAlerts.objects.filter(user=user, by_email=False).exists()


def decision_email_languages(users: Sequence[Any]) -> dict[int, str]:
    """Return the languages in which users get these e-mails, by key; users whose language is unknown are left out."""
    known = DecisionAlerts.objects.filter(user__in=users).exclude(language="")
    return dict(known.values_list("user_id", "language"))


# --- Emergencies -------------------------------------------------------------------------------------


def emergencies() -> QuerySet[Emergency]:
    """Return all emergencies, with what their pages and lists show of them."""
    related = ("serial__site__customer", "installation", "earlier", "request", "permanent_code")
    return Emergency.objects.select_related(*related)


def open_emergencies() -> QuerySet[Emergency]:
    """Return the emergencies that are not settled, by the last day of their code, the earliest first."""
    return emergencies().filter(settled_at=None).order_by("expires_on", "pk")


def open_emergency_of(serial: Serial) -> Emergency | None:
    """Return the emergency of a serial that is not settled, if any. The database allows one."""
    return Emergency.objects.filter(serial=serial, settled_at=None).first()


def emergency_record(serial: Serial, installations: dict[int, InstallationRecord]) -> EmergencyRecord | None:
    """Return the open emergency of a serial, as the checklist takes it.

    ``installations`` are all installation records of the serial, by primary key.
    """
    emergency = open_emergency_of(serial)
    if emergency is None:
        return None
    running, earlier = installations[emergency.installation_id], installations[emergency.earlier_id]
    return EmergencyRecord(running, earlier, emergency.expires_on)


@dataclass(frozen=True, slots=True)
class FollowUp:
    """An emergency with the number of days that its code is still valid: 0 on its last day, negative afterwards."""

    emergency: Emergency
    days_left: int

    @property
    def is_overdue(self) -> bool:
        """Whether the code has expired and nothing has settled the emergency."""
        return self.emergency.is_open and self.days_left < 0

    @property
    def days_overdue(self) -> int:
        """How many days ago the last day was."""
        return -self.days_left


def follow_up(emergency: Emergency, *, today: date) -> FollowUp:
    """Return an emergency with the days that are left on this day."""
    return FollowUp(emergency, (emergency.expires_on - today).days)


def follow_up_of(code: UnlockCode, *, today: date) -> FollowUp | None:
    """Return the follow-up of the open emergency in which an unlock code's installation runs, if it is in one."""
    emergency = emergencies().filter(installation=code.installation_id, settled_at=None).first()
    return follow_up(emergency, today=today) if emergency else None
