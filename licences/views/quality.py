"""Data quality: what needs attention, list by list; pages and files of the lists, and their counts."""

from contextlib import suppress
from itertools import islice
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from licences import downloads, operations, tasks
from licences.database.read_replica import from_replica
from licences.domain.batches import batched
from licences.domain.codes import grouped
from licences.forms.quality import EntryActForm, QualityFilterForm, SavedFilterForm
from licences.models import QualityMark
from licences.queries import data_quality, quality_pages
from licences.queries.data_quality import QualityList
from licences.queries.quality_pages import EntryFilter, ListedEntry
from licences.spreadsheets.writing import Cell
from licences.views.form_pages import permitted, today
from licences.views.view_kinds import page_for

_BATCH = 500
_SHARES = "licences.share_qualityfilter"


# --- Overview and counts -------------------------------------------------------------------------------


@page_for("licences.view_relicensing")
@from_replica
def overview(request: HttpRequest) -> HttpResponse:
    """Show all lists with the latest count of their entries and the age of the oldest."""
    counts = quality_pages.counts()
    rows = [(each, counts.get(each.slug)) for each in data_quality.LISTS]
    return render(request, "licences/data_quality/quality.html", {"rows": rows, "today": today(), **_age(counts)})


def _age(counts: dict[str, Any]) -> dict[str, Any]:
    """How old counts are, for a page: ``counted_at``, and ``is_old`` if no worker has renewed them in time."""
    at = quality_pages.counted_at(counts.values())
    is_old = at is None or timezone.now() - at > 2 * quality_pages.COUNT_INTERVAL
    return {"counted_at": at, "is_old": is_old, "is_counted_today": bool(at and timezone.localdate(at) == today())}


@require_POST
@permitted("licences.view_relicensing")
def count(request: HttpRequest) -> HttpResponse:
    """Have a worker count all lists; without a worker, count them now."""
    now = timezone.now()
    if quality_pages.does_worker_count(now):
        with suppress(OperationalError):
            if operations.claim_quality_count(now=now, at_once=True):
                tasks.count_quality.enqueue()
        messages.success(request, _("The lists are being counted. Reload the page in a moment."))
    else:
        operations.count_quality_lists(now=now, by_worker=False, heartbeat=downloads.heartbeat)
        messages.success(request, _("The lists were counted."))
    slug = request.POST.get("list", "")
    return redirect("quality-list", slug) if slug in data_quality.BY_SLUG else redirect("quality")


# --- A list --------------------------------------------------------------------------------------------


