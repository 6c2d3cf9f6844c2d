"""The page *System check*: the findings of the doctor, for administrators."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from licences.views.form_pages import permitted
from licensing_portal.doctor.findings import HealthLevel
from licensing_portal.doctor.registry import examine

MAY = "auth.change_user"  # who may do that could do anything: findings name files of the server


@require_safe
@permitted(MAY)
def system_check(request: HttpRequest) -> HttpResponse:
    """Check everything and show it, the worst first; ``connect=1`` also asks the mail server and the proxy."""
    connects = request.GET.get("connect") == "1"
    results = examine(but=() if connects else ("mail", "network"))
    rows = [(check, finding) for check, findings in results for finding in findings]
    by_level = {level: [row for row in rows if row[1].level is level] for level in HealthLevel}
    context = {
        "bad": by_level[HealthLevel.PROBLEM] + by_level[HealthLevel.WARNING],
        "good": by_level[HealthLevel.OK],
        "problems": len(by_level[HealthLevel.PROBLEM]),
        "warnings": len(by_level[HealthLevel.WARNING]),
        "connects": connects,
        "at": timezone.now(),
    }
    return render(request, "doctor/system_check.html", context)
