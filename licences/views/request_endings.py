"""How a request goes on or ends without a code: handed over, withdrawn, reopened, taken over into a new one
(docs/decisions.md#one-call-one-request).
"""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from licences import operations
from licences.models import ChecklistCheck, Relicensing, UnlockCode
from licences.queries import checklist, following, hand_over, open_requests
from licences.queries.approvals import ApprovalStatus
from licences.views.form_pages import RefusalsShown, actor
from licences.views.view_kinds import action_for, form_for

OTHERS_SHOWN = 5


def progress_context(
    found: Relicensing, check: ChecklistCheck, rows: list[checklist.ChecklistRow], status: ApprovalStatus
) -> dict[str, Any]:
    """Return the context of a request's page about how it goes on, and about other requests for its serial."""
    is_open, serial = found.is_open, found.serial_id
    return {
        "waits": found.waiting_since is not None,
        "to_hand_over": hand_over.subjects_to_hand_over(check, rows, status) if is_open else [],
        "follows": is_open and found.handed_over_at is not None,
        "version": following.request_version(found.pk) if is_open else "",
        "others_open": open_requests.open_requests_of(serial, but=found.pk)[:OTHERS_SHOWN]
        if is_open and serial
        else [],
        "licensed_meanwhile": open_requests.licensed_meanwhile(found),
        "can_be_reopened": open_requests.can_be_reopened(found, now=timezone.now()),
    }


@action_for("licences.relicense")
def hand_over_(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a request on the desk of the supervisors."""
    found = get_object_or_404(Relicensing, pk=pk)
    with RefusalsShown(request):
        operations.hand_over_request(request_id=pk, by=actor(request))
    return redirect(found)


@form_for("licences.relicense")
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Close a request without a code, after a question. ``back`` is the request that the viewer came from."""
    found = get_object_or_404(open_requests.with_name(Relicensing.objects.select_related("serial")), pk=pk)
    back = Relicensing.objects.filter(pk=_number(request.POST.get("back") or request.GET.get("back"))).first()
    if request.method != "POST":
        return render(request, "licences/relicensing/withdraw.html", {"request_": found, "back": back})
    with RefusalsShown(request):
        operations.withdraw_relicensing(request_id=pk, by=actor(request))
        messages.success(request, _("Request no. %(number)s is withdrawn. Its checks stay on record.") % {"number": pk})
    return redirect(back or found)


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 19 else 0


@action_for("licences.relicense")
def reopen(request: HttpRequest, pk: int) -> HttpResponse:
    """Undo a withdrawal."""
    found = get_object_or_404(Relicensing, pk=pk)
    with RefusalsShown(request):
        operations.reopen_relicensing(request_id=pk, by=actor(request))
    return redirect(found)


def answers_taken_over(request: HttpRequest) -> dict[str, Any]:
    """Return the answers and the purpose of the withdrawn request that ``?from=`` names, to begin a new one with."""
    found = Relicensing.objects.filter(pk=_number(request.GET.get("from")), outcome="withdrawn").first()
    if found is None:
        return {}
    answers = checklist.latest_check(found).answers()
    return {name: getattr(answers, name) for name in answers.__dataclass_fields__} | {"purpose": found.purpose}


def warn_of_open_requests(request: HttpRequest, code: UnlockCode) -> None:
    """Tell whoever issued a code which other requests for the serial are still open."""
    numbers = [str(each.pk) for each in open_requests.open_requests_of(code.serial_id)[:OTHERS_SHOWN]]
    if numbers:
        text = ngettext(
            "Request no. %(numbers)s for this serial number is still open. Close it if it was the same call.",
            "Requests no. %(numbers)s for this serial number are still open. Close them if it was the same call.",
            len(numbers),
        )
        messages.warning(request, text % {"numbers": ", ".join(numbers)})
