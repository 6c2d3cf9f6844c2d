"""Facts of a case file about its calls: who called, and the notes of staff (docs/domain.md#notes)."""

from collections.abc import Iterable

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from licences.models import Event, Note, Relicensing, Serial
from licences.proof.case_files.supervision import Facts

CALLER_LABELS: dict[str, Promise] = {
    "caller_name": gettext_lazy("Caller"),
    "callback_number": gettext_lazy("Call-back number"),
    "ticket_reference": gettext_lazy("Ticket reference"),
}


def callers_of(serial: Serial) -> dict[int, Facts]:
    """Key of a request for the serial number → who called about it, as far as it is noted."""
    return {request.pk: _caller_facts(request) for request in Relicensing.objects.filter(serial=serial)}


def _caller_facts(request: Relicensing) -> Facts:
    noted = [(str(label), getattr(request, name)) for name, label in CALLER_LABELS.items()]
    return [(label, value) for label, value in noted if value]


def notes_of(events: Iterable[Event]) -> dict[int, Facts]:
    """Key of a note → its text, for the notes that the events are about; a text that was erased is said to be."""
    written = [event.details["note"] for event in events if event.kind == Event.Kind.NOTE_WRITTEN]
    texts = Note.objects.filter(pk__in=written).values_list("pk", "text")
    return {pk: [(_("Note"), text or _("The details were erased."))] for pk, text in texts}
