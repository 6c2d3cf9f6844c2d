"""Error pages in the portal's frame."""

import sys
from http import HTTPStatus

from django.db import Error
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from licences.api.problems import MEDIA_TYPE, problem_response
from licences.views.access_denials import record_denial
from licensing_portal.accounts.ways_back import way_back
from licensing_portal.outages import RETRY_AFTER, Outage, outage_of
from licensing_portal.request_ids import request_id_of
from licensing_portal.write_tracking import may_be_stored


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    record_denial(request, type(exception).__name__)
    return render(request, "400.html", status=400)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    record_denial(request, "permission")
    return render(request, "403.html", status=403)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Render without the request's context, which may have been part of the failure."""
    error = sys.exception()
    outage = outage_of(error)
    if outage is None:
        return render(None, "500.html", {"request_id": request_id_of(request)}, status=500)
    request.outage = outage  # type: ignore[attr-defined]  # read by logs.WithoutOutages
    return unavailable(request, outage, stored=may_be_stored(request, error))


# --- The database cannot serve just now ------------------------------------------------------------------

WORDS: dict[Outage, tuple[Promise, Promise]] = {
    Outage.BUSY: (
        _("The portal is busy"),
        _("A large import is running, and your request has waited too long."),
    ),
    Outage.UNREACHABLE: (
        _("The portal cannot reach its database"),
        _("The connection to the database was lost; the portal keeps trying to reconnect."),
    ),
    Outage.FULL: (
        _("The portal is out of disk space"),
        _("Nothing can be saved until an administrator frees some space."),
    ),
    Outage.CROWDED: (
        _("The portal is busy"),
        _("All connections to the database are in use."),
    ),
    Outage.READ_ONLY: (
        _("Nothing can be saved at the moment"),
        _("You can look things up, but the database accepts no changes."),
    ),
    Outage.SLOW: (
        _("This took too long"),
        _("Your request took longer than the portal allows."),
    ),
}


def unavailable(request: HttpRequest, outage: Outage, *, stored: bool) -> HttpResponse:
    """Return 503: what is wrong, whether anything was changed, and when to try again; a problem document for programs.

    ``stored``: something of the request is stored, or may be.
    """
    if _wants_data(request):
        response = problem_response("unavailable", detail=_detail(outage, stored=stored))
    else:
        response = _page(request, outage, stored=stored)
    response["Retry-After"] = str(RETRY_AFTER[outage])
    return response


def _wants_data(request: HttpRequest) -> bool:
    if request.path.startswith("/api/") or request.GET.get("format") == "json":
        return True
    return request.get_preferred_type(["text/html", MEDIA_TYPE, "application/json"]) not in (None, "text/html")


def _detail(outage: Outage, *, stored: bool) -> str:
    seconds = RETRY_AFTER[outage]
    kept = gettext("Your request may have been carried out.") if stored else gettext("Nothing was changed.")
    again = gettext("Try again in %(seconds)s seconds.") % {"seconds": seconds}
    return f"{WORDS[outage][1]} {kept} {again}"


def _page(request: HttpRequest, outage: Outage, *, stored: bool) -> HttpResponse:
    """Render in the portal's frame if the database can be read, otherwise a page that needs nothing of it."""
    again = not stored and _may_be_sent_again(request)
    context = {
        "title": WORDS[outage][0],
        "reason": WORDS[outage][1],
        "stored": stored,
        "again": again,
        "fields": _to_send_again(request) if again else [],
        "method": request.method,
        "path": request.get_full_path(),
        "request_id": request_id_of(request),
    }
    if outage is Outage.BUSY:
        try:
            return render(request, "503.html", context, status=HTTPStatus.SERVICE_UNAVAILABLE)
        except Error:  # so busy that even the frame cannot be read
            pass
    context |= {"csrf_token": get_token(request)}
    return render(None, "503_alone.html", context, status=HTTPStatus.SERVICE_UNAVAILABLE)


def _may_be_sent_again(request: HttpRequest) -> bool:
    """Return whether the form can be offered again: no files, which a page cannot keep, no passwords, and read to its
    end.
    """
    if request.method != "POST" or not request.POST or request.FILES:
        return False
    return not any("password" in name for name in request.POST)


def _to_send_again(request: HttpRequest) -> list[tuple[str, str]]:
    return [(name, value) for name, values in request.POST.lists() if name != "csrfmiddlewaretoken" for value in values]


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    record_denial(request, "csrf")
    page = way_back(request) if request.method == "POST" else ""
    return render(request, "403_csrf.html", {"page": page}, status=403)
