"""Notes about serials and customers, and who called about a request."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from customers.models import Customer
from licences import operations
from licences.forms.notes import CallerCorrectionForm, NoteForm
from licences.models import Note, Relicensing, Serial
from licences.queries.notes import notes_for_call
from licences.views.form_pages import RefusalsShown, actor, form_page, posted
from licences.views.view_kinds import form_for


@form_for("licences.add_note")
def on_serial(request: HttpRequest, code: str) -> HttpResponse:
    """Write a note about a serial."""
    record = get_object_or_404(Serial.objects.select_related("site__customer"), code=code)
    form = NoteForm(posted(request))
    if form.is_valid():
        with RefusalsShown(request, form):
            operations.note_on_serial(serial=code, text=form.cleaned_data["text"], by=actor(request))
            messages.success(request, _("The note is saved."))
            return redirect(record)
    return form_page(request, "licences/notes/note_form.html", form, serial=record)


@form_for("licences.add_note")
def on_customer(request: HttpRequest, pk: int) -> HttpResponse:
    """Write a note about a customer."""
    record = get_object_or_404(Customer, pk=pk)
    form = NoteForm(posted(request))
    if form.is_valid():
        with RefusalsShown(request, form):
            note = operations.note_on_customer(customer_id=pk, text=form.cleaned_data["text"], by=actor(request))
            messages.success(request, _("The note is saved."))
            return redirect("customer", note.customer_id)
    return form_page(request, "licences/notes/note_form.html", form, customer=record)


@form_for("licences.relicense")
def caller(request: HttpRequest, pk: int) -> HttpResponse:
    """Note who called about a request, open or closed."""
    found = get_object_or_404(Relicensing, pk=pk)
    form = CallerCorrectionForm(posted(request), request=found)
    if form.is_valid():
        with RefusalsShown(request, form):
            operations.note_caller(request_id=pk, caller=form.details(), shown=form.shown_values(), by=actor(request))
            messages.success(request, _("Saved who called."))
            return redirect(found)
    form.focus = None
    return form_page(request, "licences/notes/caller_form.html", form, request_=found)


# --- What other pages show ---------------------------------------------------------------------------


def notes_shown(request: HttpRequest, notes: QuerySet[Note]) -> list[Note]:
    """Return the notes if the viewer may read notes, otherwise none."""
    return list(notes) if request.user.has_perm("licences.view_note") else []


def call_context(request: HttpRequest, found: Relicensing) -> dict[str, Any]:
    """Return what the page of a request shows for the call: who called, and the notes about its serial."""
    form = CallerCorrectionForm(request=found)
    notes = notes_shown(request, notes_for_call(found.serial)) if found.serial else []
    return {"caller_form": form, "notes": notes}
