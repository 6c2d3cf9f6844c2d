"""What Software Assurance ends in a month, as a page and as a purchase file."""

from datetime import date

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from licences import downloads
from licences.database.read_replica import from_replica
from licences.domain.renewals import month_before, month_of, next_month
from licences.forms.renewals import MonthForm
from licences.imports import renewals as renewal_file
from licences.imports.result_tables import csv_delimiter
from licences.queries import renewals as renewal_queries
from licences.views.form_pages import today
from licences.views.view_kinds import page_for
from licences.wording.sentences import sentence


@page_for("licences.view_renewals")
@from_replica
def renewals(request: HttpRequest) -> HttpResponseBase:
    """Show what ends in a month; ``format=csv`` or ``format=xlsx`` returns the purchase file that renews it."""
    form = MonthForm(request.GET, today=today())
    if not form.is_valid():
        return render(request, "licences/renewals/renewals.html", {"form": form}, status=422)
    first = month_of(form.cleaned_data["month"])
    if request.GET.get("format") in downloads.CONTENT_TYPES:
        return _file(request, request.GET["format"], first)
    rates, as_of = renewal_queries.renewal_rates()
    context = {
        "form": form,
        "first": first,
        "page": _page(request, first),
        "link": f"?month={first:%Y-%m}",
        "before": f"?month={month_before(first):%Y-%m}",
        "after": f"?month={next_month(first):%Y-%m}",
        "rates": rates,
        "as_of": as_of,
    }
    return render(request, "licences/renewals/renewals.html", context)


def _page(request: HttpRequest, first: date) -> renewal_queries.RenewalPage:
    """The page that the address names, else the first one."""
    before, after = request.GET.get("before", ""), request.GET.get("after", "")
    try:
        return renewal_queries.renewal_page(first, position=before or after, backwards=bool(before))
    except ValueError:
        return renewal_queries.renewal_page(first, position="", backwards=False)


def _file(request: HttpRequest, extension: str, first: date) -> HttpResponseBase:
    """The purchase file of a month, recorded as a download."""
    serials = renewal_queries.count_up_to(first, downloads.XLSX_ROWS)
    if extension == "xlsx" and serials * renewal_file.LINES > downloads.XLSX_ROWS:
        messages.error(request, sentence("rows-too-many", {"limit": downloads.XLSX_ROWS}))
        return redirect(f"{reverse('renewals')}?month={first:%Y-%m}")
    table = downloads.DownloadTable(
        f"renewals-{first:%Y-%m}",
        renewal_file.renewal_columns(),
        downloads.in_batches(renewal_file.renewal_rows(first)),
        sheet_title=_("Renewals"),
        delimiter=csv_delimiter(),
    )
    is_long = serials * renewal_file.LINES > downloads.LONG_FILE_ROWS
    return downloads.recorded_response(
        request, extension, table, list_name="renewals", filter=f"month={first:%Y-%m}", is_long=is_long
    )
