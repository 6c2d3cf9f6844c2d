"""Forms of notes: about a serial or a customer, and who called."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from licences.domain.call_notes import NOTE_LENGTH, CallerDetails
from licences.forms.fields import LineField, OperationForm, ParagraphField
from licences.forms.shown_records import ShownRecordForm
from licences.models import Relicensing


class NoteForm(OperationForm):
    """A note for the next call."""

    text = ParagraphField(
        label=_("Note"),
        max_length=NOTE_LENGTH,
        help_text=_("It stays as written, with your name. Write no codes, and nothing that customers should not read."),
        error_messages={"required": _("The note is empty. Write what the next person should know.")},
    )


class CallerForm(OperationForm):
    """Who is on the line. Nothing is checked, and everything may stay empty."""

    caller_name = LineField(label=_("Caller"), max_length=200, required=False)
    callback_number = LineField(label=_("Call-back number"), max_length=100, required=False)
    ticket_reference = LineField(label=_("Ticket reference"), max_length=100, required=False)
    focus: str | None = ""  # the checklist comes first

    @staticmethod
    def initial_from(request: Relicensing) -> dict[str, str]:
        """Return what is noted about a request."""
        return {name: getattr(request, name) for name in CallerDetails.__dataclass_fields__}

    def details(self) -> CallerDetails:
        return CallerDetails(**{name: self.cleaned_data[name] for name in CallerDetails.__dataclass_fields__})


class CallerCorrectionForm(ShownRecordForm, CallerForm):
    """Who called about a request that is on record, in place of what was noted before."""

    def __init__(self, *args: Any, request: Relicensing, **options: Any) -> None:
        super().__init__(*args, record=self.initial_from(request), **options)
