"""Charts as SVG, made on the server: no script, no style attribute, colours from the style sheet."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from licences.queries.figure_measures import Column, Row

register = template.Library()

WIDTH, HEIGHT = 600, 100  # units of the drawing, which is stretched to the width of the page
_GAP = 0.25  # of the width of a column


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar of a chart in units of the drawing, and the column that it stands for."""

    x: str
    y: str
    width: str
    height: str
    label: str
    value: int


@register.inclusion_tag("licences/figures/_chart.html")
def column_chart(columns: Sequence[Column], title: str, unit: str = "") -> dict[str, Any]:
    """Draw one bar per column, the highest as high as the drawing. Nothing is drawn if all are 0 or missing.

    ``title`` says what is counted, for screen readers; the numbers are in the table beside the chart.
    """
    highest = max((column.value or 0 for column in columns), default=0)
    wide = WIDTH / max(len(columns), 1)
    bars = [
        _bar(number * wide + wide * _GAP / 2, wide * (1 - _GAP), column, highest)
        for number, column in enumerate(columns)
        if column.value is not None and column.value > 0
    ]
    ends = {"first": columns[0].label, "last": columns[-1].label} if columns else {}
    drawing = {"width": WIDTH, "height": HEIGHT, "bars": bars, "highest": highest}
    return {**drawing, **ends, "title": title, "unit": unit}


def _bar(x: float, width: float, column: Column, highest: int) -> Bar:
    """The bar of a column; one that is more than 0 can be seen."""
    value = column.value or 0
    height = max(HEIGHT * value / highest, 1)
    return Bar(f"{x:.2f}", f"{HEIGHT - height:.2f}", f"{width:.2f}", f"{height:.2f}", column.label, value)


_RECT = '<rect class="chart-bar" x="{}" y="{}" width="{}" height="{}"><title>{}: {}</title></rect>'
_SHARE = (
    '<svg class="chart-share" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">'
    '<rect class="chart-bar" x="0" y="0" width="{}" height="10"/></svg>'
)
_COLUMN = '<tr><th scope="row">{}</th><td class="num">{}</td></tr>'
_ROW = '<tr><th scope="row">{}</th><td class="figure-bar">{}</td><td class="num">{}</td>{}</tr>'


@register.simple_tag
def chart_bars(bars: Sequence[Bar]) -> SafeString:
    """The bars of a chart. In Python, since a template takes several times as long for each of hundreds."""
    drawn = ((bar.x, bar.y, bar.width, bar.height, bar.label, bar.value) for bar in bars)
    return format_html_join("", _RECT, drawn)


@register.simple_tag
def column_rows(columns: Sequence[Column]) -> SafeString:
    """The rows of the table beside a chart: label and number, a dash where there is nothing to measure."""
    return format_html_join("", _COLUMN, ((each.label, _number(each.value)) for each in columns))


@register.simple_tag
def figure_rows(rows: Sequence[Row], *, compared: bool) -> SafeString:
    """The rows of a figure's parts, each with its bar; the largest number has the bar of the whole length.

    ``compared``: with the number of the period before.
    """
    most = max((each.now for each in rows), default=0)
    shown = []
    for row in rows:
        bar = format_html(_SHARE, f"{100 * max(row.now, 0) / most:.1f}" if most else "0")
        before = format_html('<td class="num">{}</td>', row.before) if compared else ""
        shown.append((row.label, bar, row.now, before))
    return format_html_join("", _ROW, shown)


def _number(value: int | None) -> str:
    return "–" if value is None else str(value)
