"""Exporting the lists of the administration as CSV or XLSX: the rows that match search and filters.

The rule is docs/decisions.md#what-is-carried-out-is-an-event.
"""

from typing import Any
from urllib.parse import unquote_plus

from django import forms
from django.contrib import messages
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
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from import_export.admin import ExportMixin

from licences import downloads
from licences.administration.resources import ExportTable
from licences.domain.query_parsing import LONGEST_QUERY

FILTER_ERRORS = (IncorrectLookupParameters, OverflowError, DataError)
MAX_SEARCH_WORDS = 20  # each is a condition for every searched column, and SQLite accepts 1,000
PATTERN_LOOKUPS = frozenset({"regex", "iregex"})
COUNT_LIMIT = 10_000  # rows; a large table is not counted to its end for a number in a sentence


class ExportForm(forms.Form):
    """The format and the columns of an export."""

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
        """Add an error if an XLSX file cannot hold all rows; a part of them would look like the whole list."""
        limit = downloads.XLSX_ROWS
        if self.cleaned_data["format"] == "xlsx" and rows.order_by()[: limit + 1].count() > limit:
            words = _(
                "An Excel file can have at most %(limit)s rows, and this list has more. Filter the list or choose CSV."
            )
            self.add_error("format", words % {"limit": number_format(limit, use_l10n=True, force_grouping=True)})


class ExportAdminMixin(ExportMixin):
    """Adds export to a ``ModelAdmin``, with the columns of ``export_table``, for everyone who may view its list.

    Exporting codes needs a permission of its own, and every export is recorded as an event. A column that users may
    not see is no column of their exports, cannot be filtered by, and is not on the object's page.
    """

    export_table: type[ExportTable]

    def has_export_permission(self, request: HttpRequest) -> bool:
        """Whether the user may view the list."""
        return self.has_view_permission(request)

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """Whether a filter in the address is allowed: none by withheld columns, and none with a pattern."""
        withheld = self.export_table(user=request.user if request else None).withheld
        if any(f"{lookup}__".startswith(f"{column.attribute}__") for column in withheld):
            return False
        if not PATTERN_LOOKUPS.isdisjoint(lookup.split("__")):
            return False  # no filter of the lists needs one, and a pattern can take hours
        return super().lookup_allowed(lookup, value, request)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """The search of the list; for too many words or characters it finds nothing and shows a message."""
        length, count = len(search_term), len(search_term.split())
        if length <= LONGEST_QUERY and count <= MAX_SEARCH_WORDS:
            return super().get_search_results(request, queryset, search_term)
        words = gettext(
            "A search can have at most %(most_words)s words and %(most_characters)s characters; yours has "
            "%(words)s and %(characters)s. Please shorten it."
        )
        limits = {"most_words": MAX_SEARCH_WORDS, "most_characters": LONGEST_QUERY}
        messages.error(request, words % {**limits, "words": count, "characters": length})
        return queryset.none(), False

    def get_exclude(self, request: HttpRequest, obj: Model | None = None) -> Any:
        """The fields to leave out of the page, with those of withheld columns."""
        excluded = super().get_exclude(request, obj)
        withheld = [column.attribute for column in self.export_table(user=request.user).withheld]
        return [*(excluded or ()), *withheld] if withheld else excluded

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """The list. Unlike Django, also handles filters with numbers out of range and invented row keys."""
        if not all(self._is_key(each) for each in request.POST.getlist(ACTION_CHECKBOX_NAME)):
            raise SuspiciousOperation("Rows were chosen that no list offers.")
        try:
            return super().changelist_view(request, extra_context)
        except FILTER_ERRORS:
            return HttpResponseRedirect(f"{request.path}?{ERROR_FLAG}=1")

    def _is_key(self, text: str) -> bool:
        """Whether the text is a key of the model."""
        try:
            self.model._meta.pk.to_python(text)
        except ValidationError:
            return False
        return True

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """The history page; without permission, the response does not tell which rows exist."""
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        return super().history_view(request, object_id, extra_context)

    def export_action(self, request: HttpRequest) -> HttpResponseBase:
        """The export form, or the file that it asks for."""
        if not self.has_export_permission(request):
            raise PermissionDenied
        try:
            rows = self.get_export_queryset(request)
            count = rows.order_by()[: COUNT_LIMIT + 1].count()
        except FILTER_ERRORS:
            return HttpResponseRedirect(f"../?{ERROR_FLAG}=1")
        table = self.export_table(user=request.user)
        form = ExportForm(table, data=request.POST if request.method == "POST" else None)
        if form.is_valid():
            form.refuse_long_workbook(rows)
        if form.is_bound and form.is_valid():
            return self._download(request, table, rows, is_long=count > downloads.LONG_FILE_ROWS, **form.cleaned_data)
        context = self._export_context(request, form, count) | {"kept_back": table.kept_back}
        return TemplateResponse(request, self.export_template_name, context, status=422 if form.errors else 200)

    def _download(
        self,
        request: HttpRequest,
        table: ExportTable,
        rows: QuerySet[Any],
        *,
        is_long: bool,
        format: str,
        columns: list[str],
    ) -> HttpResponseBase:
        """The file of an export, which is recorded as an event."""
        chosen = table.columns(columns)
        file = downloads.DownloadTable(
            name=f"{self.opts.model_name}-{timezone.localdate():%Y-%m-%d}",
            titles=[column.title for column in chosen],
            batches=table.rows(rows, chosen),
            sheet_title=str(self.opts.verbose_name_plural),
        )
        query = unquote_plus(request.GET.urlencode())
        return downloads.recorded_response(
            request, format, file, list_name=self.opts.label_lower, filter=query, is_long=is_long
        )

    def _export_context(self, request: HttpRequest, form: ExportForm, count: int) -> dict[str, Any]:
        return {
            **self.admin_site.each_context(request),
            "title": _("Export: %(list)s") % {"list": capfirst(self.opts.verbose_name_plural)},
            "opts": self.opts,
            "form": form,
            "count": count,
            "counted": COUNT_LIMIT,
            "query": request.GET.urlencode(),
        }
