"""The checklists of a serial number's re-licensing requests, as they stood in each check."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from licences.models import CheckedItem, ChecklistCheck, Serial
from licences.wording import sentence


@dataclass(frozen=True, slots=True)
class CheckRow:
    """One item: what was said, what was on record, how they compared, and how it was settled."""

    item: str
    said: str
    on_record: str
    verdict: str
    reason: str
    settled: str


def checks_of(serial: Serial) -> dict[tuple[int, int], list[CheckRow]]:
    """(Request, number of the check) → its rows, in the order they are asked."""
    checks = ChecklistCheck.objects.filter(request__serial=serial).prefetch_related("items__resolution")
    return {(check.request_id, check.number): [_row(check, item) for item in check.items.all()] for check in checks}


def _row(check: ChecklistCheck, item: CheckedItem) -> CheckRow:
    said = item.said
    if item.item == "release_code" and not said and check.release_code_unavailable:
        said = _("cannot be had")
    return CheckRow(
        str(item.get_item_display()),
        said or "–",
        item.on_record or "–",
        str(item.get_verdict_display()),
        _why(item),
        _settled(item),
    )


def _why(item: CheckedItem) -> str:
    """The sentence of its reason; without what it named, where that was erased."""
    try:
        return sentence(item.reason, item.parameters)
    except KeyError:
        return _("The details were erased.")


def _settled(item: CheckedItem) -> str:
    resolution = getattr(item, "resolution", None)
    if resolution is None:
        return ""
    about = {"how": resolution.get_kind_display(), "by": resolution.resolved_by, "reason": resolution.reason}
    return (_("%(how)s by %(by)s: “%(reason)s”") if resolution.reason else _("%(how)s by %(by)s")) % about
