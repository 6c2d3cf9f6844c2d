"""Codes in templates."""

from collections.abc import Iterable
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from licences.domain import codes
from licences.domain.checklist import Finding
from licences.domain.decisions import Held
from licences.models import Approval, CheckedItem
from licences.models.relicensing import ItemName, VerdictName
from licences.wording import sentence

register = template.Library()


@register.filter
def grouped(code: str | None) -> str:
    """A canonical code in its groups, as text."""
    return codes.grouped(code) if code else ""


@register.filter
def code(canonical: str | None) -> SafeString | str:
    """A canonical code in its groups, none of which breaks at the end of a line."""
    if not canonical:
        return ""
    groups = codes.groups(canonical)
    places = "-".join(['<span class="group">{}</span>'] * len(groups))
    return format_html(f'<span class="code" translate="no">{places}</span>', *groups)


@register.filter
def reason(finding: Finding | CheckedItem) -> str:
    """Why an item of the checklist has its verdict, in a sentence."""
    return sentence(finding.reason, finding.parameters)


@register.filter
def item_name(item: Any) -> str:
    return str(ItemName(str(item)).label)


@register.filter
def subject_name(subject: Any) -> str:
    """What a supervisor decides about: an item of the checklist, or a limit."""
    return str(Approval.Subject(str(subject)).label)


@register.filter
def held(found: Held) -> str:
    """Why a limit holds a request up, in a sentence."""
    return sentence(found.hold, {"count": found.count, "limit": found.limit})


@register.filter
def sorted_names(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))


@register.filter
def verdict_name(verdict: Any) -> str:
    return str(VerdictName(str(verdict)).label)
