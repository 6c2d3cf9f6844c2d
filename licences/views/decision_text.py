"""What was typed into a decision: kept over another check (docs/telephone-call.md#what-needs-a-supervisor)."""

from typing import Any

from django.http import HttpRequest

SESSION_KEY = "decision_text"
_LONGEST = 2000  # characters of a reason


def keep_decision_text(request: HttpRequest, pk: int) -> None:
    """Keep the reason and the ticks that came with another check of a request; only the latest are kept."""
    reason, items = request.POST.get("reason", "")[:_LONGEST], request.POST.getlist("items")[:20]
    if reason.strip():
        request.session[SESSION_KEY] = {"request": pk, "reason": reason, "items": items}


def kept_decision_text(request: HttpRequest, pk: int) -> dict[str, Any]:
    """Return what was typed into the decision form of a request before it was checked again, as initial values."""
    if request.POST.get("reason", "").strip():
        return {"reason": request.POST["reason"], "items": request.POST.getlist("items")}
    kept = request.session.get(SESSION_KEY) or {}
    return {"reason": kept["reason"], "items": kept["items"]} if kept.get("request") == pk else {}


def forget_decision_text(request: HttpRequest) -> None:
    """Forget what is kept, once a decision was taken."""
    request.session.pop(SESSION_KEY, None)
