"""Reports of the Content-Security-Policy: what browsers were kept from loading.

Anybody may post here, so little is read, and the log ``security`` gets only a directive and a host.
"""

import json
import logging
import re
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from licences.operations import rate_limits
from licences.throttling import client_address

log = logging.getLogger("security")
REPORT_LIMIT = 16 * 1024  # bytes
REPORTS_READ = 20  # of one request
REPORTS_A_MINUTE = 30  # requests of one address
LINES_A_MINUTE = 60  # of all addresses and processes

_OLD, _NEW = "application/csp-report", "application/reports+json"
_DIRECTIVE = re.compile(r"[a-z]+(-[a-z]+){0,4}")
_WORD = re.compile(r"[a-z][a-z-]{0,39}")
_HOST = re.compile(r"[a-z0-9.-]{1,100}")


@csrf_exempt
@login_not_required
@require_POST
def receive_csp_report(request: HttpRequest) -> HttpResponse:
    """Log a report in the format of ``report-uri`` or ``report-to``. Returns 204 for anything that is a report."""
    if request.content_type not in (_OLD, _NEW):
        return HttpResponse(status=HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not (length.isdecimal() and int(length) <= REPORT_LIMIT):
        return HttpResponse(status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    seconds = rate_limits.take_from_limits({f"report:{client_address(request)}": rate_limits.MINUTE / REPORTS_A_MINUTE})
    if seconds:
        return HttpResponse(status=HTTPStatus.TOO_MANY_REQUESTS, headers={"Retry-After": str(seconds)})
    try:
        violations = set(_violations(json.loads(request.body), request.content_type))
    except (ValueError, RecursionError):
        return HttpResponse(status=HTTPStatus.BAD_REQUEST)
    for directive, blocked in sorted(violations):
        if not rate_limits.take_from_limits({"report-lines": rate_limits.MINUTE / LINES_A_MINUTE}):
            log.warning("blocked by a browser: %s %s", directive, blocked or "-")
    return HttpResponse(status=HTTPStatus.NO_CONTENT)


def _violations(content: Any, content_type: str) -> Iterator[tuple[str, str]]:
    """Return (directive, blocked source) of each readable report."""
    if content_type == _OLD:
        report = content.get("csp-report") if isinstance(content, dict) else None
        reports, names = [report], ("effective-directive", "violated-directive", "blocked-uri")
    else:
        several = content[:REPORTS_READ] if isinstance(content, list) else []
        reports = [each.get("body") for each in several if isinstance(each, dict)]
        names = ("effectiveDirective", "violatedDirective", "blockedURL")
    for body in reports:
        if isinstance(body, dict):
            effective, violated, blocked = (str(body.get(name) or "") for name in names)
            directive = (effective or violated).partition(" ")[0]  # older browsers add the sources
            if len(directive) <= 40 and _DIRECTIVE.fullmatch(directive):
                yield directive, _what(blocked)


def _what(blocked: str) -> str:
    """Return the host of a URL, since the rest may hold anything; otherwise a word such as ``inline``."""
    if _WORD.fullmatch(blocked):
        return blocked
    try:
        scheme, host = urlsplit(blocked).scheme, urlsplit(blocked).hostname or ""
    except ValueError:
        return ""
    if scheme in ("http", "https", "ws", "wss"):
        return host if _HOST.fullmatch(host) else ""
    return scheme[:40]
