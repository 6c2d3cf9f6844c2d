"""Questions about re-licensing: the record that answers are compared with, requests, checks and their rows.

Nothing here writes.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.db.models import Count, QuerySet

from licences.database.compiled import CompiledQuery, QueryParameter
from licences.domain import codes
from licences.domain.approvals import UsageCounts, supervisors_needed
from licences.domain.checklist import Answers, ItemFinding, passes
from licences.domain.checklist_headlines import awaits_serial, tells_without_serial
from licences.domain.checklist_record import ChecklistRecord, InstallationRecord, SerialRecord
from licences.domain.near_misses import near_misses
from licences.models import (
    CheckedItem,
    ChecklistCheck,
    Installation,
    ItemResolution,
    Registration,
    Relicensing,
    Serial,
    UnlockCode,
)
from licences.queries import approvals

SIMILAR_SERIALS_SHOWN = 5


def serial_named_in(answers: Answers) -> Serial | None:
    """Return the serial that a caller's answers name, with its customer; None if it is unknown or malformed."""
    code = codes.canonical_or_empty(answers.serial)
    return _SERIAL_BY_CODE.first(code=code) if code else None


_SERIAL_BY_CODE = CompiledQuery(
    lambda: Serial.objects.select_related("site__customer").filter(code=QueryParameter("code", like=""))[:1]
)
_LATEST_REGISTRATION = CompiledQuery(
    lambda: Registration.objects.filter(serial=QueryParameter("serial", like=0)).order_by("-pk")[:1]
)


def checklist_record(answers: Answers, serial: Serial | None) -> ChecklistRecord:
    """Return what the checklist compares a caller's answers with. ``serial`` is the one that they name, if any."""
    site_id = codes.canonical_or_empty(answers.site_id)
    release_code = codes.canonical_or_empty(answers.release_code)
    return ChecklistRecord(
        serial=serial_record(serial) if serial else None,
        similar_serials=() if serial else tuple(similar_serials(codes.canonical_or_empty(answers.serial))),
        site_id_in_use_by=_live_elsewhere(site_id, serial) if site_id else None,
        release_code_of=_release_code_elsewhere(release_code, serial) if release_code else None,
    )


def serial_record(serial: Serial) -> SerialRecord:
    """Return what is on record about a serial, its installations and its emergency, as the checklist takes it."""
    customer = serial.site.customer
    registration = _LATEST_REGISTRATION.first(serial=serial.pk)
    licences = approvals.licence_count(serial)
    history = serial.installations.select_related("release_use").prefetch_related("unlock_codes").order_by("-pk")
    installations = {each.pk: _installation_record(each) for each in history}
    return SerialRecord(
        serial=serial.code,
        customer_name=customer.name,
        customer_address_line1=customer.address_line1,
        registered_name=registration.name if registration else "",
        registered_address_line1=registration.address_line1 if registration else "",
        customer_address_line2=customer.address_line2,
        registered_address_line2=registration.address_line2 if registration else "",
        blocked_reason=serial.blocked_reason if serial.blocked_at else None,
        licensed=licences > 0,
        coverage=serial.coverage(),
        installations=tuple(installations.values()),
        emergency=approvals.emergency_record(serial, installations),
        supervisors=supervisors_needed(UsageCounts(licences=licences), approvals.approval_limits()),
    )


def _installation_record(installation: Installation) -> InstallationRecord:
    """An installation as the checklist takes it."""
    consumed = hasattr(installation, "release_use")
    released = installation.end_reason == Installation.EndReason.RELEASED
    issued = sorted(installation.unlock_codes.all(), key=lambda code: code.sequence)
    return InstallationRecord(
        site_id=installation.site_id,
        live=installation.is_live,
        awaits_relicensing=released and not consumed,
        replaced=installation.end_reason == Installation.EndReason.EMERGENCY and not consumed,
        consumed=consumed,
        taken_over=installation.origin == Installation.Origin.TAKEN_OVER,
        release_codes=(*((code.sequence, code.release_code) for code in issued), *installation.proved_release_codes),
        server_version=installation.server_version,
        client_version=installation.client_version,
    )


def similar_serials(typed: str) -> list[str]:
    """Return up to five existing serials one slip away from the canonical text ``typed``, likeliest first."""
    if abs(len(typed) - codes.SERIAL_LENGTH) > 1:
        return []
    candidates = near_misses(typed, codes.SERIAL_LENGTH)
    known = set(Serial.objects.filter(code__in=candidates).values_list("code", flat=True))
    return [code for code in candidates if code in known][:SIMILAR_SERIALS_SHOWN]


