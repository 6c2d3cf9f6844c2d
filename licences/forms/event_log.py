"""The form of questions about the event log."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from licences.domain.codes import SERIAL_LENGTH, canonical
from licences.domain.errors import Refusal
from licences.forms.customer_choice import CustomerChoiceForm
from licences.forms.fields import CodeField, LineField, WholeNumberField
from licences.forms.hand_entries import DayField
from licences.models import Event
from licences.queries.event_search import PERSONAL_DATA_KINDS, EventQuestion

PERSONAL_DATA = "personal-data"
MAX_REQUEST = 2**63 - 1


def _beginning_of_serial(text: str) -> str:
    """The canonical form of a serial number or its beginning. ``Refusal``: ``code-symbol``, ``serial-beginning``."""
    code = canonical(text)
    if len(code) > SERIAL_LENGTH:
        raise Refusal("serial-beginning", length=len(code), expected=SERIAL_LENGTH)
    return code


class EventLogForm(CustomerChoiceForm):
    """What is asked about the log. Every field may be empty; without any, all events are meant."""

    first = DayField(label=_("First day"), required=False)
    last = DayField(label=_("Last day"), required=False)
    actor = LineField(
        label=_("Person"), required=False, max_length=150, help_text=_("The username, as events have it.")
    )
    kind = forms.ChoiceField(
        label=_("What"), required=False, error_messages={"invalid_choice": _("Choose an entry of the list.")}
    )
    serial = CodeField(
        canonical=_beginning_of_serial,
        label=_("Serial number"),
        required=False,
        help_text=_("Or its first characters."),
    )
    request = WholeNumberField(
        label=_("Request"),
        required=False,
        min_value=1,
        max_value=MAX_REQUEST,
        help_text=_("The number of a re-licensing request."),
        error_messages=dict.fromkeys(("invalid", "separator"), _("The number of a request has digits only.")),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    focus = ""

    def __init__(self, data: Mapping[str, Any]) -> None:
        super().__init__(data)
        self.fields["customer"].required = False
        kind: Any = self.fields["kind"]
        kinds = sorted(Event.Kind.choices, key=lambda choice: str(choice[1]).casefold())
        kind.choices = [("", _("All kinds")), (PERSONAL_DATA, _("Who took personal data or codes out")), *kinds]

    def _chosen(self, typed: str, key: int | None) -> Customer | None:  # type: ignore[override]  # may be empty
        """The customer that is meant, also one that was merged or erased; None if nobody is asked for."""
        if not typed:
            return None
        if key is not None:
            if customer := Customer.objects.filter(pk=key).first():
                return customer
            raise ValidationError(_("No customer found with this name, customer number or serial number."), "unknown")
        return super()._chosen(typed, key)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        first, last = cleaned.get("first"), cleaned.get("last")
        if first and last and last < first:
            self.add_error("last", _("This is before the first day. Give a later day."))
        return cleaned

    def question(self) -> EventQuestion:
        """What a valid form asks."""
        cleaned = self.cleaned_data
        kind = cleaned["kind"]
        kinds = tuple(map(str, PERSONAL_DATA_KINDS)) if kind == PERSONAL_DATA else (kind,) if kind else ()
        return EventQuestion(
            cleaned["first"], cleaned["last"], cleaned["actor"], kinds, cleaned["customer"], cleaned["serial"],
            cleaned["request"],
        )  # fmt: skip

    def query(self) -> str:
        """What was asked, as the query of an address; it ends with "&" unless it is empty."""
        asked = {name: self.data.get(name, "") for name in self.fields}
        text = urlencode({name: value for name, value in asked.items() if value})
        return f"{text}&" if text else ""
