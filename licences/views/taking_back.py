"""Taking back an import: the page that asks for the reason or says why not, and the lines as returns to import."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from licences import downloads, imports
from licences.forms.fields import ReasonForm
from licences.imports import taking_back
from licences.models import FileImport
from licences.views.form_pages import RefusalsShown, actor, form_page, posted
from licences.views.view_kinds import form_for, page_for
from licences.wording.sentences import sentence


@form_for("licences.import_purchases")
def take_back_import(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back an import of purchases, with a reason; or say why not, and offer its lines as returns."""
    found = get_object_or_404(FileImport, pk=pk)
    form = ReasonForm(posted(request))
    if form.is_valid():
        with RefusalsShown(request, form):
            imports.take_back_import(file_import_id=pk, reason=form.cleaned_data["reason"], by=actor(request))
            messages.success(request, _("Import taken back. Its lines no longer count, and may be imported again."))
            return redirect(found)
        found.refresh_from_db()
    if not taking_back.holds_purchases(found):
        return redirect(found)
    in_use = taking_back.serials_in_use(found)
    lines = taking_back.reversed_rows(found).count()
    return form_page(request, "licences/imports/take_back.html", form, found=found, in_use=in_use, lines=lines)


@page_for("licences.import_purchases")
def returns(request: HttpRequest, pk: int, extension: str) -> HttpResponseBase:
    """Return the lines of an import as a purchase file of returns."""
    found = get_object_or_404(FileImport, pk=pk)
    rows = taking_back.reversed_rows(found)
    if not taking_back.holds_purchases(found) or not rows.exists():
        raise Http404
    lines = rows.count()
    if extension == "xlsx" and lines > downloads.XLSX_ROWS:
        messages.error(request, sentence("rows-too-many", {"limit": downloads.XLSX_ROWS}))
        return redirect("import-take-back", pk)
    titles, cells = taking_back.reversed_table(found)
    file = downloads.DownloadTable(f"{found.stem}-returns", titles, downloads.in_batches(cells))
    is_long = lines > downloads.LONG_FILE_ROWS
    return downloads.recorded_response(
        request, extension, file, list_name=f"imports/{found.pk}/returns", is_long=is_long
    )
