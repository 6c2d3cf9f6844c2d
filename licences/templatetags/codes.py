"""Template filters for codes and for the checklist's words."""

from collections.abc import Iterable
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from licences.domain import codes
from licences.domain.approvals import ExceededLimit
from licences.domain.checklist import ItemFinding
from licences.models import Approval, CheckedItem, Relicensing
from licences.queries.checklist import ChecklistRow
from licences.wording.checklist import ACCEPTED_AS, ITEM_NAMES, NEW_PC, NEW_SITE_ID, NOT_CHECKED_YET, VERDICT_NAMES
from licences.wording.sentences import sentence

register = template.Library()


@register.filter
def grouped(code: str | None) -> str:
    """Return a canonical code in its groups, as text."""
    return codes.grouped(code) if code else ""


@register.filter
def code(canonical: str | None) -> SafeString | str:
    """Return a canonical code in its groups as HTML in which no group breaks at the end of a line."""
    if not canonical:
        return ""
    groups = codes.groups(canonical)
    places = "-".join(['<span class="group">{}</span>'] * len(groups))
    return format_html(f'<span class="code" translate="no">{places}</span>', *groups)


@register.filter
def reason(finding: ItemFinding | CheckedItem, purpose: str = "") -> str:
    """Return the reason of an item's verdict as a sentence. ``purpose`` is that of the request, if it is shown."""
    if finding.reason == "site-id-new" and finding.on_record:
        told = NEW_SITE_ID if purpose == Relicensing.Purpose.SAME_PC else NEW_PC
        return str(told) % {"was": finding.on_record}
    return sentence(finding.reason, finding.parameters)


@register.filter
def item_name(item: Any) -> str:
    return str(ITEM_NAMES[str(item)])


@register.filter
def subject_name(subject: Any) -> str:
    """Return the name of what a supervisor decides about: an item of the checklist, or a limit."""
    return str(Approval.Subject(str(subject)).label)


@register.filter
def acceptance(subject: Any) -> str:
    """What a supervisor agrees to by ticking an item or a limit."""
    return str(ACCEPTED_AS[str(subject)])


@register.filter
def exceeded_limit(exceeded: ExceededLimit) -> str:
    """Return a sentence that says which limit is exceeded and by how much."""
    return sentence(exceeded.kind, {"count": exceeded.count, "limit": exceeded.limit})


@register.filter
def sorted_names(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))


@register.filter
def verdict_name(row: ChecklistRow) -> str:
    """The verdict on an item, unless it can be judged only once the serial number is found."""
    return str(NOT_CHECKED_YET if row.awaits_serial else VERDICT_NAMES[row.finding.verdict.value])
