"""Codes in templates."""

from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from licences.domain import codes
from licences.domain.checklist import Finding
from licences.models import CheckedItem
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
    groups = format_html_join("-", '<span class="group">{}</span>', ((group,) for group in codes.groups(canonical)))
    return format_html('<span class="code" translate="no">{}</span>', groups)


@register.filter
def reason(finding: Finding | CheckedItem) -> str:
    """Why an item of the checklist has its verdict, in a sentence."""
    return sentence(finding.reason, finding.parameters)


@register.filter
def item_name(item: Any) -> str:
    return str(ItemName(str(item)).label)


@register.filter
def verdict_name(verdict: Any) -> str:
    return str(VerdictName(str(verdict)).label)
