"""Forms of purchases, returns and corrections by hand."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from licences.domain.codes import MAX_QUANTITY
from licences.domain.errors import Refusal
from licences.forms.fields import LineField, OperationForm, ParagraphField, WholeNumberField
from licences.forms.shown_records import ShownRecordForm
from licences.imports import HandPurchase
from licences.models import Product


class DayField(forms.DateField):
    """A day of this century, as the browser's calendar or a person writes it."""

    default_error_messages = {
        "invalid": _("Not a date. Write it like 2026-11-24 or 24.11.2026."),
        "range": _("The year must be between 2000 and 2099."),
    }

    def __init__(self, **options: Any) -> None:
        widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "autocomplete": "off"})
        super().__init__(input_formats=["%Y-%m-%d", "%d.%m.%Y"], widget=widget, **options)

    def validate(self, value: Any) -> None:
        super().validate(value)
        if value is not None and not 2000 <= value.year <= 2099:
            raise forms.ValidationError(self.error_messages["range"], code="range")


class QuantitiesForm(OperationForm):
    """A number of licences for each product, and the reason. ``held`` maps SKUs to what the page shows beside it."""

    reason = ParagraphField(label=_("Reason"), max_length=2000)

    def __init__(
        self, *args: Any, products: Sequence[Product], held: Mapping[str, int] | None = None, **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.products, self.held = products, held or {}
        for product in products:
            self.fields[field_of(product)] = WholeNumberField(
                label=product.name, required=False, min_value=0, max_value=MAX_QUANTITY,
                widget=forms.NumberInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
            )  # fmt: skip

    def rows(self) -> list[tuple[Product, int, forms.BoundField]]:
        """Return each product with what is held of it and its field."""
        return [(product, self.held.get(product.sku, 0), self[field_of(product)]) for product in self.products]

    def focus_on(self) -> str:
        """Return the first wrong field, otherwise the first product."""
        wrong = next((name for name in self.fields if name in self.errors), "")
        return wrong or (field_of(self.products[0]) if self.products else "")

    def quantities(self) -> dict[str, int]:
        """Return SKU → number of licences, without products that were left empty or at 0."""
        typed = {product.sku: self.cleaned_data.get(field_of(product)) or 0 for product in self.products}
        return {sku: quantity for sku, quantity in typed.items() if quantity}

    def add_refusal(self, refusal: Refusal) -> None:
        if refusal.field == "lines" and self.products:
            sku = refusal.parameters.get("product")
            product = next((each for each in self.products if each.sku == sku), self.products[0])
            refusal = Refusal(refusal.code, field=field_of(product), **refusal.parameters)
        super().add_refusal(refusal)


def field_of(product: Product) -> str:
    """Return the name of the field with the number of licences of a product."""
    return f"quantity_{product.pk}"


class PurchaseForm(QuantitiesForm):
    """A purchase for a serial number that is on record."""

    purchased_on = DayField(label=_("Day of the purchase"))
    software_assurance_until = DayField(
        label=_("Software Assurance until"), required=False, help_text=_("The last day. Empty: no cover was bought.")
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        initial = {"purchased_on": timezone.localdate(), **(options.pop("initial", None) or {})}
        super().__init__(*args, initial=initial, **options)

    def purchase(self) -> HandPurchase:
        cleaned = self.cleaned_data
        return HandPurchase(self.quantities(), cleaned["purchased_on"], cleaned["software_assurance_until"])


class NewSiteForm(PurchaseForm):
    """A purchase for a new site of a customer, which gets a serial number."""

    site_name = LineField(
        label=_("Name of the new site"),
        max_length=200,
        required=False,
        help_text=_("A customer’s only site needs no name. To add licences to a known site, open its page instead."),
    )


class ReturnForm(QuantitiesForm):
    """A return of licences of a serial number."""

    purchased_on = DayField(label=_("Day of the return"))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, initial={"purchased_on": timezone.localdate()}, **options)

    def purchase(self) -> HandPurchase:
        return HandPurchase(self.quantities(), self.cleaned_data["purchased_on"])


class CorrectionForm(ShownRecordForm, QuantitiesForm):
    """What an entry should have said. ``recorded`` maps SKUs to what it says now, negative numbers for a return."""

    def __init__(self, *args: Any, products: Sequence[Product], recorded: Mapping[str, int], **options: Any) -> None:
        self.signed = {each.sku: -1 if recorded.get(each.sku, 0) < 0 else 1 for each in products}
        record = {field_of(each): str(abs(recorded[each.sku])) for each in products if each.sku in recorded}
        held = {sku: abs(quantity) for sku, quantity in recorded.items()}
        super().__init__(*args, products=products, held=held, record=record, **options)

    def shown_quantities(self) -> dict[str, int] | None:
        """Return what the form showed, as SKU → signed number; None for a form that does not say so."""
        shown = self.shown_values()
        if shown is None:
            return None
        values = {each.sku: shown.get(field_of(each), "") for each in self.products}
        return {sku: self.signed[sku] * int(text) for sku, text in values.items() if text.isdecimal()}
