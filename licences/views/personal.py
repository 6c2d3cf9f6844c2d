"""A customer's personal data: how the record has changed, all that is held, and erasing it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from customers import history
from customers.models import Customer
from licences import operations
from licences.customer_forms import EraseForm
from licences.domain.errors import Refusal
from licences.personal import answer
from licences.personal.holdings import Holdings
from licences.views.frame import actor, permitted, posted, show_in_form


@require_safe
@permitted("customers.view_historicalcustomer")
def changes(request: HttpRequest, pk: int) -> HttpResponse:
    """Every change of a customer's fields and of its sites."""
    customer = get_object_or_404(Customer, pk=pk)
    context = {"customer": customer, "changes": history.changes_of(customer)}
    return render(request, "licences/customer_history.html", context)


@require_safe
@permitted("customers.export_customer")
def held(request: HttpRequest, pk: int) -> HttpResponse:
    """All that is held about a customer; ``format=json`` is a file to hand out."""
    found = Holdings(get_object_or_404(Customer, pk=pk, merged_into=None))
    if request.GET.get("format") == "json":
        operations.note_personal_data(customer=found.customer, by=actor(request))
        headers = {"Content-Disposition": f'attachment; filename="customer-{pk}.json"'}
        return JsonResponse(
            answer.as_json(found), headers=headers, json_dumps_params={"ensure_ascii": False, "indent": 2}
        )
    context = {"customer": found.customer, "sections": answer.sections(found)}
    return render(request, "licences/customer_data.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@permitted("customers.erase_customer")
def erase(request: HttpRequest, pk: int) -> HttpResponse:
    """Erase a customer's personal data, with a reason, after a look at what that reaches."""
    found = Holdings(get_object_or_404(Customer, pk=pk, merged_into=None))
    form = EraseForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            operations.erase_customer(customer_id=pk, reason=form.cleaned_data["reason"], by=actor(request))
        except Refusal as refusal:
            show_in_form(request, form, refusal)
        else:
            messages.success(request, _("The personal data are erased."))
            return redirect("customer", pk)
    context = {
        "form": form,
        "customer": found.customer,
        "sections": answer.sections(found),
        "naming": answer.reasons_naming(found),
    }
    return render(request, "licences/erase_form.html", context, status=422 if form.errors else 200)
