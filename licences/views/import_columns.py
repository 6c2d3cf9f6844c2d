"""The page on which a person says which column of an unknown sender's file is what."""

from pathlib import Path

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect

from licences import imports
from licences.domain.errors import Refusal
from licences.forms.import_columns import ColumnsForm
from licences.imports import sender_files
from licences.models import FileImport
from licences.views.form_pages import RefusalsShown, actor, form_page, posted
from licences.views.imports import hand_to_worker
from licences.views.view_kinds import form_for
from licences.wording.sentences import refusal_sentence


@form_for("licences.import_purchases")
def import_columns(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask which column is what. A POST keeps the answers as the sender's profile, by which the file is then read."""
    found = get_object_or_404(FileImport, pk=pk)
    if not found.awaits_columns:
        return redirect(found)
    try:
        form = _form(request, found)
    except Refusal as refusal:
        messages.error(request, refusal_sentence(refusal))
        return redirect(found)
    if form.is_valid():
        with RefusalsShown(request, form):
            imports.assign_columns(form.profile(), file_import_id=pk, by=actor(request))
            hand_to_worker(pk)
            return redirect(found)
    return form_page(request, "licences/imports/columns.html", form, found=found)


def _form(request: HttpRequest, found: FileImport) -> ColumnsForm:
    """The form about the file of an import. ``Refusal``: the file cannot be read any more."""
    table = sender_files.guessed_table(found.kind, Path(found.upload.path))
    samples = table.sample(sender_files.SAMPLES)
    return ColumnsForm(posted(request), kind=found.kind, file_name=found.stem, table=table, samples=samples)
