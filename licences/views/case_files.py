"""The case file of a serial number as a page and as PDF, and the event log as a signed file."""

import hashlib
import tempfile
import zipfile

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST

from licences import operations
from licences.domain.codes import grouped
from licences.proof.case_files.case_file import CaseFile, build_case_file
from licences.proof.case_files.pdf import as_pdf
from licences.proof.exporting import write_log
from licences.views.form_pages import actor, permitted
from licences.views.view_kinds import page_for


@page_for("licences.read_case_file")
def page(request: HttpRequest, code: str) -> HttpResponse:
    """Show everything that happened to a serial number and why each of its codes was issued."""
    return render(request, "licences/proof/case_file.html", {"case": _case(request, code)})


@page_for("licences.read_case_file")
def pdf(request: HttpRequest, code: str) -> HttpResponse:
    """Return the case file as PDF and record who took it."""
    case = _case(request, code)
    content = as_pdf(case)
    digest = hashlib.sha256(content).hexdigest()
    operations.record_case_file(serial=case.serial, sha256=case.digest, file_sha256=digest, by=actor(request))
    name = f"case-file-{grouped(code)}.pdf"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type="application/pdf", headers=headers)


def _case(request: HttpRequest, code: str) -> CaseFile:
    """Return the case file of a serial number, or raise ``Http404``."""
    found = build_case_file(code, by=actor(request), now=timezone.now())
    if found is None:
        raise Http404
    return found


@require_POST
@permitted("licences.export_log")
def export_log(request: HttpRequest) -> FileResponse:
    """Return the event log without personal details, with its signature, as one ZIP archive, and record who took it."""
    file = tempfile.TemporaryFile()  # noqa: SIM115  (the response closes it)
    name = f"event-log-{timezone.localdate():%Y-%m-%d}"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        with archive.open(f"{name}.jsonl", "w", force_zip64=True) as log:
            made = write_log(log, with_personal=False, by=actor(request))
        archive.writestr(f"{name}.jsonl.jws", made.signature + "\n")
    file.seek(0)
    operations.record_log_export(
        length=made.length, last_hash=made.last_hash, sha256=made.sha256, with_personal=False, by=actor(request)
    )
    return FileResponse(file, as_attachment=True, filename=f"{name}.zip", content_type="application/zip")