def _live_elsewhere(site_id: str, serial: Serial | None) -> str | None:
    """Another serial that is live on a site ID, if any."""
    live = Installation.objects.filter(site_id=site_id, ended_at=None)
    if serial:
        live = live.exclude(serial=serial)
    return live.values_list("serial__code", flat=True).first()


def _release_code_elsewhere(release_code: str, serial: Serial | None) -> str | None:
    """Another serial to which a release code belongs, if any."""
    issued = UnlockCode.objects.filter(release_code=release_code)
    if serial:
        issued = issued.exclude(serial=serial)
    return issued.values_list("serial__code", flat=True).first()


def latest_check(request: Relicensing) -> ChecklistCheck:
    """Return the latest check of a request, with its items. Every request has at least one."""
    return request.checks.prefetch_related("items").latest("number")


def resolutions(check: ChecklistCheck, checked: Iterable[CheckedItem] | None = None) -> dict[str, ItemResolution]:
    """Return how the items of a check were settled, by name of item, as far as it is still valid for this check.

    "Asked again" is valid as long as the item's answer, record and verdict stay the same; an acceptance is valid for
    the same answers and record only (docs/decisions.md#approvals-are-bound-to-answers). ``checked``, the items of the
    check, saves a query if the caller has them.
    """
    items = {each.item: each for each in checked or check.items.all()}
    settled = ItemResolution.objects.filter(checked_item__checklist__request=check.request_id)
    valid = {}
    for resolution in settled.select_related("checked_item__checklist").order_by("pk"):
        then = resolution.checked_item
        now = items[then.item]
        if resolution.kind == ItemResolution.Kind.ACCEPTED:
            is_valid = then.checklist.digest == check.digest
        else:
            is_valid = (then.said, then.on_record, then.verdict) == (now.said, now.on_record, now.verdict)
        if is_valid:
            valid[then.item] = resolution
    return valid


@dataclass(frozen=True, slots=True)
class ChecklistRow:
    """One row of the checklist on screen: the finding, how it was settled, and whether it is in order now.

    ``awaits_serial``: it is judged once the serial number is found.
    """

    finding: ItemFinding
    resolution: ItemResolution | None
    passes: bool
    awaits_serial: bool = False

    @property
    def needs_attention(self) -> bool:
        """Whether the clerk has to do something about it now, other than to ask again."""
        return not (self.passes or self.to_ask_again or self.awaits_serial)

    @property
    def shown(self) -> ItemFinding:
        """The finding as the screen says it: what is stored, unless that says nothing without the serial number."""
        if not self.awaits_serial or tells_without_serial(self.finding):
            return self.finding
        return replace(self.finding, reason="needs-serial", parameters={})

    @property
    def to_ask_again(self) -> bool:
        """Whether the clerk has to ask the caller again."""
        return self.finding.settled_by_asking and not self.passes

    @property
    def to_decide(self) -> bool:
        """Whether a supervisor can accept it and has not."""
        return self.finding.decidable and not self.passes


def checklist_rows(check: ChecklistCheck, checked: Iterable[CheckedItem] | None = None) -> list[ChecklistRow]:
    """Return the rows of a check, in the order of its items.

    ``checked``, the items of the check, saves a query if the caller has them.
    """
    checked = checked or check.items.all()
    settled = resolutions(check, checked)
    asked = _items_settled_by(ItemResolution.Kind.ASKED_AGAIN, settled)
    accepted = _items_settled_by(ItemResolution.Kind.ACCEPTED, settled)
    findings = [each.finding() for each in checked]
    return [
        ChecklistRow(
            finding,
            settled.get(finding.item),
            passes(finding, asked_again=asked, accepted=accepted),
            awaits_serial(finding, findings),
        )
        for finding in findings
    ]


def _items_settled_by(kind: ItemResolution.Kind, settled: dict[str, ItemResolution]) -> set[str]:
    """The names of the items that were settled in this way: asked again, or accepted."""
    return {item for item, resolution in settled.items() if resolution.kind == kind}


def open_relicensings() -> QuerySet[Relicensing]:
    """Return the requests that are neither issued nor withdrawn, the newest first."""
    return relicensings().filter(closed_at=None)


def relicensings() -> QuerySet[Relicensing]:
    """Return all requests with their number of checks (``check_count``), the newest first."""
    related = Relicensing.objects.select_related("serial__site__customer", "unlock_code")
    return related.annotate(check_count=Count("checks")).order_by("-pk")


def later_unlock_code(code: UnlockCode) -> UnlockCode | None:
    """Return the newest unlock code of the same serial, if it is newer than this one."""
    later = UnlockCode.objects.filter(serial=code.serial_id, sequence__gt=code.sequence)
    return later.order_by("-sequence").first()
