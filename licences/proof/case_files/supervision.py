"""Facts of a case file about emergencies, approvals by supervisors, and wrong release codes."""

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from licences.domain.codes import grouped
from licences.models import Approval, Emergency, Event, ReleaseCodeUse, Serial, WrongReleaseCode
from licences.proof.supervision_checks import SETTLING

Facts = list[tuple[str, str]]

_ISSUING = (Event.Kind.RELICENSED, Event.Kind.EMERGENCY_ISSUED)


def approval_facts(event: Event) -> Facts:
    """The approvals behind an event that issued or confirmed a code: who agreed, to what, when and why."""
    return [(_("Approved: %(what)s") % {"what": _matter(each)}, _who_and_why(each)) for each in _approvals(event)]


def _approvals(event: Event) -> QuerySet[Approval]:
    """The approvals that an event is based on; those of a check that was corrected since are not among them."""
    about = Q(pk__in=[])
    if event.kind in _ISSUING and "check" in event.details:
        about = Q(checklist__request=event.details["request"], checklist__number=event.details["check"])
    elif event.kind == Event.Kind.EMERGENCY_DECIDED:
        about = Q(emergency=event.details["emergency"])
    return Approval.objects.filter(about).order_by("pk")


def _matter(approval: Approval) -> str:
    subject = str(approval.get_subject_display())
    return f"{subject} ({approval.counted})" if approval.counted else subject


def counts_in_words(limits: dict[str, dict[str, int]]) -> str:
    """The counts of an event with their limits, as text. ``limits``: by subject, each with ``count`` and ``limit``."""
    names = {**dict(Approval.Subject.choices), "licences": _("Licences"), "emergencies": _("Emergencies")}
    about = [{"what": names[name], **each} for name, each in limits.items()]
    return ", ".join(_("%(what)s: %(count)s (limit %(limit)s)") % each for each in about)


def _who_and_why(approval: Approval) -> str:
    when = date_format(timezone.localtime(approval.approved_at), "DATETIME_FORMAT")
    about = {"by": approval.approved_by, "when": when, "reason": approval.reason}
    return _("by %(by)s, %(when)s: “%(reason)s”") % about


def release_facts(event: Event) -> Facts:
    """The release that a re-licensing or the settlement of an emergency used up; empty for other events."""
    if event.kind == Event.Kind.RELICENSED and not event.details.get("repeated"):
        return _release_fact(ReleaseCodeUse.objects.filter(request=event.details["request"]))
    if event.kind in (Event.Kind.EMERGENCY_SETTLED, Event.Kind.EMERGENCY_DECIDED):
        earlier = Emergency.objects.filter(pk=event.details["emergency"]).values("earlier")
        return _release_fact(ReleaseCodeUse.objects.filter(installation__in=earlier))
    return []


def _release_fact(uses: QuerySet[ReleaseCodeUse]) -> Facts:
    use = uses.select_related("installation").first()
    if use is None:
        return []
    about = {
        "code": grouped(use.release_code) if use.release_code else "–",
        "site_id": grouped(use.installation.site_id),
    }
    return [(_("Release code used"), _("%(code)s, of site ID %(site_id)s") % about)]


def settlement_facts(event: Event) -> Facts:
    """What the settlement of an emergency means for the code; empty for other events."""
    if event.kind not in SETTLING:
        return []
    if event.kind == Event.Kind.EMERGENCY_WITHDRAWN:
        return [(_("Effect"), _("The installation ended. The serial number must be re-licensed."))]
    if "sequence" not in event.details:
        return [(_("Effect"), _("No code issued: no active installation, or no licences."))]
    return [(_("Effect"), _("The code became permanent."))]


def open_emergency_facts(serial: Serial) -> Facts:
    """The emergency of a serial number that nobody has settled yet; empty where there is none."""
    emergency = serial.emergencies.filter(settled_at=None).first()
    if emergency is None:
        return []
    about = {
        "until": date_format(emergency.expires_on, "DATE_FORMAT"),
        "by": emergency.issued_by,
        "reason": emergency.reason,
    }
    return [(_("Emergency, still open"), _("until %(until)s, by %(by)s: “%(reason)s”") % about)]


def wrong_codes(serial: Serial) -> QuerySet[WrongReleaseCode]:
    """Wrong release codes given for a serial number, oldest first."""
    return serial.wrong_release_codes.order_by("given_at", "pk")


def wrong_code_facts(wrong: WrongReleaseCode) -> Facts:
    """The release code that was given wrongly."""
    return [(_("Release code that did not match"), grouped(wrong.code))]
