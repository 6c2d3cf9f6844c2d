"""Registration quality: what needs care, list by list; and merging customers who are one."""

from collections.abc import Iterator
from itertools import islice

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from customers.models import Customer
from licences import downloads, operations, quality
from licences.customer_forms import MergeForm
from licences.domain.codes import grouped
from licences.domain.errors import Refusal
from licences.reading import from_replica
from licences.resources import Cell
from licences.views.frame import actor, permitted, posted, show_in_form, today

_BATCH = 500


@require_safe
@permitted("licences.view_relicensing")
@from_replica
def overview(request: HttpRequest) -> HttpResponse:
    """All lists with their count and age."""
    summaries = [quality.summary(each, today=today()) for each in quality.LISTS]
    return render(request, "licences/quality.html", {"summaries": summaries, "today": today()})


@require_safe
@permitted("licences.view_relicensing")
def entries(request: HttpRequest, slug: str) -> HttpResponseBase:
    """One list; ``format=csv`` or ``xlsx`` is all of it as a file."""
    found = quality.BY_SLUG.get(slug)
    if found is None:
        raise Http404
    if request.GET.get("format") in ("csv", "xlsx"):
        return _file(found, request.GET["format"])
    shown = found.entries(today=today(), most=quality.SHOWN + 1)
    context = {"list": found, "entries": shown[: quality.SHOWN], "more": len(shown) > quality.SHOWN, "today": today()}
    return render(request, "licences/quality_list.html", context)


def _file(found: quality.QualityList, format: str) -> HttpResponseBase:
    titles = [
        _("Since"), _("Customer"), _("Customer number"), _("Town"), _("Site"), _("Serial number"), _("About"),
        _("Other customer number"),
    ]  # fmt: skip
    name = f"{found.slug}-{today():%Y-%m-%d}"
    if format == "csv":
        return downloads.csv_response(name, titles, _batches(found, most=None))
    return downloads.xlsx_response(name, str(found.title), titles, _batches(found, most=downloads.XLSX_ROWS))


def _batches(found: quality.QualityList, *, most: int | None) -> Iterator[list[list[Cell]]]:
    rows = (_row(entry) for entry in islice(found.find(today(), None), most))
    while batch := list(islice(rows, _BATCH)):
        yield batch


def _row(entry: quality.Entry) -> list[Cell]:
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


@require_http_methods(["GET", "HEAD", "POST"])
@permitted("customers.merge_customer")
def merge(request: HttpRequest, pk: int) -> HttpResponse:
    """Merge another record into this customer, with a reason. The other is named by its number or a serial number."""
    kept = get_object_or_404(Customer, pk=pk, merged_into=None)
    form = MergeForm(posted(request), kept=kept, initial={"other": request.GET.get("other", "")[:100]})
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            merged = operations.merge_customers(
                kept_id=pk, merged_id=values["other"].pk, reason=values["reason"], by=actor(request)
            )
        except Refusal as refusal:
            show_in_form(request, form, refusal)
        else:
            words = ngettext("Merged: %(count)s site was moved.", "Merged: %(count)s sites were moved.", merged.sites)
            messages.success(request, words % {"count": merged.sites})
            return redirect("customer", pk)
    context = {"form": form, "customer": kept, "other": form.other_customer()}
    return render(request, "licences/merge_form.html", context, status=422 if form.errors else 200)
