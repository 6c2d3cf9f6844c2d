"""What is asked on screen about customers: corrections, mergers, transfers, erasures."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from licences import queries
from licences.domain.details import Details
from licences.domain.errors import Refusal
from licences.forms import LineField, OperationForm, ParagraphField, RenewalForm
from licences.models import Serial
from licences.operations import Correction
from licences.wording import refusal_sentence


class CustomerForm(OperationForm):
    """A customer's record, corrected, and why."""

    number = LineField(label=_("Customer number"), max_length=64, required=False)
    name = LineField(label=_("Name"), max_length=200)
    address_line1 = LineField(label=_("Address, first line"), max_length=200, required=False)
    address_line2 = LineField(label=_("Address, second line"), max_length=200, required=False)
    postcode = LineField(label=_("Postcode"), max_length=20, required=False)
    city = LineField(label=_("Town"), max_length=100, required=False)
    country = LineField(label=_("Country"), max_length=100, required=False)
    contact_name = LineField(label=_("Contact's name"), max_length=200, required=False)
    contact_phone = LineField(label=_("Telephone number"), max_length=100, required=False)
    contact_email = LineField(label=_("E-mail"), max_length=254, required=False)
    reason = ParagraphField(label=_("Why is it corrected?"), max_length=2000)

    def correction(self) -> Correction:
        values = {name: value for name, value in self.cleaned_data.items() if name != "reason"}
        return Correction(values, self.cleaned_data["reason"])


def _other_customer(typed: str, than: Customer, refusal: str) -> Customer:
    """The customer that was typed; ``ValidationError`` where there is none, or it is the same one (``refusal``)."""
    found = queries.customer_named(typed)
    if found is None:
        raise ValidationError(_("No customer has this number or serial number."), code="unknown")
    if found == than:
        raise ValidationError(refusal_sentence(Refusal(refusal)), code=refusal)
    return found


class MergeForm(OperationForm):
    """Which other customer is merged into this one, and why."""

    other = LineField(
        label=_("The other customer"),
        help_text=_("Its customer number, or the serial number of one of its sites."),
        max_length=100,
        error_messages={"required": _("Say which customer is merged.")},
    )
    reason = ParagraphField(label=_("Why are they one?"), max_length=2000)

    def __init__(self, *args: Any, kept: Customer, **options: Any) -> None:
        super().__init__(*args, **options)
        self.kept = kept

    def clean_other(self) -> Customer:
        return _other_customer(self.cleaned_data["other"], self.kept, "merge-with-itself")

    def other_customer(self) -> Customer | None:
        """The other customer, as far as it is known yet."""
        named = str(self["other"].value() or "")  # as it stands in the address: not yet looked at
        found = queries.customer_named(named) if named.isprintable() and named else None
        return found if found != self.kept else None


class ReceiverForm(OperationForm):
    """Which customer a serial number is to belong to."""

    customer = LineField(
        label=_("The other customer"),
        help_text=_("Its customer number, or the serial number of one of its sites."),
        max_length=100,
        error_messages={"required": _("Say which customer it is to belong to.")},
    )

    def __init__(self, *args: Any, serial: Serial, **options: Any) -> None:
        super().__init__(*args, **options)
        self.serial = serial

    def clean_customer(self) -> Customer:
        return _other_customer(self.cleaned_data["customer"], self.serial.site.customer, "same-customer")


class TransferForm(RenewalForm):
    """The details of the customer that gets a serial number, and why; no details where nothing runs that has some."""

    def __init__(self, *args: Any, serial: Serial, **options: Any) -> None:
        super().__init__(*args, **options)
        self.has_details = serial.installations.exists()
        if not self.has_details:
            for name in Details.__dataclass_fields__:
                del self.fields[name]

    def details(self) -> Details:
        return Details(**{name: self.cleaned_data.get(name, "") for name in Details.__dataclass_fields__})


class EraseForm(OperationForm):
    """The reason of an erasure, and that it is meant."""

    reason = ParagraphField(label=_("Reason"), max_length=2000, help_text=_("It stays on record: name nobody in it."))
    confirmed = forms.BooleanField(
        label=_("I have checked that this is the right customer. It cannot be undone."),
        error_messages={"required": _("Tick that it is the right customer.")},
    )
