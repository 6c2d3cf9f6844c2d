"""A customer's personal data: changes of the record, subject access, erasure."""

import hashlib

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from customers import history
from customers.models import Customer
from licences import operations
from licences.forms.customers import EraseForm, ForgetContactForm
from licences.personal import contact_traces, subject_access
from licences.personal.customer_records import CustomerRecords
from licences.views.form_pages import RefusalsShown, actor, form_page, posted
from licences.views.view_kinds import form_for, page_for


@page_for("customers.view_historicalcustomer")
def changes(request: HttpRequest, pk: int) -> HttpResponse:
    """Show every change of a customer's fields and of its sites."""
    customer = get_object_or_404(Customer, pk=pk)
    context = {"customer": customer, "changes": history.changes_of(customer)}
    return render(request, "licences/customers/customer_history.html", context)


@page_for("customers.export_customer")
def personal_data(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the personal data stored about a customer; ``format=json`` returns it as a file to hand over."""
    found = CustomerRecords(get_object_or_404(Customer, pk=pk, merged_into=None))
    if request.GET.get("format") == "json":
        headers = {"Content-Disposition": f'attachment; filename="customer-{pk}.json"'}
        file = JsonResponse(
            subject_access.as_json(found), headers=headers, json_dumps_params={"ensure_ascii": False, "indent": 2}
        )
        digest = hashlib.sha256(file.content).hexdigest()
        operations.record_subject_access(customer=found.customer, sha256=digest, by=actor(request))
        return file
    context = {"customer": found.customer, "sections": subject_access.collect_sections(found)}
    return render(request, "licences/personal/customer_data.html", context)


@form_for("customers.erase_customer")
def erase(request: HttpRequest, pk: int) -> HttpResponse:
    """Erase a customer's personal data with a reason, after showing what will be erased."""
    found = CustomerRecords(get_object_or_404(Customer, pk=pk, merged_into=None))
    form = EraseForm(posted(request))
    if form.is_valid():
        with RefusalsShown(request, form):
            operations.erase_customer(customer_id=pk, reason=form.cleaned_data["reason"], by=actor(request))
            messages.success(request, _("The personal data has been erased."))
            return redirect("customer", pk)
    reached = {"sections": subject_access.collect_sections(found), "naming": subject_access.reasons_naming(found)}
    return form_page(request, "licences/personal/erase_form.html", form, customer=found.customer, **reached)


@form_for("customers.erase_customer")
def forget_contact(request: HttpRequest, pk: int) -> HttpResponse:
    """Forget a contact person of a customer: show what names the person, and empty it once that is confirmed."""
    records = CustomerRecords(get_object_or_404(Customer, pk=pk, merged_into=None, erased_at=None))
    form = ForgetContactForm(posted(request), offered=contact_traces.offered_values(records))
    traces = contact_traces.find_contact(records, form.person()) if form.is_valid() else None
    if traces and form.confirms(traces):
        with RefusalsShown(request, form):
            operations.forget_contact(
                customer_id=pk, person=form.person(), reason=form.cleaned_data["reason"], by=actor(request)
            )
            messages.success(request, _("The contact person has been forgotten."))
            return redirect("customer-data", pk)
    return form_page(request, "licences/personal/forget_contact.html", form, customer=records.customer, traces=traces)
