"""Choosing a customer by number, serial number or name."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from licences.domain.errors import Refusal
from licences.forms.fields import LineField, OperationForm
from licences.lookup import find_customers
from licences.queries import customers
from licences.wording.sentences import refusal_sentence

MAX_KEY = 2**63 - 1


class CustomerChoiceForm(OperationForm):
    """One customer. What is typed may be a number, a serial number or a name; of several hits, one is chosen.

    ``name`` is the name of the field; the key of a customer that was chosen from the list comes in ``<name>_id``.
    ``found`` are the customers to choose from, where what was typed may mean several.
    """

    name = "customer"
    missing = _("Enter a customer.")

    def __init__(self, *args: Any, than: Customer | None = None, refusal: str = "", **options: Any) -> None:
        """``than`` is a customer that may not be chosen, and ``refusal`` the code of the sentence that says so."""
        super().__init__(*args, **options)
        self.than, self.refusal = than, refusal
        self.found: list[Customer] = []
        self.fields[self.name] = LineField(
            label=_("The other customer") if than else _("Customer"),
            help_text=_("Name, customer number, or the serial number of one of the customer’s sites."),
            max_length=200,
            error_messages={"required": self.missing},
        )
        self.fields[f"{self.name}_id"] = forms.IntegerField(
            required=False, min_value=1, max_value=MAX_KEY, widget=forms.HiddenInput
        )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if f"{self.name}_id" in self.errors:
            self._refuse_key()
        elif self.name in cleaned:
            try:
                cleaned[self.name] = self._chosen(cleaned[self.name], cleaned.get(f"{self.name}_id"))
            except ValidationError as error:
                self.add_error(self.name, error)
        return cleaned

    def _refuse_key(self) -> None:
        """Show at the field that people see that the key beside it is none, and leave the key out of the page."""
        key = f"{self.name}_id"
        del self.errors[key]
        self.data = {**self.data.dict(), key: ""} if isinstance(self.data, QueryDict) else {**self.data, key: ""}
        words = _("The customer that was chosen from the list could not be read. Enter the customer again.")
        self.add_error(self.name, ValidationError(words, code="unreadable"))

    def customer(self) -> Customer:
        """Return the customer that was chosen."""
        chosen: Customer = self.cleaned_data[self.name]
        return chosen

    def _chosen(self, typed: str, key: int | None) -> Customer:
        usable = Customer.objects.filter(merged_into=None, erased_at=None)
        customer = usable.filter(pk=key).first() if key else customers.customer_named(typed)
        if customer is None:
            found = find_customers(typed)
            self.found = [each for each in found if each != self.than]
            if len(self.found) > 1 or (self.found and found != self.found):
                raise ValidationError(_("Several customers fit. Choose one of them."), code="several")
            customer = found[0] if found else None
        if customer is None:
            raise ValidationError(_("No customer found with this name, customer number or serial number."), "unknown")
        if customer == self.than:
            raise ValidationError(refusal_sentence(Refusal(self.refusal)), code=self.refusal)
        self.found = []
        return customer


class OtherCustomerForm(CustomerChoiceForm):
    """The customer to merge into another one."""

    name = "other"
    missing = _("Enter the customer to merge.")


class NewOwnerForm(CustomerChoiceForm):
    """The customer who is to get a serial number."""

    missing = _("Say which customer it is to belong to.")
