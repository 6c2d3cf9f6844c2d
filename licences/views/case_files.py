"""The case file of a serial number, and the event log as a signed file."""

import tempfile
import zipfile

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from licences import operations
from licences.domain.codes import grouped
from licences.proof.case_file import CaseFile, case_file
from licences.proof.case_pdf import as_pdf
from licences.proof.exporting import write_log
from licences.views.frame import actor, permitted


@require_safe
@permitted("licences.read_case_file")
def page(request: HttpRequest, code: str) -> HttpResponse:
    """All that happened to a serial number and why each of its codes was issued."""
    return render(request, "licences/case_file.html", {"case": _case(request, code)})


@require_safe
@permitted("licences.read_case_file")
def pdf(request: HttpRequest, code: str) -> HttpResponse:
    """The same, to be filed and sent; the log says who took it."""
    case = _case(request, code)
    operations.note_case_file(serial=case.serial, sha256=case.digest, by=actor(request))
    name = f"case-file-{grouped(code)}.pdf"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(as_pdf(case), content_type="application/pdf", headers=headers)


def _case(request: HttpRequest, code: str) -> CaseFile:
    found = case_file(code, by=actor(request), now=timezone.now())
    if found is None:
        raise Http404
    return found


@require_POST
@permitted("licences.export_log")
def export_log(request: HttpRequest) -> FileResponse:
    """The event log without personal details, and its signature, in one archive."""
    file = tempfile.TemporaryFile()  # noqa: SIM115  (the response closes it)
    name = f"event-log-{timezone.localdate():%Y-%m-%d}"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        with archive.open(f"{name}.jsonl", "w", force_zip64=True) as log:
            made = write_log(log, with_personal=False, by=actor(request))
        archive.writestr(f"{name}.jsonl.jws", made.signature + "\n")
    file.seek(0)
    operations.note_log_export(
        length=made.length, last_hash=made.last_hash, sha256=made.sha256, with_personal=False, by=actor(request)
    )
    return FileResponse(file, as_attachment=True, filename=f"{name}.zip", content_type="application/zip")
