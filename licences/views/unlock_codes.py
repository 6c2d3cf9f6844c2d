"""The read-back sheet of an unlock code: comparing what is read back, and sending it by e-mail."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from licences import operations
from licences.domain.read_back import compare_read_back
from licences.forms.read_back import ReadBackForm
from licences.models import UnlockCode
from licences.queries.code_deliveries import addresses_on_record, deliveries_of
from licences.queries.sheets import sheet_of
from licences.views.following import without_activity
from licences.views.form_pages import RefusalsShown, actor, permitted, posted, today
from licences.views.view_kinds import action_for, page_for


@sensitive_post_parameters("text")
@require_http_methods(["GET", "HEAD", "POST"])
@permitted("licences.view_unlockcode")
def sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the code in groups, spelled, with the customer's next steps. A POST compares what was read back with it."""
    code = _code(pk)
    form = ReadBackForm(posted(request))
    compared = form.is_valid() and compare_read_back(code.code, form.cleaned_data["text"])
    context = {
        **sheet_of(code, today=today()).context(),
        **_sending(request, code),
        "form": form,
        "compared": compared or None,
    }
    return render(request, "licences/serials/unlock_code.html", context, status=422 if form.errors else 200)


@action_for("licences.send_unlockcode")
def send(request: HttpRequest, pk: int) -> HttpResponse:
    """Queue the sheet as an e-mail to an address on record."""
    code = _code(pk)
    may = request.user.has_perm("licences.send_to_new_address")
    address = request.POST.get("address", "")
    with RefusalsShown(request):
        operations.send_unlock_code(code_id=code.pk, address=address, by=actor(request), may_use_new_address=may)
        messages.success(request, _("The e-mail is on its way. Below you see when it was sent."))
    return redirect(f"{code.get_absolute_url()}#send")


@without_activity
@page_for("licences.view_unlockcode")
def deliveries(request: HttpRequest, pk: int) -> HttpResponse:
    """Return the list of e-mails with this code, for the sheet that waits for one."""
    code = _code(pk)
    return render(request, "licences/serials/_deliveries.html", {"code": code, "deliveries": deliveries_of(code)})


def _code(pk: int) -> UnlockCode:
    related = ("serial__site__customer", "installation")
    return get_object_or_404(UnlockCode.objects.select_related(*related), pk=pk)


def _sending(request: HttpRequest, code: UnlockCode) -> dict[str, Any]:
    """The context of sending by e-mail: each address with whether the viewer may use it, and earlier e-mails."""
    now, may_use_new = timezone.now(), request.user.has_perm("licences.send_to_new_address")
    addresses = [(each, may_use_new or not each.is_new(now=now)) for each in addresses_on_record(code.serial)]
    usable = [each.address for each, may_use in addresses if may_use]
    return {"addresses": addresses, "first_usable": usable[0] if usable else "", "deliveries": deliveries_of(code)}
