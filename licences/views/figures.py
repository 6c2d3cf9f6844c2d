"""The page of figures, and each figure as a file."""

from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from licences import downloads
from licences.database.read_replica import from_replica
from licences.domain.figures import Figure, Period, PeriodKind
from licences.forms.figures import FiguresForm
from licences.queries import figure_names, figure_report
from licences.queries.frequent_movers import frequent_movers
from licences.views.form_pages import permitted, today


@require_safe
@permitted("licences.view_dailyfigure")
@from_replica
def figures(request: HttpRequest) -> HttpResponseBase:
    """Show the figures of a period; ``format=csv`` or ``format=xlsx`` returns those of ``figure`` as a file."""
    form = FiguresForm(request.GET, today=today())
    if not form.is_valid():
        return render(request, "licences/figures/figures.html", {"form": form}, status=422)
    period, country = form.chosen_period, form.cleaned_data["country"]
    if request.GET.get("format") in downloads.CONTENT_TYPES:
        return _file(request, request.GET["format"], period, country)
    return _page(request, form, period, country)


def _page(request: HttpRequest, form: FiguresForm, period: Period, country: str) -> HttpResponse:
    form.offer_countries(figure_report.countries_in(period))
    context = {
        "form": form,
        "period": period,
        "before": period.before(),
        "is_over": period.last < today(),
        "report": figure_report.figure_report(period, country),
        "movers": frequent_movers(period, country) if request.user.has_perm("customers.view_customer") else [],
        "query": _query(period, country),
        "query_before": _query(period.before(), country),
        "query_after": _query(period.after(), country),
    }
    return render(request, "licences/figures/figures.html", context)


def _query(period: Period, country: str) -> str:
    """The query string of the page that shows a period."""
    last = {"last": period.last} if period.kind is PeriodKind.OWN else {}
    chosen = {"country": country} if country else {}
    return urlencode({"period": period.kind.value, "first": period.first, **last, **chosen})


def _file(request: HttpRequest, format: str, period: Period, country: str) -> HttpResponseBase:
    """One figure as a file. ``Http404`` if there is none of that name."""
    names = {each.value: each for each in figure_names.ALL}
    figure = names.get(request.GET.get("figure", ""))
    if figure is None:
        raise Http404
    rows = figure_report.file_rows(figure, period, country)
    part = _("Minutes") if figure is Figure.MINUTES_TO_CODE else _("What")
    table = downloads.DownloadTable(
        f"{figure.value}-{period.first:%Y-%m-%d}-{period.last:%Y-%m-%d}",
        [_("Day"), part, _("Country"), _("Number")],
        downloads.in_batches(iter(rows)),
        sheet_title=str(figure_names.TITLES[figure]),
    )
    is_long = len(rows) > downloads.LONG_FILE_ROWS
    listed = f"figures/{figure.value}"
    return downloads.recorded_response(
        request, format, table, list_name=listed, filter=_query(period, country), is_long=is_long
    )
