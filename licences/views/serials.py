"""The site card, and the forms reached from it."""

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from licences import operations
from licences.domain.shown_records import refuse_changed
from licences.forms.fields import ReasonForm
from licences.forms.registrations import RegistrationForm, RenewalForm, details_of
from licences.forms.serials import BlockForm
from licences.models import Serial
from licences.queries import abuse
from licences.queries import serials as serial_queries
from licences.queries.notes import notes_for_call
from licences.queries.server_connections import server_connection
from licences.views.form_pages import RefusalsShown, actor, form_page, posted, today
from licences.views.notes import notes_shown
from licences.views.view_kinds import action_for, form_for, page_for

SITES_SHOWN = 200
OPEN_SHOWN = 5


@page_for("licences.view_serial")
def serial(request: HttpRequest, code: str) -> HttpResponse:
    """Show one site: customer, registration, licences, installations, codes, history and actions."""
    card = serial_queries.site_card(code, today=today())
    if card is None:
        raise Http404
    sees_claims = card.has_refused_claims and request.user.has_perm("licences.view_refusedclaim")
    refused = abuse.refused_claims_of(card.serial) if sees_claims else []
    sees_requests = request.user.has_perm("licences.view_relicensing")
    others = [each for each in card.requests if each.is_open][:OPEN_SHOWN] if sees_requests else []
    context = {"card": card, "serial": card.serial, "claims": refused, "connection": server_connection(card.current)}
    context["notes"] = notes_shown(request, notes_for_call(card.serial)) if card.has_notes else []
    context["others_open"] = others
    return render(request, "licences/serials/serial.html", context)


@form_for("licences.register_installation")
def register(request: HttpRequest) -> HttpResponse:
    """Register a first installation by hand."""
    form = RegistrationForm(posted(request), initial={"serial": request.GET.get("serial", "")[:100]})
    if form.is_valid():
        with RefusalsShown(request, form):
            licence = operations.register_installation(**form.installation(), by=actor(request), today=today())
            _say_whether_new(request, licence)
            return redirect(licence.unlock_code)
    return form_page(request, "licences/serials/registration_form.html", form)


def _say_whether_new(request: HttpRequest, licence: operations.ServerLicence) -> None:
    if licence.changed:
        messages.success(request, _("Registered. Read the unlock code to the customer."))
    else:
        messages.info(
            request,
            _("Already registered: this is the same unlock code as before. Nothing was changed."),
        )


@action_for("licences.register_installation")
def update(request: HttpRequest, code: str) -> HttpResponse:
    """Return the current unlock code: a new one after a top-up, otherwise the same."""
    with RefusalsShown(request):
        licence = operations.update_installation(
            serial=code, site_id=None, versions=None, by=actor(request), today=today()
        )
        if licence.changed:
            messages.success(request, _("The licences have changed: this is the new unlock code."))
        else:
            messages.info(request, _("Nothing has changed: this is the same unlock code as before."))
        return redirect(licence.unlock_code)
    return redirect("serial", code)


@form_for("licences.register_installation")
def renew_registration(request: HttpRequest, code: str) -> HttpResponse:
    """Add new registration details for a customer who moved or was renamed. The earlier ones stay on record."""
    record = get_object_or_404(Serial, code=code)
    form = RenewalForm(posted(request), record=details_of(record.registrations.first()))
    if form.is_valid():
        with RefusalsShown(request, form):
            about = {"details": form.details(), "reason": form.cleaned_data["reason"], "shown": form.shown_values()}
            operations.renew_registration(serial=code, **about, by=actor(request))
            messages.success(request, _("The new details are saved; the earlier ones stay in the history."))
            return redirect(record)
    return form_page(request, "licences/serials/renewal_form.html", form, serial=record)


@form_for("licences.register_installation")
def let_connect(request: HttpRequest, code: str) -> HttpResponse:
    """Let the server of the live installation connect without its unlock code for a limited time, with a reason."""
    record = get_object_or_404(Serial, code=code)
    form = ReasonForm(posted(request))
    if form.is_valid():
        with RefusalsShown(request, form):
            operations.let_server_connect(serial=code, reason=form.cleaned_data["reason"], by=actor(request))
            messages.success(request, _("The server may connect now: ask the caller to choose “Update licences”."))
            return redirect(record)
    hours = settings.TOKEN_WINDOW_HOURS
    return form_page(request, "licences/serials/connect_form.html", form, serial=record, hours=hours)


@form_for("licences.block_serial")
def block(request: HttpRequest, code: str) -> HttpResponse:
    """Block a serial or lift the block, with a reason. If somebody else did it meanwhile, nothing is done."""
    record = get_object_or_404(Serial, code=code)
    blocked = record.blocked_at is not None
    form = BlockForm(posted(request), serial=record)
    if form.is_valid():
        act = operations.unblock_serial if blocked else operations.block_serial
        with RefusalsShown(request, form):
            refuse_changed(form.shown_values(), form.record)
            act(serial=code, reason=form.cleaned_data["reason"], by=actor(request))
            messages.success(request, _("The block is lifted.") if blocked else _("The serial number is blocked."))
            return redirect(record)
    return form_page(request, "licences/serials/block_form.html", form, serial=record, blocked=blocked)
