"""What the staff views share: the acting user, the current day, and pages of a form."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone

from licences.domain.errors import Refusal
from licences.domain.staff_identity import StaffIdentity
from licences.forms.fields import OperationForm
from licences.views.access_denials import record_refusal
from licences.wording.sentences import refusal_sentence


def permitted(permission: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Return a decorator that lets only users with this permission call a view; others get the page 403."""
    return permission_required(permission, raise_exception=True)


def actor(request: HttpRequest) -> StaffIdentity:
    """Return the user's name and number, as records and events keep them."""
    return StaffIdentity(request.user.get_username(), request.user.pk)


def today() -> date:
    """Return the current day in the portal's time zone."""
    return timezone.localdate()


def posted(request: HttpRequest) -> QueryDict | None:
    """Return the data to bind a form to: the posted data, even if empty, or None if the page is opened."""
    return request.POST if request.method == "POST" else None


class RefusalsShown:
    """A context manager that shows a ``Refusal`` in a form, or as a message if there is no form.

    After a refusal, the view goes on after the ``with`` block. A refusal with the code ``as_message`` becomes a message
    even if there is a form.
    """

    def __init__(self, request: HttpRequest, form: OperationForm | None = None, *, as_message: str = "") -> None:
        self.request = request
        self.form = form
        self.as_message = as_message

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> bool:
        if not isinstance(error, Refusal):
            return False
        record_refusal(self.request, error)
        self.request.was_refused = True  # type: ignore[attr-defined]
        if self.form is None or error.code == self.as_message:
            messages.error(self.request, refusal_sentence(error))
        else:
            self.form.add_refusal(error)
        return True


def was_refused(request: HttpRequest) -> bool:
    """Tell whether a ``Refusal`` was shown in answer to this request."""
    return getattr(request, "was_refused", False)


def form_page(request: HttpRequest, template: str, form: OperationForm, **context: Any) -> HttpResponse:
    """Render the page of a form; with status 422 if the form has errors."""
    return render(request, template, {"form": form, **context}, status=422 if form.errors else 200)
