"""Purchases, returns and corrections by hand, and the second person who agrees (docs/decisions.md#records-by-hand)."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from customers.models import Customer
from licences import imports
from licences.domain.staff_identity import is_same_person
from licences.forms.customer_choice import CustomerChoiceForm
from licences.forms.fields import ReasonForm
from licences.forms.hand_entries import CorrectionForm, NewSiteForm, PurchaseForm, QuantitiesForm, ReturnForm
from licences.models import HandEntry, Product, Serial
from licences.queries import hand_entries
from licences.views.form_pages import RefusalsShown, actor, form_page, posted
from licences.views.view_kinds import action_for, form_for, page_for

PAGE_SIZE = 50
WAITING_SHOWN = 50


@page_for("licences.view_handentry")
def entries(request: HttpRequest) -> HttpResponse:
    """Show what waits for a second person and what was entered, and find the customer of a new entry."""
    search = CustomerChoiceForm(request.GET if "customer" in request.GET else None)
    if search.is_valid():
        return redirect("customer", search.customer().pk)
    context = {
        "search": search,
        "waiting": hand_entries.entries_to_decide()[:WAITING_SHOWN],
        "page": Paginator(hand_entries.hand_entries(), PAGE_SIZE).get_page(request.GET.get("page")),
    }
    return render(request, "licences/by_hand/entries.html", context, status=422 if search.errors else 200)


@page_for("licences.view_handentry")
def entry(request: HttpRequest, number: int) -> HttpResponse:
    """Show an entry: what was entered, what became of it, its corrections, and the decision that it waits for."""
    return _entry_page(request, _entry(number), ReasonForm())


def _entry(number: int) -> HandEntry:
    return get_object_or_404(hand_entries.hand_entries(), number=number)


def _entry_page(request: HttpRequest, found: HandEntry, form: ReasonForm) -> HttpResponse:
    names = dict(Product.objects.filter(sku__in=found.lines).values_list("sku", "name"))
    context = {
        "entry": found,
        "lines": [(names.get(sku, sku), quantity) for sku, quantity in found.lines.items()],
        "grants": hand_entries.grants_of(found),
        "corrections": found.corrections.select_related("decision").order_by("number"),
        "correctable": hand_entries.correctable(found) and not hand_entries.waiting_correction(found),
        "limit": settings.HAND_PURCHASE_LICENCES,
        "is_own": is_same_person(actor(request), found.enterer),
    }
    return form_page(request, "licences/by_hand/entry.html", form, **context)


# --- Entering ----------------------------------------------------------------------------------------


@form_for("licences.record_by_hand")
def buy_for_new_site(request: HttpRequest, pk: int) -> HttpResponse:
    """Enter a purchase for a new site of a customer."""
    customer = get_object_or_404(Customer, pk=pk, merged_into=None, erased_at=None)
    form = NewSiteForm(posted(request), products=_catalogue())
    if form.is_valid():
        about = {"site_name": form.cleaned_data["site_name"], "reason": form.cleaned_data["reason"]}
        with RefusalsShown(request, form):
            bought = form.purchase()
            return _entered(
                request, imports.enter_purchase(customer_id=pk, purchase=bought, by=actor(request), **about)
            )
    return _form_page(request, "purchase_form", form, customer=customer)


@form_for("licences.record_by_hand")
def buy(request: HttpRequest, code: str) -> HttpResponse:
    """Enter a purchase for a serial number."""
    serial = _serial(code)
    customer = serial.site.customer
    form = PurchaseForm(posted(request), products=_catalogue(), held=_held(serial))
    if form.is_valid():
        about = {"serial": code, "purchase": form.purchase(), "reason": form.cleaned_data["reason"]}
        with RefusalsShown(request, form):
            return _entered(request, imports.enter_purchase(customer_id=customer.pk, by=actor(request), **about))
    return _form_page(request, "purchase_form", form, customer=customer, serial=serial)


@form_for("licences.record_by_hand")
def give_back(request: HttpRequest, code: str) -> HttpResponse:
    """Enter a return of licences of a serial number."""
    serial = _serial(code)
    held = _held(serial)
    form = ReturnForm(posted(request), products=[each for each in _catalogue() if each.sku in held], held=held)
    if form.is_valid():
        about = {"purchase": form.purchase(), "reason": form.cleaned_data["reason"]}
        with RefusalsShown(request, form):
            return _entered(request, imports.enter_return(serial=code, by=actor(request), **about))
    context = {"customer": serial.site.customer, "serial": serial}
    return _form_page(request, "return_form", form, **context)


@form_for("licences.record_by_hand")
def correct(request: HttpRequest, number: int) -> HttpResponse:
    """Enter a correction of a purchase or return that was entered by hand."""
    found = _entry(number)
    recorded = hand_entries.recorded_quantities(found)
    form = CorrectionForm(posted(request), products=_catalogue(), recorded=recorded)
    if form.is_valid():
        about = {"wanted": form.quantities(), "reason": form.cleaned_data["reason"], "shown": form.shown_quantities()}
        with RefusalsShown(request, form):
            return _entered(request, imports.enter_correction(number=number, by=actor(request), **about))
    return _form_page(request, "correction_form", form, entry=found)


def _form_page(request: HttpRequest, name: str, form: QuantitiesForm, **context: Any) -> HttpResponse:
    return form_page(request, f"licences/by_hand/{name}.html", form, limit=settings.HAND_PURCHASE_LICENCES, **context)


def _serial(code: str) -> Serial:
    return get_object_or_404(Serial.objects.select_related("site__customer"), code=code)


def _catalogue() -> list[Product]:
    return list(Product.objects.order_by("slot"))


def _held(serial: Serial) -> dict[str, int]:
    """What a serial number holds: SKU → number of licences, without products at 0."""
    return dict(serial.balances.filter(quantity__gt=0).values_list("product__sku", "quantity"))


def _entered(request: HttpRequest, made: HandEntry) -> HttpResponse:
    if made.outcome == "waiting":
        messages.info(request, _("Entered. It is recorded as soon as a second person agrees."))
    else:
        messages.success(request, _("Recorded as %(reference)s.") % {"reference": made.reference})
    return redirect(made)


# --- Deciding ----------------------------------------------------------------------------------------


@action_for("licences.agree_by_hand")
def agree(request: HttpRequest, number: int) -> HttpResponse:
    """Agree to an entry of somebody else, which records it."""
    return _decide(request, number, is_agreed=True, done=_("Agreed: it is recorded now."))


@action_for("licences.record_by_hand")
def decline(request: HttpRequest, number: int) -> HttpResponse:
    """Decline an entry that waits, or take back one's own."""
    return _decide(request, number, is_agreed=False, done=_("Declined: nothing was recorded."))


def _decide(request: HttpRequest, number: int, *, is_agreed: bool, done: str) -> HttpResponse:
    found, form = _entry(number), ReasonForm(request.POST)
    if form.is_valid():
        with RefusalsShown(request, form):
            reason = form.cleaned_data["reason"]
            imports.decide_entry(number=number, is_agreed=is_agreed, reason=reason, by=actor(request))
            messages.success(request, done)
            return redirect(found)
    return _entry_page(request, found, form)
