"""Forms about customers: new ones, correction, merge, transfer, erasure."""

from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from customers.contact import CONTACT_COLUMNS
from customers.models import Customer
from licences.domain.contact_person import ContactPart, ContactPerson
from licences.domain.details import RegistrationDetails
from licences.domain.errors import Refusal
from licences.domain.matching import fold_name
from licences.forms.fields import LineField, OperationForm, ParagraphField
from licences.forms.registrations import DetailsForm
from licences.forms.shown_records import ShownRecordForm
from licences.models import Serial
from licences.operations import Correction, NewCustomer
from licences.operations.customers import CORRECTABLE_FIELDS
from licences.personal.contact_traces import ContactTraces, OfferedValue
from licences.personal.subject_access import TITLES
from licences.wording.sentences import refusal_sentence


class RecordForm(DetailsForm):
    """The columns of a customer's record. Only the name is required."""

    field_order = ("number",)
    number = LineField(label=_("Customer number"), max_length=64, required=False)
    name = LineField(label=_("Name"), max_length=200)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name in CONTACT_COLUMNS:
            self.fields[name].required = False


class CustomerForm(ShownRecordForm, RecordForm):
    """Corrections of a customer's record, with a reason."""

    reason = ParagraphField(label=_("Reason for the correction"), max_length=2000)

    def correction(self) -> Correction:
        values = {name: self.cleaned_data[name] for name in CORRECTABLE_FIELDS}
        return Correction(values, self.cleaned_data["reason"], self.shown_values())


class MergeForm(OperationForm):
    """The reason of a merge, and the name of the customer that goes, typed to confirm it."""

    confirmed_name = LineField(label=_("Name of the customer that goes, to confirm"), max_length=200)
    reason = ParagraphField(label=_("Why are they the same customer?"), max_length=2000)

    def __init__(self, *args: Any, other: Customer, **options: Any) -> None:
        super().__init__(*args, **options)
        self.other = other

    def clean_confirmed_name(self) -> str:
        typed: str = self.cleaned_data["confirmed_name"]
        if fold_name(typed) != fold_name(self.other.name):
            name = self.other.name
            raise ValidationError(
                _("This is not the name of the customer that goes: %(name)s."), "name", {"name": name}
            )
        return typed


class TransferForm(DetailsForm):
    """The registration details of a serial's new customer, and the reason. A serial without an installation needs no
    details.
    """

    reason = ParagraphField(label=_("Reason"), max_length=2000)

    def __init__(self, *args: Any, serial: Serial, **options: Any) -> None:
        super().__init__(*args, **options)
        self.has_details = serial.installations.exists()
        if not self.has_details:
            for name in RegistrationDetails.__dataclass_fields__:
                del self.fields[name]

    def details(self) -> RegistrationDetails:
        return RegistrationDetails(
            **{name: self.cleaned_data.get(name, "") for name in RegistrationDetails.__dataclass_fields__}
        )


class NewBuyerForm(DetailsForm):
    """A new customer who takes over a serial: the customer's record, which is the registration as well. Without an
    installation, only the name is needed.
    """

    field_order = ("number",)
    number = LineField(label=_("Customer number"), max_length=64, required=False)
    reason = ParagraphField(label=_("Reason"), max_length=2000)

    def __init__(self, *args: Any, serial: Serial, **options: Any) -> None:
        super().__init__(*args, **options)
        self.has_details = True
        if not serial.installations.exists():
            for name in CONTACT_COLUMNS:
                self.fields[name].required = False

    def customer(self) -> NewCustomer:
        """Return the cleaned values as a new customer."""
        return new_customer(self.cleaned_data)


def new_customer(cleaned: dict[str, Any]) -> NewCustomer:
    """Return the customer of a form with the fields of a customer and a reason."""
    return NewCustomer({name: cleaned[name] for name in CORRECTABLE_FIELDS}, cleaned["reason"])


class NewCustomerForm(RecordForm):
    """A customer to enter by hand, with a reason."""

    reason = ParagraphField(label=_("Why is this customer entered by hand?"), max_length=2000)


class EraseForm(OperationForm):
    """The reason of an erasure, and its confirmation."""

    reason = ParagraphField(
        label=_("Reason"), max_length=2000, help_text=_("This text is kept. Do not write any names in it.")
    )
    confirmed = forms.BooleanField(
        label=_("I have checked that this is the right customer. Erasing cannot be undone."),
        error_messages={"required": _("Please tick to confirm that this is the right customer.")},
    )


class TickedValuesField(forms.MultipleChoiceField):
    """Values on record, each with a box to tick; none has to be ticked."""

    widget = forms.CheckboxSelectMultiple
    default_error_messages = {"invalid_choice": _("%(value)s is no longer on record. Tick another one.")}

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, **options)


class ForgetContactForm(OperationForm):
    """The values of a contact person, ticked among those on record, the reason, and the confirmation.

    The confirmation counts only for what the page showed: ``confirms`` compares with that.
    """

    names = TickedValuesField(label=_("Names"))
    phones = TickedValuesField(label=_("Telephone numbers"))
    emails = TickedValuesField(label=_("E-mail addresses"))
    reason = ParagraphField(
        label=_("Reason"), max_length=2000, help_text=_("This text is kept. Do not write any names in it.")
    )
    confirmed = forms.BooleanField(
        label=_("I have checked that this is the right person. Forgetting cannot be undone."), required=False
    )
    shown = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, offered: dict[ContactPart, list[OfferedValue]], **options: Any) -> None:
        super().__init__(*args, **options)
        for name, part in _FIELDS_OF_PARTS.items():
            cast(TickedValuesField, self.fields[name]).choices = [
                (each.value, _choice_label(each)) for each in offered[part]
            ]
            if not offered[part]:
                del self.fields[name]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.errors and not self.person().values:
            raise ValidationError(refusal_sentence(Refusal("contact-missing")), "contact-missing")
        return cleaned

    def ticked_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in _FIELDS_OF_PARTS if name in self.fields]

    def person(self) -> ContactPerson:
        """Return the person with the ticked values."""
        return ContactPerson(**{name: tuple(self.cleaned_data.get(name, ())) for name in _FIELDS_OF_PARTS})

    def confirms(self, traces: ContactTraces) -> bool:
        """Tell whether these traces were shown and are confirmed; adds the error if only the tick is missing."""
        if self.cleaned_data["shown"] != traces.digest:
            return False
        if not self.cleaned_data["confirmed"]:
            self.add_error("confirmed", _("Please tick to confirm that this is the right person."))
        return bool(self.cleaned_data.get("confirmed"))


_FIELDS_OF_PARTS = {"names": ContactPart.NAME, "phones": ContactPart.PHONE, "emails": ContactPart.EMAIL}


def _choice_label(offered: OfferedValue) -> str:
    """A value and where it stands: “Sabine Vogel (Customers, Registrations)”."""
    return f"{offered.value} ({', '.join(str(TITLES[table]) for table in offered.tables)})"
