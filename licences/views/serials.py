"""The site card and what may be done from it."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from customers.models import Customer
from licences import claims, lookup, operations, queries
from licences.customer_forms import CustomerForm, ReceiverForm, TransferForm
from licences.domain.errors import Refusal
from licences.forms import ReasonForm, RegistrationForm, RenewalForm
from licences.models import Serial
from licences.operations.customers import CORRECTABLE
from licences.views.frame import actor, permitted, posted, show_in_form, show_refusal, today

SITES_SHOWN = 200


@require_safe
@permitted("licences.view_serial")
def serial(request: HttpRequest, code: str) -> HttpResponse:
    """One site: customer, registration, licences, installations, codes, history, what may be done next."""
    card = queries.site_card(code, today=today())
    if card is None:
        raise Http404
    sees_claims = card.has_claims and request.user.has_perm("licences.view_refusedclaim")
    refused = claims.claims_of(card.serial) if sees_claims else []
    return render(request, "licences/serial.html", {"card": card, "serial": card.serial, "claims": refused})


@require_http_methods(["GET", "HEAD", "POST"])
@permitted("licences.register_installation")
def register(request: HttpRequest) -> HttpResponse:
    """Register a first installation by hand."""
    form = RegistrationForm(posted(request), initial={"serial": request.GET.get("serial", "")[:100]})
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            answer = operations.register(
                serial=values["serial"],
                site_id=values["site_id"],
                versions=values["versions"],
                details=form.details(),
                by=actor(request),
                today=today(),
            )
        except Refusal as refusal:
            show_in_form(request, form, refusal)
        else:
            _say_whether_new(request, answer)
            return redirect(answer.unlock_code)
    return render(request, "licences/registration_form.html", {"form": form}, status=422 if form.errors else 200)


def _say_whether_new(request: HttpRequest, answer: operations.Answer) -> None:
    if answer.changed:
        messages.success(request, _("Registered. Read the unlock code to the customer."))
    else:
        messages.info(
            request,
            _("This installation is registered already: the unlock code is the same, and nothing was changed."),
        )


@require_POST
@permitted("licences.register_installation")
def update(request: HttpRequest, code: str) -> HttpResponse:
    """A new unlock code after a top-up; the same one when nothing changed."""
    try:
        answer = operations.update(serial=code, site_id=None, versions=None, by=actor(request), today=today())
    except Refusal as refusal:
        show_refusal(request, refusal)
        return redirect("serial", code)
    if answer.changed:
        messages.success(request, _("The licences have changed: this is the new unlock code."))
    else:
        messages.info(request, _("Nothing has changed: this is the same unlock code as before."))
    return redirect(answer.unlock_code)


@require_http_methods(["GET", "HEAD", "POST"])
@permitted("licences.register_installation")
def renew_registration(request: HttpRequest, code: str) -> HttpResponse:
    """New registration details beside the old ones, for a customer who moved or was renamed."""
    held = get_object_or_404(Serial, code=code)
    latest = held.registrations.first()
    form = RenewalForm(posted(request), initial=RenewalForm.initial_from(latest) if latest else None)
    if request.method == "POST" and form.is_valid():
        try:
            operations.renew_registration(
                serial=code, details=form.details(), reason=form.cleaned_data["reason"], by=actor(request)
            )
        except Refusal as refusal:
            show_in_form(request, form, refusal)
        else:
            messages.success(request, _("The new details are on record; the earlier ones stay beside them."))
            return redirect(held)
    context = {"form": form, "serial": held}
    return render(request, "licences/renewal_form.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@permitted("licences.block_serial")
def block(request: HttpRequest, code: str) -> HttpResponse:
    """Block a serial, or take the block back; either with a reason."""
    held = get_object_or_404(Serial, code=code)
    blocked = held.blocked_at is not None
    form = ReasonForm(posted(request))
    if request.method == "POST" and form.is_valid():
        act = operations.unblock_serial if blocked else operations.block_serial
        try:
            act(serial=code, reason=form.cleaned_data["reason"], by=actor(request))
        except Refusal as refusal:
            show_in_form(request, form, refusal)
        else:
            messages.success(request, _("The block is lifted.") if blocked else _("The serial number is blocked."))
            return redirect(held)
    context = {"form": form, "serial": held, "blocked": blocked}
    return render(request, "licences/block_form.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@permitted("licences.transfer_serial")
def transfer(request: HttpRequest, code: str) -> HttpResponse:
    """Give a serial to another customer: which one, after a look its details, and why."""
    held = get_object_or_404(Serial.objects.select_related("site__customer"), code=code)
    named = request.POST if request.method == "POST" else request.GET
    receiver = ReceiverForm(named if "customer" in named else posted(request), serial=held)
    form = None
    if receiver.is_valid():
        customer = receiver.cleaned_data["customer"]
        form = TransferForm(posted(request), serial=held, initial=TransferForm.initial_from(customer))
        if request.method == "POST" and form.is_valid() and _transfer(request, held, customer, form):
            messages.success(request, _("The serial number belongs to the other customer now."))
            return redirect(held)
    context = {"receiver": receiver, "form": form, "serial": held}
    refused = receiver.errors or (form is not None and form.errors)
    return render(request, "licences/transfer_form.html", context, status=422 if refused else 200)


def _transfer(request: HttpRequest, serial: Serial, customer: Customer, form: TransferForm) -> bool:
    """Whether it was done; if not, the form says why."""
    about = {"details": form.details(), "reason": form.cleaned_data["reason"], "by": actor(request)}
    try:
        operations.transfer_serial(serial=serial.code, customer=customer, **about)
    except Refusal as refusal:
        show_in_form(request, form, refusal)
        return False
    return True


@require_http_methods(["GET", "HEAD", "POST"])
@permitted("customers.change_customer")
def correct_customer(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct a customer's record; registrations stay as they were entered."""
    customer = get_object_or_404(Customer, pk=pk)
    form = CustomerForm(posted(request), initial={name: getattr(customer, name) for name in CORRECTABLE})
    if request.method == "POST" and form.is_valid():
        try:
            operations.correct_customer(customer_id=pk, correction=form.correction(), by=actor(request))
        except Refusal as refusal:
            show_in_form(request, form, refusal)
        else:
            messages.success(request, _("The customer record is corrected."))
            return redirect("customer", pk)
    context = {"form": form, "customer": customer}
    return render(request, "licences/customer_form.html", context, status=422 if form.errors else 200)


@require_safe
@permitted("customers.view_customer")
def customer(request: HttpRequest, pk: int) -> HttpResponse:
    """A customer with all sites and their serials."""
    found = get_object_or_404(Customer.objects.select_related("merged_into"), pk=pk)
    serials = lookup.listed_of_customer(pk, most=SITES_SHOWN)
    return render(request, "licences/customer.html", {"customer": found, "serials": serials, "most": SITES_SHOWN})
