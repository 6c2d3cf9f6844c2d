"""Counters of what a web process answers: requests by view and status, durations, refusals, denials, outages.

Labels have few values, and none is typed by anybody: the names of views, status codes, the codes of refusals that have
a sentence, kinds of outages.
"""

import time
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from prometheus_client import CollectorRegistry, Counter, Histogram

from licences.api.problems import PROBLEMS
from licences.wording.sentences import SENTENCES
from licences.wording.servers import AT_THE_SERVER
from licensing_portal.metrics.shared_files import share_counters
from licensing_portal.view_names import OTHER, view_of

DENIALS = frozenset({"permission", "csrf"})
BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)  # seconds

IS_SHARED = share_counters(settings.METRICS_DIR)
REGISTRY = CollectorRegistry()
REQUESTS = Counter("portal_requests", "Requests answered.", ["view", "status"], registry=REGISTRY)
DURATIONS = Histogram(
    "portal_request_duration_seconds", "Time to the response.", ["view"], buckets=BUCKETS, registry=REGISTRY
)
REFUSALS = Counter("portal_refusals", "Refusals of a rule, by their code.", ["code"], registry=REGISTRY)
ACCESS_DENIALS = Counter(
    "portal_access_denials", "Requests denied before a rule was asked.", ["why"], registry=REGISTRY
)
OUTAGES = Counter("portal_outages", "Requests answered 503 because of database or disk.", ["kind"], registry=REGISTRY)


def count_requests(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: counts every request. It stands behind the health checks, which are not counted."""

    def middleware(request: HttpRequest) -> HttpResponse:
        began = time.perf_counter()
        response = get_response(request)
        view = view_of(request)
        REQUESTS.labels(view, str(response.status_code)).inc()
        DURATIONS.labels(view).observe(time.perf_counter() - began)
        _count_reasons(request)
        return response

    return middleware


def _count_reasons(request: HttpRequest) -> None:
    """Count what the views noted on the request: a refusal, a denial, an outage."""
    refusal = getattr(request, "refusal_code", None)
    if refusal is not None:
        REFUSALS.labels(refusal if _is_known(refusal) else OTHER).inc()
    denial = getattr(request, "denied_because", None)
    if denial is not None:
        ACCESS_DENIALS.labels(denial if denial in DENIALS else OTHER).inc()
    outage = getattr(request, "outage", None)
    if outage is not None:
        OUTAGES.labels(outage.name.lower()).inc()


def _is_known(code: str) -> bool:
    return code in SENTENCES or code in AT_THE_SERVER or code in PROBLEMS
