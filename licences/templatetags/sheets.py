"""Template filters of the read-back sheet."""

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from licences.domain.read_back import ReadGroup, SymbolState
from licences.models import CodeDelivery
from licences.wording.deliveries import failure_sentence
from licences.wording.read_back import group_sentence, summary_sentence

register = template.Library()
register.filter("group_difference", group_sentence)
register.filter("read_back_summary", summary_sentence)


@register.filter
def marked(group: ReadGroup, side: str) -> SafeString:
    """The characters of a group, those that differ marked. ``side``: "expected", of the code, or "read"."""
    tags = {True: "span", False: "mark"}
    symbols = ((tags[each.state is SymbolState.SAME], getattr(each, side) or "·") for each in group.symbols)
    cells = format_html_join("", "<{0}>{1}</{0}>", symbols)
    return format_html('<span class="code read-symbols">{}</span>', cells)


@register.filter
def why_not_sent(delivery: CodeDelivery) -> str:
    """Why an e-mail was not sent so far, empty if nothing went wrong."""
    return failure_sentence(delivery.failure) if delivery.failure else ""
