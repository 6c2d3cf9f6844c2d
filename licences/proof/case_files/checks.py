"""The checklists of a serial number's re-licensing requests, as they were at each check."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from licences.models import CheckedItem, ChecklistCheck, Serial
from licences.proof.case_files.cells import Cell, Row
from licences.wording.sentences import sentence


@dataclass(frozen=True, slots=True)
class CheckRow:
    """One item of a check: what was said, what was on record, the verdict and its reason, and how it was settled.

    All is text in the active language. The names of the fields are part of the digests of case files and must stay.
    """

    item: str
    said: str
    on_record: str
    verdict: str
    reason: str
    settled: str

    @property
    def cells(self) -> Row:
        """Its row in the table of the check."""
        return [
            Cell(_("Item"), self.item),
            Cell(_("Caller’s answer"), self.said),
            Cell(_("On record"), self.on_record),
            Cell(_("Result"), self.verdict),
            Cell(_("Why"), self.reason, added=self.settled),
        ]


def checks_of(serial: Serial) -> dict[tuple[int, int], list[CheckRow]]:
    """(Key of a request, number of its check) → the rows of the check, in the order of the checklist."""
    checks = ChecklistCheck.objects.filter(request__serial=serial).prefetch_related("items__resolution")
    return {(check.request_id, check.number): [_row(check, item) for item in check.items.all()] for check in checks}


def _row(check: ChecklistCheck, item: CheckedItem) -> CheckRow:
    stated = item.said
    if item.item == "release_code" and not stated and check.release_code_unavailable:
        stated = _("not available")
    return CheckRow(
        str(item.get_item_display()),
        stated or "–",
        item.on_record or "–",
        str(item.get_verdict_display()),
        _reason_sentence(item),
        _settlement(item),
    )


def _reason_sentence(item: CheckedItem) -> str:
    """The sentence of its reason, or a note where the details that it needs were erased."""
    try:
        return sentence(item.reason, item.parameters)
    except KeyError:
        return _("The details were erased.")


def _settlement(item: CheckedItem) -> str:
    resolution = getattr(item, "resolution", None)
    if resolution is None:
        return ""
    about = {"how": resolution.get_kind_display(), "by": resolution.resolved_by, "reason": resolution.reason}
    return (_("%(how)s by %(by)s: “%(reason)s”") if resolution.reason else _("%(how)s by %(by)s")) % about
