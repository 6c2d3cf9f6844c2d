"""Licence files, to be saved or sent by e-mail."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from licences import operations
from licences.licence_files import file_name
from licences.models import UnlockCode
from licences.operations.codes import licence_file_text
from licences.views.form_pages import actor
from licences.views.view_kinds import page_for


@page_for("licences.view_unlockcode")
def download(request: HttpRequest, pk: int) -> HttpResponse:
    """Return the licence file of one unlock code."""
    related = ("serial__site__customer", "installation", "licence_file")
    code = get_object_or_404(UnlockCode.objects.select_related(*related), pk=pk)
    if request.method != "HEAD":
        operations.disclose_licence_file(code=code, by=actor(request))
    return as_download(code)


def as_download(code: UnlockCode) -> HttpResponse:
    name = file_name(code.serial.code, code.sequence)
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(licence_file_text(code), content_type="application/jose", headers=headers)
