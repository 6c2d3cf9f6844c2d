"""What the staff views share: who acts, which day it is, and how a refusal is shown."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, QueryDict
from django.utils import timezone

from licences.domain.errors import Refusal
from licences.forms import OperationForm
from licences.refusals import note_refusal
from licences.wording import refusal_sentence


def permitted(permission: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """The view needs this permission; without it, a page that says so (login is required everywhere)."""
    return permission_required(permission, raise_exception=True)


def actor(request: HttpRequest) -> str:
    """The name that records and events keep."""
    return request.user.get_username()


def today() -> date:
    return timezone.localdate()


def posted(request: HttpRequest) -> QueryDict | None:
    """What a form is bound to: what was posted, be it nothing at all, or None for a page that is opened."""
    return request.POST if request.method == "POST" else None


def show_refusal(request: HttpRequest, refusal: Refusal) -> None:
    note_refusal(request, refusal)
    messages.error(request, refusal_sentence(refusal))


def show_in_form(request: HttpRequest, form: OperationForm, refusal: Refusal) -> None:
    note_refusal(request, refusal)
    form.add_refusal(refusal)
