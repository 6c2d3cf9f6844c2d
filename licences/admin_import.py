"""Import of small tables in the administration: upload, preview, confirm."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from import_export.admin import ImportMixin

from licences.domain.errors import Refusal
from licences.import_preview import Judgement, OutOfDateError, Sheet, import_sheet, preview, read_upload, shown
from licences.imported_tables import ImportTable
from licences.wording import refusal_sentence

ROWS_SHOWN = 300


class UploadForm(forms.Form):
    """A file that is recognised by what it holds. Once valid, it has a ``sheet``."""

    sheet: Sheet
    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("CSV or Excel (XLSX), at most 1 MB and 2,000 rows."),
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.xlsx"}),
        error_messages={"required": gettext_lazy("Choose a file.")},
    )

    def __init__(self, wanted: type[ImportTable], **options: Any) -> None:
        super().__init__(**options)
        self.wanted = wanted

    def clean_file(self) -> UploadedFile:
        upload: UploadedFile = self.cleaned_data["file"]
        try:
            self.sheet = read_upload(upload, self.wanted)
        except Refusal as refusal:
            raise ValidationError(refusal_sentence(refusal)) from None
        return upload


class Importing(ImportMixin):
    """For a ``ModelAdmin``: whoever may add and change its rows may import them as ``import_table`` says.

    Between preview and confirmation the rows are in the session, where nobody else reads or forges them. What is
    confirmed is the digest of the preview: where anything would come out otherwise by then, nothing is written.
    """

    import_table: type[ImportTable]

    def has_import_permission(self, request: HttpRequest) -> bool:
        return self.has_add_permission(request) and self.has_change_permission(request)

    def import_action(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self._require_permission(request)
        if request.method != "POST":
            return self._page(request, form=UploadForm(self.import_table))
        form = UploadForm(self.import_table, data=request.POST, files=request.FILES)
        if not form.is_valid():
            return self._page(request, status=422, form=form)
        return self._preview(request, form.sheet)

    def process_import(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self._require_permission(request)
        waiting = request.session.get(self._session_key)
        if not waiting or not constant_time_compare(waiting["digest"], request.POST.get("preview", "")):
            return self._start_again(request)
        del request.session[self._session_key]
        sheet = Sheet(**waiting["sheet"])
        by = request.user.get_username()
        try:
            judgement = import_sheet(self.import_table, sheet, digest=waiting["digest"], by=by)
        except OutOfDateError:
            messages.error(request, _("The records have changed since the preview. Nothing was imported; look again."))
            return self._preview(request, sheet, status=409)
        messages.success(request, _imported(judgement))
        return HttpResponseRedirect(reverse("admin:{}_{}_changelist".format(*self.get_model_info())))

    def _start_again(self, request: HttpRequest) -> HttpResponse:
        """Who had to log in again after a preview comes here with GET."""
        messages.error(request, _("This preview is no longer there. Nothing was imported; upload the file again."))
        if request.method != "POST":
            return HttpResponseRedirect(reverse("admin:{}_{}_import".format(*self.get_model_info())))
        return self._page(request, status=409, form=UploadForm(self.import_table))

    def _require_permission(self, request: HttpRequest) -> None:
        if not self.has_import_permission(request):
            raise PermissionDenied

    @property
    def _session_key(self) -> str:
        return "import:{}.{}".format(*self.get_model_info())

    def _preview(self, request: HttpRequest, sheet: Sheet, *, status: int = 200) -> HttpResponse:
        judgement = preview(self.import_table, sheet)
        request.session.pop(self._session_key, None)
        if judgement.is_acceptable:
            request.session[self._session_key] = {"sheet": vars(sheet), "digest": judgement.digest()}
        elif status == 200 and judgement.count("rejected"):
            status = 422
        rows = shown(judgement.rows, ROWS_SHOWN)
        return self._page(
            request, status=status, judgement=judgement, rows=rows, sheet=sheet,
            counts={outcome: judgement.count(outcome) for outcome in ("new", "changed", "unchanged", "rejected")},
            hidden_rows=len(judgement.rows) - len(rows),
        )  # fmt: skip

    def _page(self, request: HttpRequest, *, status: int = 200, **context: Any) -> TemplateResponse:
        columns = [
            {"name": name, "title": self.import_table.title(name), "help": column.help}
            for name, column in self.import_table.fields.items()
        ]
        context |= {
            **self.admin_site.each_context(request),
            "title": _("Import: %(list)s") % {"list": capfirst(self.opts.verbose_name_plural)},
            "opts": self.opts,
            "columns": columns,
        }
        return TemplateResponse(request, self.import_template_name, context, status=status)


def _imported(judgement: Judgement) -> str:
    new, changed = judgement.count("new"), judgement.count("changed")
    return _("Imported: %(new)s, %(changed)s.") % {
        "new": ngettext("%(count)s new row", "%(count)s new rows", new) % {"count": new},
        "changed": ngettext("%(count)s changed row", "%(count)s changed rows", changed) % {"count": changed},
    }
