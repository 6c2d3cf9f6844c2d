"""Forms that begin something once, however often they are sent (docs/decisions.md#the-same-form-twice)."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from licences import operations
from licences.views.form_pages import was_refused

FIELD = "form_token"
SENT_FORMS = "sent_forms"  # in the session: the latest tokens, by which a browser knows which entries arrived
_REMEMBERED = 8
_LONGEST = 64


def begins_once(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Decorate a view so that a form with a used token leads to what it began. Goes below ``permitted``.

    A form begins something where the view redirects and has shown no refusal; everything that the view writes is in one
    transaction with the token. A POST without a token is as before.
    """

    @wraps(view)
    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        token = posted_token(request)
        if not token:
            return view(request, *args, **kwargs)
        use_of = operations.use_form_token(
            token=token, user_number=request.user.pk or 0, content=posted_content(request)
        )
        with use_of as use:
            if use.earlier:
                response = _lead_to(request, use)
            else:
                response = view(request, *args, **kwargs)
                use.target = "" if was_refused(request) else response.get("Location", "")
        if use.earlier or use.target:
            remember_sent(request, token)
        return response

    return wrapper


def posted_token(request: HttpRequest) -> str:
    """Return the token of the posted form, or "" if there is none or it is none of ours."""
    token = request.POST.get(FIELD, "") if request.method == "POST" else ""
    return token if len(token) <= _LONGEST and token.isprintable() else ""


def remember_sent(request: HttpRequest, token: str) -> None:
    """Note in the session that the form arrived: the browser then forgets what it kept of it."""
    earlier = [each for each in request.session.get(SENT_FORMS, []) if each != token]
    request.session[SENT_FORMS] = [*earlier, token][-_REMEMBERED:]


def posted_content(request: HttpRequest) -> str:
    """Return a text of all that was typed, to compare."""
    typed = {name: values for name, values in request.POST.lists() if name not in (FIELD, "csrfmiddlewaretoken")}
    return repr((request.path, sorted(typed.items())))


def _lead_to(request: HttpRequest, use: operations.FormTokenUse) -> HttpResponse:
    if use.is_changed:
        messages.warning(
            request, _("This form was sent before, and this is what it began. What you changed since is not saved.")
        )
    return redirect(use.earlier)
