"""The page of figures, and each figure as a file."""

from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from licences import downloads
from licences.database.read_replica import from_replica
from licences.domain.figures import Figure, Period, PeriodKind
from licences.forms.figures import FiguresForm
from licences.queries import figure_choices, figure_names, figure_report
from licences.queries.figure_choices import FigureChoice
from licences.queries.frequent_movers import frequent_movers, stored_movers
from licences.views.form_pages import today
from licences.views.view_kinds import page_for


@page_for("licences.view_dailyfigure")
@from_replica
def figures(request: HttpRequest) -> HttpResponseBase:
    """Show the figures of a period; ``format=csv`` or ``format=xlsx`` returns those of ``figure`` as a file."""
    form = FiguresForm(request.GET, today=today())
    if not form.is_valid():
        return render(request, "licences/figures/figures.html", {"form": form}, status=422)
    period, choice = form.chosen_period, form.choice
    if request.GET.get("format") in downloads.CONTENT_TYPES:
        return _file(request, request.GET["format"], period, choice)
    return _page(request, form, period, choice)


def _page(request: HttpRequest, form: FiguresForm, period: Period, choice: FigureChoice) -> HttpResponse:
    summed = figure_choices.Summed.of(period, by_month=True)
    form.offer_countries(figure_choices.countries_in(summed))
    form.offer_resellers(figure_choices.resellers_in(summed))
    sees_customers = request.user.has_perm("customers.view_customer")
    context = {
        "form": form,
        "period": period,
        "before": period.before(),
        "product_name": dict(figure_choices.products()).get(choice.product, ""),
        "is_over": period.last < today(),
        "report": figure_report.figure_report(period, choice),
        "movers": frequent_movers(period, choice) if sees_customers else [],
        "movers_of_a_year": stored_movers(choice) if sees_customers else [],
        "query": _query(period, choice),
        "query_before": _query(period.before(), choice),
        "query_after": _query(period.after(), choice),
    }
    return render(request, "licences/figures/figures.html", context)


def _query(period: Period, choice: FigureChoice) -> str:
    """The query string of the page that shows a period."""
    last = {"last": period.last} if period.kind is PeriodKind.OWN else {}
    divisions = {"country": choice.country, "product": choice.product, "reseller": choice.reseller}
    chosen = {name: value for name, value in divisions.items() if value}
    return urlencode({"period": period.kind.value, "first": period.first, **last, **chosen})


def _file(request: HttpRequest, format: str, period: Period, choice: FigureChoice) -> HttpResponseBase:
    """One figure as a file. ``Http404`` if there is none of that name."""
    names = {each.value: each for each in figure_names.ALL}
    figure = names.get(request.GET.get("figure", ""))
    if figure is None:
        raise Http404
    rows = figure_report.file_rows(figure, period, choice)
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
        request, format, table, list_name=listed, filter=_query(period, choice), is_long=is_long
    )
