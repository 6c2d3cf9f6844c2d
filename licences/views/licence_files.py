"""Licence files, to be saved or sent by e-mail."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from licences.domain.codes import grouped
from licences.models import UnlockCode
from licences.operations.codes import licence_file
from licences.views.frame import permitted


@require_safe
@permitted("licences.view_unlockcode")
def download(request: HttpRequest, pk: int) -> HttpResponse:
    """The licence file of one unlock code."""
    related = ("serial__site__customer", "installation", "licence_file")
    return as_download(get_object_or_404(UnlockCode.objects.select_related(*related), pk=pk))


def as_download(code: UnlockCode) -> HttpResponse:
    name = f"xchange-licence-{grouped(code.serial.code)}-{code.sequence}.jws"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(licence_file(code), content_type="application/jose", headers=headers)
