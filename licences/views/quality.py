"""Data quality: what needs attention, list by list."""

from collections.abc import Iterator
from itertools import islice

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from licences import downloads
from licences.database.read_replica import from_replica
from licences.domain.codes import grouped
from licences.queries import data_quality
from licences.spreadsheets.writing import Cell
from licences.views.form_pages import permitted, today

_BATCH = 500


@require_safe
@permitted("licences.view_relicensing")
@from_replica
def overview(request: HttpRequest) -> HttpResponse:
    """Show all lists with their number of entries and the age of the oldest."""
    summaries = [data_quality.summary(each, today=today()) for each in data_quality.LISTS]
    return render(request, "licences/data_quality/quality.html", {"summaries": summaries, "today": today()})


@require_safe
@permitted("licences.view_relicensing")
def entries(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Show one list; ``format=csv`` or ``format=xlsx`` returns the whole list as a file."""
    found = data_quality.BY_SLUG.get(slug)
    if found is None:
        raise Http404
    if request.GET.get("format") in ("csv", "xlsx"):
        return _file(request, found, request.GET["format"])
    shown = found.entries(today=today(), most=data_quality.SHOWN + 1)
    context = {
        "list": found,
        "entries": shown[: data_quality.SHOWN],
        "more": len(shown) > data_quality.SHOWN,
        "today": today(),
    }
    return render(request, "licences/data_quality/quality_list.html", context)


def _file(request: HttpRequest, found: data_quality.QualityList, format: str) -> HttpResponseBase:
    titles = [
        _("Since"), _("Customer"), _("Customer number"), _("Town"), _("Site"), _("Serial number"), _("About"),
        _("Other customer number"),
    ]  # fmt: skip
    name = f"{found.slug}-{today():%Y-%m-%d}"
    most = downloads.XLSX_ROWS if format == "xlsx" else None
    table = downloads.DownloadTable(name, titles, _batches(found, most=most), sheet_title=str(found.title))
    return downloads.recorded_response(request, format, table, list_name=f"quality/{found.slug}", is_long=True)


def _batches(found: data_quality.QualityList, *, most: int | None) -> Iterator[list[list[Cell]]]:
    rows = (_row(entry) for entry in islice(found.find(today(), None), most))
    while batch := list(islice(rows, _BATCH)):
        yield batch


def _row(entry: data_quality.QualityEntry) -> list[Cell]:
    serial, customer = entry.serial, entry.customer
    return [
        entry.since or "",
        customer.name,
        customer.number,
        customer.city,
        serial.site.name if serial else "",
        grouped(serial.code) if serial else "",
        entry.about,
        entry.other.number if entry.other else "",
    ]
