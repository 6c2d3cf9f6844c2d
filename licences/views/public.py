"""Pages for everybody, without a login: first registration from another PC, and the keys of licence files."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_safe

from licences import gate, licence_files, operations
from licences.domain.codes import groups, last_day_of_month
from licences.domain.errors import Refusal
from licences.forms import PublicRegistrationForm
from licences.operations import Answer
from licences.operations.codes import licence_file
from licences.views.frame import posted, today
from licences.views.licence_files import as_download

BY = "Registration page"


@require_safe
@login_not_required
@cache_control(public=True, max_age=300)
def key_set(request: HttpRequest) -> HttpResponse:
    """The public keys, for whoever checks a licence file (``/.well-known/jwks.json``)."""
    return JsonResponse(licence_files.key_set(), content_type="application/jwk-set+json")


@require_http_methods(["GET", "HEAD", "POST"])
@login_not_required
def register(request: HttpRequest) -> HttpResponse:
    """Register a first installation by hand, as the customer: the same call again shows the same code again."""
    form = PublicRegistrationForm(posted(request))
    if request.method != "POST":
        return _form(request, form)
    try:
        if not form.is_valid():
            gate.admit(gate.visitor(request, by=BY))
            return _form(request, form, status=422)
        answer = _register(request, form)
    except Refusal as refusal:
        form.add_refusal(refusal)
        return _refused(request, form, refusal)
    if "download" in request.POST:
        return as_download(answer.unlock_code)
    return render(request, "public/registered.html", _registered(form, answer))


def _register(request: HttpRequest, form: PublicRegistrationForm) -> Answer:
    values = form.cleaned_data
    place = {"serial": values["serial"], "site_id": values["site_id"]}
    with gate.passing(gate.visitor(request, by=BY), **place):
        return operations.register(**place, versions=values["versions"], details=form.details(), by=BY, today=today())


def _form(request: HttpRequest, form: PublicRegistrationForm, *, status: int = 200) -> HttpResponse:
    return render(request, "public/register.html", {"form": form}, status=status)


def _refused(request: HttpRequest, form: PublicRegistrationForm, refusal: Refusal) -> HttpResponse:
    if refusal.code != "too-many-requests":
        return _form(request, form, status=422)
    answer = _form(request, form, status=429)
    answer.headers["Retry-After"] = str(refusal.parameters["seconds"])
    return answer


def _registered(form: PublicRegistrationForm, answer: Answer) -> dict[str, Any]:
    """The code, and the fields again: without scripts, posting them once more is how the file is downloaded."""
    code = answer.unlock_code
    return {
        "form": form,
        "code": code,
        "groups": groups(code.code),
        "lines": [(line["quantity"], answer.product_names[line["slot"]]) for line in code.lines],
        "assured_until": last_day_of_month(code.assured_month),
        "licence_file": licence_file(code),
        "is_new": answer.began,
    }