@page_for("licences.view_relicensing")
def entries(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Show one list, filtered; ``format=csv`` or ``format=xlsx`` returns all that the filter selects as a file."""
    quality_list = list_or_404(slug)
    if request.GET.get("format") in ("csv", "xlsx"):
        return _file(request, quality_list, request.GET["format"])
    return list_page(request, quality_list)


def list_or_404(slug: str) -> QualityList:
    """Return the list with this address."""
    if slug not in data_quality.BY_SLUG:
        raise Http404
    return data_quality.BY_SLUG[slug]


def filter_form(request: HttpRequest) -> QualityFilterForm:
    """Return the form of the filter that the address has."""
    return QualityFilterForm(request.GET, colleagues=quality_pages.colleagues())


def filter_of(request: HttpRequest, form: QualityFilterForm) -> EntryFilter:
    """Return the filter of a form, for the user of the request."""
    return form.wanted(today=today(), viewer=request.user.pk or 0)


def filter_query(values: dict[str, str]) -> str:
    """Return the query of a list's address with a filter, "" for none; it begins with the question mark."""
    return f"?{urlencode(values)}" if values else ""


def list_page(
    request: HttpRequest,
    quality_list: QualityList,
    *,
    act_form: EntryActForm | None = None,
    saved_form: SavedFilterForm | None = None,
) -> HttpResponse:
    """Render a page of a list, with status 422 if one of the forms, which were posted, has errors."""
    form = filter_form(request)
    may_share = request.user.has_perm(_SHARES)
    refused = any(each is not None and each.errors for each in (act_form, saved_form))
    shown, query = _page(request, quality_list, filter_of(request, form)), filter_query(form.values())
    context = {
        "list": quality_list,
        "page": shown,
        "filter": form,
        "wanted": filter_of(request, form),
        "query": query,
        "place": filter_query({**form.values(), **_position(request)}),
        "is_narrowed": bool(set(form.values()) - {"show"}),
        "link": f"{reverse('quality-list', args=[quality_list.slug])}{query or '?'}{'&' if query else ''}",
        "act": act_form or EntryActForm(colleagues=quality_pages.colleagues()),
        "ticked": act_form.ticked() if act_form else set(),
        "saved_form": saved_form or SavedFilterForm(may_share=may_share),
        "saved_filters": [
            (each, filter_query(each.values), each.owner_id == request.user.pk or may_share)
            for each in quality_pages.saved_filters(quality_list.slug, request.user.pk or 0)
        ],
        "undo": _undoable(request),
        "seen_at": timezone.now().isoformat(),
        "today": today(),
        "count": quality_pages.counts().get(quality_list.slug),
    }
    context |= _age({"": context["count"]} if context["count"] else {})
    return render(request, "licences/data_quality/quality_list.html", context, status=422 if refused else 200)


def _page(request: HttpRequest, quality_list: QualityList, wanted: EntryFilter) -> quality_pages.QualityPage:
    """The page at the position that the address names; the first one if that is no position."""
    position = _position(request)
    try:
        named = next(iter(position.values()), "")
        return quality_pages.page(quality_list, wanted, position=named, backwards="before" in position)
    except ValueError:
        return quality_pages.page(quality_list, wanted, position="", backwards=False)


def _position(request: HttpRequest) -> dict[str, str]:
    """The parameter of the address that names a page, ``before`` or ``after``; empty for the first page."""
    named = ((name, request.GET.get(name, "")) for name in ("before", "after"))
    return dict(islice(((name, value) for name, value in named if value), 1))


def _undoable(request: HttpRequest) -> tuple[str, int]:
    """The act that the address names, and how many entries it can be undone for."""
    act = request.GET.get("did", "")[:32]
    return act, QualityMark.objects.filter(act=act).count() if act.isalnum() else 0


# --- The list as a file ----------------------------------------------------------------------------------


def _file(request: HttpRequest, quality_list: QualityList, extension: str) -> HttpResponseBase:
    """All entries that the filter selects, found now."""
    titles = [
        _("Since"), _("Customer"), _("Customer number"), _("Town"), _("Site"), _("Serial number"), _("About"),
        _("Other customer number"), _("State"), _("Snoozed until"), _("Assigned to"), _("Note"), _("Changed by"),
        _("Changed on"),
    ]  # fmt: skip
    form = filter_form(request)
    wanted, values = filter_of(request, form), form.values()
    name = f"{quality_list.slug}-{today():%Y-%m-%d}"
    most = downloads.XLSX_ROWS if extension == "xlsx" else None
    batches = batched(map(_row, quality_pages.all_entries(quality_list, wanted, most=most)), _BATCH)
    table = downloads.DownloadTable(name, titles, batches, sheet_title=str(quality_list.title))
    return downloads.recorded_response(
        request, extension, table, list_name=f"quality/{quality_list.slug}", filter=urlencode(values), is_long=True
    )


def _row(listed: ListedEntry) -> list[Cell]:
    entry, mark = listed.entry, listed.mark
    serial, customer = entry.serial, entry.customer
    return [
        entry.since,
        customer.name,
        customer.number,
        customer.city,
        serial.site.name if serial else "",
        grouped(serial.code) if serial else "",
        entry.about,
        entry.other.number if entry.other else "",
        str(QualityMark.State(listed.state).label),
        mark.snoozed_until or "" if mark and listed.state == "snoozed" else "",
        mark.assigned_to.get_username() if mark and mark.assigned_to else "",
        mark.note if mark else "",
        mark.changed_by if mark else "",
        date_format(timezone.localtime(mark.changed_at), "SHORT_DATETIME_FORMAT") if mark else "",
    ]
