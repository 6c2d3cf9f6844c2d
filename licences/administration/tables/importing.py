"""The import pages of small tables in the administration: upload, preview, confirm, by django-import-export."""

from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from import_export.admin import ImportMixin
from import_export.forms import ConfirmImportForm, ImportForm
from import_export.tmp_storages import CacheStorage

from licences.administration.tables.import_table import ImportTable, PreviewOutdatedError
from licences.administration.tables.uploads import SpreadsheetFormat
from licences.domain.errors import Refusal
from licences.wording.sentences import refusal_sentence

MAX_BYTES = 1 << 20


class UploadForm(ImportForm):
    import_file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("CSV or Excel (XLSX), at most 1 MB and 2,000 rows."),
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.xlsx"}),
        error_messages={"required": gettext_lazy("Choose a file.")},
    )

    def clean_import_file(self) -> UploadedFile:
        """The upload, if it is at most ``MAX_BYTES`` large."""
        upload: UploadedFile = self.cleaned_data["import_file"]
        if (upload.size or 0) > MAX_BYTES:
            raise ValidationError(_("The file is larger than %(limit)s MB.") % {"limit": MAX_BYTES >> 20})
        return upload


class ConfirmForm(ConfirmImportForm):
    preview = forms.CharField(widget=forms.HiddenInput)


class ImportAdminMixin(ImportMixin):
    """Adds import with ``import_table`` to a ``ModelAdmin``, for everyone who may add and change its rows.

    Between preview and confirmation the file is in the cache, and its name in the session: nobody else can confirm it,
    and only the latest upload. The confirmation contains the digest of the preview; if anything would have another
    result by then, nothing is written.
    """

    import_table: type[ImportTable]
    import_form_class, confirm_form_class = UploadForm, ConfirmForm
    tmp_storage_class = CacheStorage
    skip_admin_log = True  # the operation records an event

    def has_import_permission(self, request: HttpRequest) -> bool:
        """Whether the user may both add and change rows."""
        return self.has_add_permission(request) and self.has_change_permission(request)

    def get_import_formats(self) -> list[Any]:
        return [partial(SpreadsheetFormat, self.import_table)]

    def get_import_resource_classes(self, request: HttpRequest) -> list[type[ImportTable]]:
        return [self.import_table]

    def get_import_resource_kwargs(self, request: HttpRequest, **kwargs: Any) -> dict[str, Any]:
        return {}

    def get_import_data_kwargs(self, *, form: Any, **kwargs: Any) -> dict[str, Any]:
        return {"preview": form.cleaned_data.get("preview")}

    def get_import_context_data(self, **kwargs: Any) -> dict[str, Any]:
        fields = self.import_table.fields.items()
        return {"columns": [{"name": n, "title": self.import_table.title(n), "help": c.help} for n, c in fields]}

    def add_data_read_fail_error_to_form(self, form: Any, e: Exception) -> None:
        """Show why a file cannot be read; any error but a refusal is raised."""
        if not isinstance(e, Refusal | ValidationError):
            raise e
        form.add_error("import_file", refusal_sentence(e) if isinstance(e, Refusal) else e)

    def import_action(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """The import page: the form, or the preview of an uploaded file; status 422 where anything is wrong."""
        page = super().import_action(request, **kwargs)
        page.context_data["title"] = _("Import: %(list)s") % {"list": capfirst(self.opts.verbose_name_plural)}
        result = page.context_data.get("result")
        if result:
            self._offer_confirmation(request, result, page.context_data)
        if page.context_data["form"].errors or (result and result.invalid_rows):
            page.status_code = 422
        return page

    def _offer_confirmation(self, request: HttpRequest, result: Any, context: dict[str, Any]) -> None:
        """Show the confirm button below the preview if it is acceptable, and remember its file in the session."""
        _raise_unexpected(result)
        request.session.pop(self._session_key, None)
        confirm_form = context.pop("confirm_form", None)
        if result.is_acceptable:
            confirm_form.initial["preview"] = result.digest()
            request.session[self._session_key] = confirm_form.initial["import_file_name"]
            context["confirm_form"] = confirm_form

    def process_import(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Import the confirmed file of this session, or ask for it again if its preview is gone or outdated."""
        if not self.has_import_permission(request):
            raise PermissionDenied
        form = self.create_confirm_form(request)
        name = request.session.get(self._session_key)
        content = CacheStorage(name=name).read() if name else None
        if content is None or not form.is_valid() or form.cleaned_data["import_file_name"] != name:
            return self._ask_for_file(request)
        del request.session[self._session_key]
        try:
            return super().process_import(request, **kwargs)
        except PreviewOutdatedError:
            messages.error(
                request,
                _("The data has changed since the preview. Nothing was imported; please check the preview again."),
            )
            request.FILES["import_file"] = SimpleUploadedFile(form.cleaned_data["original_file_name"], content)
            return self._import_page_again(request)

    @property
    def _session_key(self) -> str:
        """The session key for the name of the file that waits to be confirmed."""
        return "import:{}.{}".format(*self.get_model_info())

    def _ask_for_file(self, request: HttpRequest) -> HttpResponse:
        """The upload form with a message that the preview is gone. A GET comes here after logging in again."""
        messages.error(request, _("This preview is no longer available. Nothing was imported; upload the file again."))
        if request.method != "POST":
            return HttpResponseRedirect(reverse("admin:{}_{}_import".format(*self.get_model_info())))
        request.POST = QueryDict()
        return self._import_page_again(request)

    def _import_page_again(self, request: HttpRequest) -> HttpResponse:
        """The import page with status 409: what was confirmed is not what would be imported."""
        page = self.import_action(request)
        page.status_code = 409
        return page

    def process_result(self, result: Any, request: HttpRequest) -> HttpResponse:
        """The response after confirming; the package itself would report success even where rows failed."""
        if result.has_errors():
            _raise_unexpected(result)
            raise PreviewOutdatedError
        return super().process_result(result, request)

    def add_success_message(self, result: Any, request: HttpRequest) -> None:
        """The message with the numbers of new and changed rows."""
        new, changed = result.totals["new"], result.totals["update"]
        counts = {
            "new": ngettext("%(count)s new row", "%(count)s new rows", new) % {"count": new},
            "changed": ngettext("%(count)s changed row", "%(count)s changed rows", changed) % {"count": changed},
        }
        messages.success(request, _("Imported: %(new)s, %(changed)s.") % counts)


def _raise_unexpected(result: Any) -> None:
    """Raise errors that no file can cause; an outdated preview or a concurrent insert of the same row is not one."""
    for error in (*result.base_errors, *(error for row in result.error_rows for error in row.errors)):
        if not isinstance(error.error, PreviewOutdatedError | IntegrityError):
            raise error.error
