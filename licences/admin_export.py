"""Export from the lists of the administration: the rows that the list shows, as CSV or XLSX."""

from typing import Any

from django import forms
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ERROR_FLAG
from django.core.exceptions import PermissionDenied, SuspiciousOperation, ValidationError
from django.db import DataError
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from import_export.admin import ExportMixin

from licences import downloads
from licences.resources import ExportTable

WRONG_FILTERS = (IncorrectLookupParameters, OverflowError, DataError)
COUNTED = 10_000  # a table of any size is not read to its end for a number in a sentence


class ExportForm(forms.Form):
    format = forms.ChoiceField(
        label=_("File format"),
        choices=[("csv", _("CSV, any number of rows")), ("xlsx", _("Excel (XLSX), up to 1,048,575 rows"))],
        widget=forms.RadioSelect,
        initial="csv",
        error_messages={"required": _("Choose a format.")},
    )

    def __init__(self, table: ExportTable, **options: Any) -> None:
        super().__init__(**options)
        self.fields["columns"] = forms.MultipleChoiceField(
            label=_("Columns"),
            choices=[(name, column.title) for name, column in table.fields.items()],
            initial=[name for name, column in table.fields.items() if column.ticked],
            widget=forms.CheckboxSelectMultiple,
            error_messages={"required": _("Tick at least one column.")},
        )

    def refuse_long_workbook(self, rows: QuerySet[Any]) -> None:
        """XLSX ends at a row; better none than a part that looks like all."""
        limit = downloads.XLSX_ROWS
        if self.cleaned_data["format"] == "xlsx" and rows.order_by()[: limit + 1].count() > limit:
            words = _("An Excel file holds at most %(limit)s rows, and this list has more. Filter it, or choose CSV.")
            self.add_error("format", words % {"limit": number_format(limit, use_l10n=True, force_grouping=True)})


class Exporting(ExportMixin):
    """For a ``ModelAdmin``: whoever may see its list may export it, in the columns of ``export_table``.

    What a role may not see is no column of its exports, nothing that it could filter by, and no field on the page.
    """

    export_table: type[ExportTable]

    def has_export_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        withheld = self.export_table(user=request.user if request else None).withheld
        if any(f"{lookup}__".startswith(f"{column.attribute}__") for column in withheld):
            return False
        return super().lookup_allowed(lookup, value, request)

    def get_exclude(self, request: HttpRequest, obj: Model | None = None) -> Any:
        excluded = super().get_exclude(request, obj)
        withheld = [column.attribute for column in self.export_table(user=request.user).withheld]
        return [*(excluded or ()), *withheld] if withheld else excluded

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Django catches filters that make no sense, but not numbers beyond any column, nor rows that are made up."""
        if not all(self._is_key(each) for each in request.POST.getlist(ACTION_CHECKBOX_NAME)):
            raise SuspiciousOperation("Rows were chosen that no list offers.")
        try:
            return super().changelist_view(request, extra_context)
        except WRONG_FILTERS:
            return HttpResponseRedirect(f"{request.path}?{ERROR_FLAG}=1")

    def _is_key(self, text: str) -> bool:
        try:
            self.model._meta.pk.to_python(text)
        except ValidationError:
            return False
        return True

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """Who may not see the rows does not learn from the answer which of them exist."""
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        return super().history_view(request, object_id, extra_context)

    def export_action(self, request: HttpRequest) -> HttpResponseBase:
        if not self.has_export_permission(request):
            raise PermissionDenied
        try:
            rows = self.get_export_queryset(request)
            count = rows.order_by()[: COUNTED + 1].count()
        except WRONG_FILTERS:
            return HttpResponseRedirect(f"../?{ERROR_FLAG}=1")
        table = self.export_table(user=request.user)
        form = ExportForm(table, data=request.POST if request.method == "POST" else None)
        if form.is_valid():
            form.refuse_long_workbook(rows)
        if form.is_bound and form.is_valid():
            return self._file(table, rows, **form.cleaned_data)
        context = self._export_context(request, form, count)
        return TemplateResponse(request, self.export_template_name, context, status=422 if form.errors else 200)

    def _file(self, table: ExportTable, rows: QuerySet[Any], *, format: str, columns: list[str]) -> HttpResponseBase:
        chosen = table.columns(columns)
        titles = [column.title for column in chosen]
        name = f"{self.opts.model_name}-{timezone.localdate():%Y-%m-%d}"
        batches = table.rows(rows, chosen)
        if format == "csv":
            return downloads.csv_response(name, titles, batches)
        return downloads.xlsx_response(name, str(self.opts.verbose_name_plural), titles, batches)

    def _export_context(self, request: HttpRequest, form: ExportForm, count: int) -> dict[str, Any]:
        return {
            **self.admin_site.each_context(request),
            "title": _("Export: %(list)s") % {"list": capfirst(self.opts.verbose_name_plural)},
            "opts": self.opts,
            "form": form,
            "count": count,
            "counted": COUNTED,
            "query": request.GET.urlencode(),
        }
