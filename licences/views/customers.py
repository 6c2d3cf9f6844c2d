"""A customer's page, and the forms that enter and correct customers, merge them, and transfer serials between them."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.models import Customer
from licences import lookup, operations
from licences.forms.customer_choice import NewOwnerForm, OtherCustomerForm
from licences.forms.customers import (
    CustomerForm,
    MergeForm,
    NewBuyerForm,
    NewCustomerForm,
    TransferForm,
    new_customer,
)
from licences.forms.fields import OperationForm
from licences.forms.registrations import details_of
from licences.models import Serial
from licences.operations.customers import CORRECTABLE_FIELDS
from licences.queries.customers import MergeAdvice, merge_advice
from licences.queries.notes import notes_about_customer
from licences.views.form_pages import RefusalsShown, actor, form_page, posted
from licences.views.notes import notes_shown
from licences.views.view_kinds import form_for, page_for

SITES_SHOWN = 200


@page_for("customers.view_customer")
def customer(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a customer with all its sites and their serials."""
    found = get_object_or_404(Customer.objects.select_related("merged_into"), pk=pk)
    serials = lookup.serial_summaries_of_customer(pk, most=SITES_SHOWN)
    context = {"customer": found, "serials": serials, "most": SITES_SHOWN}
    context["notes"] = notes_shown(request, notes_about_customer(found))
    return render(request, "licences/customers/customer.html", context)


@form_for("licences.record_by_hand")
def enter_customer(request: HttpRequest) -> HttpResponse:
    form = NewCustomerForm(posted(request), initial={"name": request.GET.get("name", "")[:200]})
    if form.is_valid():
        with RefusalsShown(request, form):
            entered = operations.enter_customer(new_customer(form.cleaned_data), by=actor(request))
            messages.success(request, _("The customer is on record. Now enter the purchase."))
            return redirect("customer", entered.pk)
    return form_page(request, "licences/customers/new_customer.html", form)


@form_for("customers.change_customer")
def correct_customer(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct a customer's record. Registrations stay as they were entered."""
    customer = get_object_or_404(Customer, pk=pk)
    form = CustomerForm(posted(request), record={name: getattr(customer, name) for name in CORRECTABLE_FIELDS})
    if form.is_valid():
        with RefusalsShown(request, form):
            operations.correct_customer(customer_id=pk, correction=form.correction(), by=actor(request))
            messages.success(request, _("The customer record has been corrected."))
            return redirect("customer", pk)
    return form_page(request, "licences/customers/customer_form.html", form, customer=customer)


# --- Merging -----------------------------------------------------------------------------------------


@form_for("customers.merge_customer")
def merge(request: HttpRequest, pk: int) -> HttpResponse:
    """Merge another customer into this one: choose it, look at both, type its name, and give a reason."""
    kept = get_object_or_404(Customer, pk=pk, merged_into=None)
    named = request.POST if request.method == "POST" else request.GET
    search = OtherCustomerForm(named if "other" in named else posted(request), than=kept, refusal="merge-with-itself")
    form, advice = None, None
    if search.is_valid():
        form, advice = MergeForm(posted(request), other=search.customer()), merge_advice(kept, search.customer())
        if form.is_valid() and _merge(request, advice, form):
            return redirect("customer", pk)
    context = {"customer": kept, "search": search, "form": form, "advice": advice}
    return render(request, "licences/customers/merge_form.html", context, status=_status(search, form))


def _merge(request: HttpRequest, advice: MergeAdvice, form: MergeForm) -> bool:
    """Merge the customers and return True; if the operation refuses, show why in the form and return False."""
    with RefusalsShown(request, form):
        both = {"kept_id": advice.kept.pk, "merged_id": advice.merged.pk}
        result = operations.merge_customers(**both, reason=form.cleaned_data["reason"], by=actor(request))
        words = ngettext("Merged: %(count)s site was moved.", "Merged: %(count)s sites were moved.", result.sites)
        messages.success(request, words % {"count": result.sites})
        return True
    return False


def _status(choice: OperationForm, form: OperationForm | None) -> int:
    return 422 if choice.errors or (form is not None and form.errors) else 200


# --- Transferring ------------------------------------------------------------------------------------


@form_for("licences.transfer_serial")
def transfer(request: HttpRequest, code: str) -> HttpResponse:
    """Transfer a serial to another customer: choose the customer, then check its details and give a reason."""
    record = _transferable(code)
    named = request.POST if request.method == "POST" else request.GET
    data = named if "customer" in named else posted(request)
    receiver = NewOwnerForm(data, than=record.site.customer, refusal="same-customer")
    form = None
    if receiver.is_valid():
        form = TransferForm(posted(request), serial=record, initial=details_of(receiver.customer()))
        if form.is_valid() and _transfer(request, record, receiver.customer(), form):
            return redirect(record)
    context = {"receiver": receiver, "form": form, "serial": record}
    return render(request, "licences/serials/transfer_form.html", context, status=_status(receiver, form))


@form_for("licences.transfer_serial")
def transfer_to_new(request: HttpRequest, code: str) -> HttpResponse:
    """Transfer a serial to a customer who is not on record yet."""
    record = _transferable(code)
    form = NewBuyerForm(posted(request), serial=record)
    if form.is_valid():
        with RefusalsShown(request, form):
            operations.transfer_serial_to_new_customer(
                serial=code, customer=form.customer(), details=form.details(), by=actor(request)
            )
            messages.success(request, _("The serial number now belongs to the new customer."))
            return redirect(record)
    return form_page(request, "licences/serials/transfer_new_form.html", form, serial=record)


def _transferable(code: str) -> Serial:
    return get_object_or_404(Serial.objects.select_related("site__customer"), code=code)


def _transfer(request: HttpRequest, serial: Serial, customer: Customer, form: TransferForm) -> bool:
    """Transfer the serial and return True; if the operation refuses, show why in the form and return False."""
    about = {"details": form.details(), "reason": form.cleaned_data["reason"], "by": actor(request)}
    with RefusalsShown(request, form):
        operations.transfer_serial(serial=serial.code, customer=customer, **about)
        messages.success(request, _("The serial number now belongs to the other customer."))
        return True
    return False
