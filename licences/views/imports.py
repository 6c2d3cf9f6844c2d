"""Imports: upload, progress, preview, confirm, result; and the files that go with them."""

from contextlib import suppress
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from licences import downloads, file_imports, import_pages, import_templates, operations, tasks
from licences.domain.errors import Refusal
from licences.forms import ConfirmImportForm, ImportForm
from licences.import_progress import as_json, progress_of
from licences.models import FileImport
from licences.views.frame import actor, permitted, show_in_form, show_refusal
from licences.wording import sentence

PAGE_SIZE = 50
_DIGITS = 18  # of a number that every database holds

# --- All imports, and the upload ---------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@permitted("licences.view_fileimport")
def imports(request: HttpRequest) -> HttpResponse:
    """All imports, the newest first. Posting uploads a file."""
    return _upload(request) if request.method == "POST" else _listed(request, ImportForm())


@permitted("licences.import_purchases")
def _upload(request: HttpRequest) -> HttpResponse:
    form = ImportForm(request.POST, request.FILES)
    if not form.is_valid():
        return _listed(request, form)
    values = form.cleaned_data
    try:
        received = operations.receive_import(upload=values["file"], kind=values["kind"], by=actor(request))
    except Refusal as refusal:
        show_in_form(request, form, refusal)
        return _listed(request, form)
    _hand_to_worker(received.pk)
    return redirect(received)


def _listed(request: HttpRequest, form: ImportForm) -> HttpResponse:
    form.focus = None if form.errors else ""
    page = Paginator(file_imports.imports(), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"form": form, "page": page, "limit": settings.IMPORT_MAX_BYTES}
    return render(request, "licences/imports.html", context, status=422 if form.errors else 200)


def _hand_to_worker(pk: int) -> None:
    """Where the database is too busy to take the task, a worker finds the import by itself a little later."""
    with suppress(OperationalError):
        tasks.advance_import.enqueue(pk)


@require_safe
@permitted("licences.import_purchases")
def template(request: HttpRequest, kind: str, extension: str) -> HttpResponseBase:
    """An example of a file, to be filled in."""
    columns = import_templates.COLUMNS[FileImport.Kind(kind)]
    rows = import_templates.example_rows(FileImport.Kind(kind))
    return downloads.table_response(extension, f"{kind}-template", list(columns), iter(rows))


# --- One import ----------------------------------------------------------------------------------------


@require_safe
@permitted("licences.view_fileimport")
def file_import(request: HttpRequest, pk: int) -> HttpResponse:
    """One import, from upload to result. ``format=json`` says how far it has come."""
    found = get_object_or_404(FileImport, pk=pk)
    if request.GET.get("format") == "json":
        return _progress(request, found)
    return render(request, "licences/import.html", _context(request, found))


def _progress(request: HttpRequest, found: FileImport) -> JsonResponse:
    progress = progress_of(found, now=timezone.now())
    shown = render_to_string("licences/_import_progress.html", {"found": found, "progress": progress}, request)
    return JsonResponse(as_json(found, progress) | {"html": shown})


def _context(request: HttpRequest, found: FileImport) -> dict[str, Any]:
    tabs = import_pages.tabs_of(found)
    tab = import_pages.chosen_tab(tabs, _tab_name(request))
    return {
        "found": found,
        "earlier": file_imports.earlier_imports_of_the_file(found).first(),
        "unfinished": None if found.has_ended else file_imports.unfinished_imports_of_the_file(found).first(),
        "progress": progress_of(found, now=timezone.now()) if found.is_at_work else None,
        "failure": sentence(**found.failure) if found.failure else "",
        "to_import": file_imports.rows_to_import(found),
        "has_similar": found.is_to_be_decided and file_imports.has_similar_serials(found),
        "tabs": tabs,
        "tab": tab,
        "page": import_pages.page_of(found, tab, _place(request)) if tab else None,
        "frequent": import_pages.frequent_problems(found) if tab and tab.name == "rejected" else [],
        "looked_at": import_pages.LOOKED_AT,
    }


def _tab_name(request: HttpRequest) -> str:
    name = request.GET.get("show", "")
    if name and name not in import_pages.TITLES:
        raise Http404
    return name


def _place(request: HttpRequest) -> import_pages.Place:
    before = _number(request, "before")
    return import_pages.Place(after=_number(request, "after") or 0, before=before)


def _number(request: HttpRequest, name: str) -> int | None:
    text = request.GET.get(name)
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= _DIGITS):
        raise Http404
    return int(text)


# --- What people say of it -----------------------------------------------------------------------------


@require_POST
@permitted("licences.import_purchases")
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a worker apply what the preview shows."""
    found = get_object_or_404(FileImport, pk=pk)
    form = ConfirmImportForm(request.POST)
    if not form.is_valid():
        messages.error(request, sentence("import-preview-old"))
        return redirect(found)
    try:
        operations.confirm_import(file_import_id=pk, by=actor(request), **form.cleaned_data)
    except Refusal as refusal:
        show_refusal(request, refusal)
    else:
        _hand_to_worker(pk)
    return redirect(found)


@require_POST
@permitted("licences.import_purchases")
def accept_similar(request: HttpRequest, pk: int) -> HttpResponse:
    """Serial numbers one slip away from known ones are meant as they are."""
    found = get_object_or_404(FileImport, pk=pk)
    try:
        operations.accept_similar_serials(file_import_id=pk, by=actor(request))
    except Refusal as refusal:
        show_refusal(request, refusal)
    else:
        _hand_to_worker(pk)
    return redirect(found)


@require_POST
@permitted("licences.import_purchases")
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Give up an import that was not confirmed."""
    found = get_object_or_404(FileImport, pk=pk)
    try:
        operations.withdraw_import(file_import_id=pk, by=actor(request))
    except Refusal as refusal:
        show_refusal(request, refusal)
    else:
        messages.success(request, _("The import is withdrawn. Nothing of this file was imported."))
    return redirect(found)


# --- Files -----------------------------------------------------------------------------------------------


@require_safe
@permitted("licences.view_fileimport")
def rejected(request: HttpRequest, pk: int, extension: str) -> HttpResponseBase:
    """The rejected rows, ready to be mended and uploaded."""
    found = get_object_or_404(FileImport, pk=pk)
    table = file_imports.rejected_table(found)
    return _file(request, found, "rejected", extension, table, file_imports.rejected_rows(found))


@require_safe
@permitted("licences.view_fileimport")
def serials(request: HttpRequest, pk: int, extension: str) -> HttpResponseBase:
    """The serial numbers that were allocated, to be sent to whoever bought them."""
    found = get_object_or_404(FileImport, pk=pk)
    table = file_imports.allocated_table(found)
    return _file(request, found, "serials", extension, table, file_imports.allocated_serials(found))


def _file(request: HttpRequest, found: FileImport, name: str, extension: str, table: Any, rows: Any) -> Any:
    """``rows`` are what the table is made of, to be counted before it is."""
    if not rows.exists():
        raise Http404
    if extension == "xlsx" and rows.count() > downloads.XLSX_ROWS:
        messages.error(request, sentence("rows-too-many", {"limit": downloads.XLSX_ROWS}))
        return redirect(found)
    return downloads.table_response(extension, f"{found.stem}-{name}", *table)
