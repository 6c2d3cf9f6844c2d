"""Imports: upload, progress, preview, confirmation, result, and the files to download."""

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
from django.views.decorators.http import require_http_methods

from licences import downloads, tasks
from licences import imports as imports_
from licences.forms.imports import ConfirmImportForm, DecidePairsForm, ImportForm
from licences.imports import code_pages, pair_details, queries, result_tables, row_pages, templates
from licences.imports.progress import import_progress, progress_json
from licences.models import FileImport
from licences.views.begin_once import posted_token
from licences.views.following import is_activity_unless
from licences.views.form_pages import RefusalsShown, actor, form_page, permitted
from licences.views.view_kinds import action_for, page_for
from licences.wording.sentences import sentence

PAGE_SIZE = 50
_DIGITS = 18  # of a number that every database holds

# --- All imports, and the upload ---------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@permitted("licences.view_fileimport")
def imports(request: HttpRequest) -> HttpResponse:
    """List all imports, newest first. A POST uploads a file."""
    return _upload(request) if request.method == "POST" else _listed(request, ImportForm())


@permitted("licences.import_purchases")
def _upload(request: HttpRequest) -> HttpResponse:
    form = ImportForm(request.POST, request.FILES)
    if form.is_valid():
        values = form.cleaned_data
        with RefusalsShown(request, form):
            upload = {"upload": values["file"], "kind": values["kind"], "token": posted_token(request)}
            received = imports_.receive_import(**upload, by=actor(request))
            hand_to_worker(received.pk)
            return redirect(received)
    return _listed(request, form)


def _listed(request: HttpRequest, form: ImportForm) -> HttpResponse:
    form.focus = None if form.errors else ""
    page = Paginator(queries.newest_imports(), PAGE_SIZE).get_page(request.GET.get("page"))
    return form_page(request, "licences/imports/imports.html", form, page=page, limit=settings.IMPORT_MAX_BYTES)


def hand_to_worker(pk: int) -> None:
    """Queue the import for a worker. If the database is too busy, a worker finds the import by itself later."""
    with suppress(OperationalError):
        tasks.advance_import.enqueue(pk)


@page_for("licences.import_purchases")
def template(request: HttpRequest, kind: str, extension: str) -> HttpResponseBase:
    """Return an example file to be filled in."""
    columns = templates.COLUMNS[FileImport.Kind(kind)]
    rows = templates.example_rows(FileImport.Kind(kind))
    table = downloads.DownloadTable(f"{kind}-template", list(columns), downloads.in_batches(iter(rows)))
    return downloads.template_response(extension, table)


# --- One import ----------------------------------------------------------------------------------------


def _asks_by_itself(request: HttpRequest) -> bool:
    """Whether the open page asks how far the import is: its script, or without scripts the page opening itself anew."""
    return request.GET.get("format") == "json" or "anew" in request.GET


