"""A user's choice of an e-mail, posted from the page of their account."""

from collections.abc import Callable
from typing import cast

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _

_TICKED = {None: False, "": False, "on": True}  # what the tick box of the page sends


def store_email_choice(
    request: HttpRequest, choose: Callable[..., None], *, said: tuple[str, str], refused: str = ""
) -> HttpResponse:
    """Store a choice with ``choose(user, by_email, language)`` and go back to the account with what it means.

    ``said`` are the sentences for yes and no. ``refused`` says why nobody in the user's role gets this e-mail, empty if
    they do; no is stored in any case.
    """
    wanted = _TICKED.get(request.POST.get("by_email"))
    user = cast(User, request.user)  # permitted lets nobody in without a login
    if wanted and not settings.MAIL_IS_SENT:
        refused = _("This portal sends no e-mail.")
    if wanted is None:
        messages.error(request, _("Nothing was changed. Tick the box or leave it empty, and save."))
    elif wanted and refused:
        messages.error(request, refused)
    else:
        choose(user=user, by_email=wanted, language=get_language() or "")
        messages.success(request, said[0] if wanted else said[1])
        if wanted and not user.email:
            messages.warning(
                request, _("Your account has no e-mail address yet. Ask an administrator to enter one under Users.")
            )
    return redirect("account")
