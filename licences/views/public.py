"""Pages without a login: a first registration by the customer, and the public keys of licence files."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_safe

from licences import licence_files, operations, throttling
from licences.domain.codes import groups
from licences.domain.errors import Refusal
from licences.domain.installation_proof import InstallationProof
from licences.forms.registrations import PublicRegistrationForm
from licences.models import UnlockCode
from licences.operations import ServerLicence
from licences.operations.codes import licence_file_text
from licences.views.begin_once import posted_content, posted_token
from licences.views.form_pages import posted, today
from licences.views.licence_files import as_download

BY = "Registration page"


@require_safe
@login_not_required
@cache_control(public=True, max_age=300)
def key_set(request: HttpRequest) -> HttpResponse:
    """Return the public keys that verify licence files (``/.well-known/jwks.json``)."""
    return JsonResponse(licence_files.key_set(), content_type="application/jwk-set+json")


@require_http_methods(["GET", "HEAD", "POST"])
@login_not_required
def register(request: HttpRequest) -> HttpResponse:
    """Register a first installation as its customer. The same form sent again shows the same code."""
    form = PublicRegistrationForm(posted(request))
    if request.method != "POST":
        return _form(request, form)
    try:
        if not form.is_valid():
            throttling.take_request(throttling.api_client(request, by=BY))
            return _form(request, form, status=422)
        answer, form_use = _register(request, form)
    except Refusal as refusal:
        request.refusal_code = refusal.code  # type: ignore[attr-defined]  # counted by the metrics
        form.add_refusal(refusal)
        return _refused(request, form, refusal)
    if "download" in request.POST:
        return as_download(answer.unlock_code)
    return render(request, "licences/public/registered.html", _registered(form, answer, form_use))


def _register(request: HttpRequest, form: PublicRegistrationForm) -> tuple[ServerLicence, operations.FormTokenUse]:
    """Register, and return the code with how the form's token was used.

    A form that is sent again for the same server proves itself by the code that it was shown: everything but the proof
    is judged anew (docs/decisions.md#the-same-form-twice).
    """
    values = form.cleaned_data
    place = {"serial": values["serial"], "site_id": values["site_id"]}
    with throttling.throttled(throttling.api_client(request, by=BY), **place), _sent_once(request, **place) as use:
        shown = UnlockCode.objects.filter(pk=use.earlier).first() if use.earlier else None
        answer = operations.register_installation(
            **place,
            versions=values["versions"],
            details=form.details(),
            by=BY,
            today=today(),
            proof=InstallationProof(unlock_code=values["unlock_code"] or (shown.code if shown else "")),
        )
        use.target = str(answer.unlock_code.pk)
    return answer, use


@contextmanager
def _sent_once(request: HttpRequest, *, serial: str, site_id: str) -> Iterator[operations.FormTokenUse]:
    """Use the form's token for this server; its target is the key of the unlock code that the form led to."""
    token = posted_token(request)
    if not token:
        yield operations.FormTokenUse()
        return
    content = posted_content(request)
    with operations.use_form_token(token=f"{token} {serial} {site_id}", user_number=0, content=content) as use:
        yield use


def _form(request: HttpRequest, form: PublicRegistrationForm, *, status: int = 200) -> HttpResponse:
    return render(request, "licences/public/register.html", {"form": form}, status=status)


def _refused(request: HttpRequest, form: PublicRegistrationForm, refusal: Refusal) -> HttpResponse:
    if refusal.code != "too-many-requests":
        return _form(request, form, status=422)
    answer = _form(request, form, status=429)
    answer.headers["Retry-After"] = str(refusal.parameters["seconds"])
    return answer


def _registered(
    form: PublicRegistrationForm, answer: ServerLicence, form_use: operations.FormTokenUse
) -> dict[str, Any]:
    """Render the unlock code, and the form's values as hidden fields.

    Without JavaScript, the licence file is downloaded by posting them again. They include the unlock code, which proves
    that the file goes to the person who was given the code.
    """
    code = answer.unlock_code
    form.data = {name: form.data.get(name, "") for name in form.fields} | {"unlock_code": code.code}
    return {
        "form": form,
        "code": code,
        "groups": groups(code.code),
        "lines": [(line["quantity"], answer.product_names[line["slot"]]) for line in code.lines],
        "assured_until": code.last_day_covered(),
        "licence_file": licence_file_text(code),
        "is_new": answer.began or bool(form_use.earlier),
        "is_unsaved": bool(form_use.earlier) and form_use.is_changed,
    }