@is_activity_unless(_asks_by_itself)
@page_for("licences.view_fileimport")
def file_import(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one import, from upload to result. ``format=json`` returns its progress."""
    found = get_object_or_404(FileImport, pk=pk)
    if request.GET.get("format") == "json":
        return _progress(request, found)
    return render(request, "licences/imports/import.html", _context(request, found))


def _progress(request: HttpRequest, found: FileImport) -> JsonResponse:
    progress = import_progress(found, now=timezone.now())
    shown = render_to_string("licences/imports/_progress.html", {"found": found, "progress": progress}, request)
    return JsonResponse(progress_json(found, progress) | {"html": shown})


def _context(request: HttpRequest, found: FileImport) -> dict[str, Any]:
    tabs = row_pages.row_tabs(found)
    tab = row_pages.choose_tab(tabs, _tab_name(request))
    encoding, to_import = code_pages.encoding_choice(found), queries.rows_to_import(found)
    return {
        "found": found,
        "earlier": queries.earlier_imports_of_the_file(found).first(),
        "unfinished": None if found.has_ended else queries.unfinished_imports_of_the_file(found).first(),
        "progress": import_progress(found, now=timezone.now()) if found.is_running else None,
        "encoding": encoding,
        "failure": sentence(**found.failure) if found.failure else "",
        "asks_about_rejected": found.awaits_confirmation and request.GET.get("ask") == "rejected",
        "to_import": to_import,
        "may_confirm": to_import and (encoding is None or encoding.is_sure),
        "has_similar": found.awaits_confirmation and queries.has_similar_serials(found),
        "undecided": sum(each.undecided for each in tabs),
        "pair_tabs": row_pages.PAIR_TABS,
        "tabs": tabs,
        "tab": tab,
        "page": row_pages.row_page(found, tab, _place(request)) if tab else None,
        "frequent": row_pages.frequent_problems(found) if tab and tab.name == "rejected" else [],
        "looked_at": row_pages.SAMPLED_ROWS,
    }


def _tab_name(request: HttpRequest) -> str:
    name = request.GET.get("show", "")
    if name and name not in row_pages.TAB_TITLES:
        raise Http404
    return name


def _place(request: HttpRequest) -> row_pages.PagePosition:
    before = _number(request, "before")
    return row_pages.PagePosition(after=_number(request, "after") or 0, before=before)


def _number(request: HttpRequest, name: str) -> int | None:
    text = request.GET.get(name)
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= _DIGITS):
        raise Http404
    return int(text)


# --- What people say of it -----------------------------------------------------------------------------


@action_for("licences.import_purchases")
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """Have a worker apply what the preview shows."""
    found = get_object_or_404(FileImport, pk=pk)
    form = ConfirmImportForm(request.POST)
    if not form.is_valid():
        messages.error(request, sentence("import-preview-old"))
        return redirect(found)
    if queries.leaves_rows_out(found, **form.cleaned_data):
        return redirect(f"{found.get_absolute_url()}?ask=rejected#decision")
    with RefusalsShown(request):
        imports_.confirm_import(file_import_id=pk, by=actor(request), **form.cleaned_data)
        hand_to_worker(pk)
    return redirect(found)


@action_for("licences.import_purchases")
def accept_similar(request: HttpRequest, pk: int) -> HttpResponse:
    """Accept serial numbers one character away from known ones as new."""
    found = get_object_or_404(FileImport, pk=pk)
    with RefusalsShown(request):
        imports_.accept_similar_serials(file_import_id=pk, by=actor(request))
        hand_to_worker(pk)
    return redirect(found)


@action_for("licences.import_purchases")
def decide_pairs(request: HttpRequest, pk: int) -> HttpResponse:
    """Store what was chosen for the pairs of a tab. Once all pairs are decided, a worker checks the file again."""
    found = get_object_or_404(FileImport, pk=pk)
    form = DecidePairsForm(request.POST)
    if not form.is_valid():  # nothing was chosen, or not by the form of the page
        return redirect(found)
    kind, every = form.cleaned_data["kind"], form.cleaned_data["every"]
    others = (kind, every) if every else None
    with RefusalsShown(request):
        found = imports_.decide_pairs(file_import_id=pk, decisions=form.chosen(), others=others, by=actor(request))
        if found.is_running:
            hand_to_worker(pk)
            return redirect(found)
    left = kind in pair_details.undecided_pairs(found)
    return redirect(f"{found.get_absolute_url()}{f'?show={kind}' if left else ''}#rows")


@action_for("licences.import_purchases")
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Discard an import that was not confirmed."""
    found = get_object_or_404(FileImport, pk=pk)
    with RefusalsShown(request):
        imports_.withdraw_import(file_import_id=pk, by=actor(request))
        messages.success(request, _("Import discarded. Nothing was imported from this file."))
    return redirect(found)


@action_for("licences.import_purchases")
def choose_encoding(request: HttpRequest, pk: int) -> HttpResponse:
    """Have a worker read the file again in another code page."""
    found = get_object_or_404(FileImport, pk=pk)
    with RefusalsShown(request):
        imports_.choose_encoding(file_import_id=pk, encoding=request.POST.get("encoding", ""))
        hand_to_worker(pk)
    return redirect(found)


# --- Files -----------------------------------------------------------------------------------------------


@page_for("licences.view_fileimport")
def rejected(request: HttpRequest, pk: int, extension: str) -> HttpResponseBase:
    """Return the rejected rows as a file, to be fixed and uploaded again."""
    found = get_object_or_404(FileImport, pk=pk)
    table = result_tables.rejected_table(found)
    return _file(request, found, "rejected", extension, table, queries.rejected_rows(found))


@page_for("licences.view_fileimport")
def serials(request: HttpRequest, pk: int, extension: str) -> HttpResponseBase:
    """Return the allocated serial numbers as a file."""
    found = get_object_or_404(FileImport, pk=pk)
    table = result_tables.allocated_table(found)
    return _file(request, found, "serials", extension, table, queries.allocated_serials(found))


def _file(
    request: HttpRequest, found: FileImport, name: str, extension: str, table: result_tables.ResultTable, rows: Any
) -> Any:
    """Return a table as a file to download. ``rows`` is the queryset behind the table; it is counted before the file is
    written.
    """
    if not rows.exists():
        raise Http404
    if extension == "xlsx" and rows.count() > downloads.XLSX_ROWS:
        messages.error(request, sentence("rows-too-many", {"limit": downloads.XLSX_ROWS}))
        return redirect(found)
    batches = downloads.in_batches(table.rows)
    file = downloads.DownloadTable(f"{found.stem}-{name}", table.titles, batches, delimiter=table.delimiter)
    listed = f"imports/{found.pk}/{name}"
    is_long = rows[: downloads.LONG_FILE_ROWS + 1].count() > downloads.LONG_FILE_ROWS
    return downloads.recorded_response(request, extension, file, list_name=listed, is_long=is_long)
