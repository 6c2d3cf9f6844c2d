"""The form that chooses what the page of figures shows."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from licences.domain.figures import LONGEST_PERIOD, Period, PeriodKind
from licences.forms.hand_entries import DayField
from licences.queries.figure_choices import FigureChoice, products
from licences.wording.countries import country_code, country_name

LONGEST_NAME = 50  # of a reseller, as the figures keep it
FIELDS = ("period", "first", "last", "country", "product", "reseller")
PERIODS = (
    (PeriodKind.WEEK.value, _("Week")),
    (PeriodKind.MONTH.value, _("Month")),
    (PeriodKind.QUARTER.value, _("Quarter")),
    (PeriodKind.YEAR.value, _("Year")),
    (PeriodKind.OWN.value, _("From one day to another")),
)


class CountryField(forms.ChoiceField):
    """A code of two letters of any country; the widget offers those that the view gives it."""

    def validate(self, value: str) -> None:
        if value and country_code(value) != value:
            raise forms.ValidationError(_("Choose a country from the list."), code="invalid_choice")


class ResellerField(forms.ChoiceField):
    """The name of any sender; the widget offers those that the view gives it."""

    def validate(self, value: str) -> None:
        if len(value) > LONGEST_NAME or "\x00" in value:
            raise forms.ValidationError(_("Choose a reseller from the list."), code="invalid_choice")


class FiguresForm(forms.Form):
    """Period, country, product and reseller of the page of figures. Without any data it is the month of ``today``."""

    use_required_attribute = False

    period = forms.ChoiceField(
        label=_("Period"), choices=PERIODS, error_messages={"invalid_choice": _("Choose a period from the list.")}
    )
    first = DayField(label=_("First day"), help_text=_("Or any day of the week, month, quarter or year."))
    last = DayField(label=_("Last day"), required=False, help_text=_("Only from one day to another."))
    country = CountryField(label=_("Country"), required=False)
    product = forms.ChoiceField(
        label=_("Product"),
        required=False,
        error_messages={"invalid_choice": _("Choose a product from the list.")},
    )
    reseller = ResellerField(
        label=_("Reseller"), required=False, help_text=_("Who sent the file in which the serial number first came.")
    )

    def __init__(self, data: Mapping[str, Any], *, today: date) -> None:
        chosen = {name: data[name] for name in FIELDS if data.get(name)}
        super().__init__({"period": PeriodKind.MONTH.value, "first": today.isoformat(), **chosen})
        self._offer_products()
        self.offer_countries([])
        self.offer_resellers([])

    def offer_countries(self, codes: list[str]) -> None:
        """Let the widget offer these countries, and the one that was chosen."""
        chosen = str(self.data.get("country", ""))
        offered = {*codes, *([chosen] if chosen and country_code(chosen) == chosen else [])}
        names = sorted((country_name(code), code) for code in offered)
        field: Any = self.fields["country"]
        field.choices = [("", _("All countries")), *((code, name) for name, code in names)]

    def _offer_products(self) -> None:
        field: Any = self.fields["product"]
        field.choices = [("", _("All products")), *((str(pk), name) for pk, name in products())]

    def offer_resellers(self, names: list[str]) -> None:
        """Let the widget offer these resellers, and the one that was chosen."""
        chosen = str(self.data.get("reseller", ""))
        offered = names if not chosen or chosen in names else [chosen, *names]
        field: Any = self.fields["reseller"]
        field.choices = [("", _("All resellers")), *((name, name) for name in offered)]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        first, last = cleaned.get("first"), cleaned.get("last")
        if cleaned.get("period") == PeriodKind.OWN.value and first and "last" not in self.errors:
            if last is None:
                self.add_error("last", _("Give the last day."))
            elif last < first:
                self.add_error("last", _("This is before the first day. Give a later day."))
            elif last - first >= timedelta(days=LONGEST_PERIOD):
                self.add_error("last", _("At most three years fit on the page. Give an earlier day."))
        return cleaned

    @property
    def choice(self) -> FigureChoice:
        """Country, product and reseller of a valid form."""
        cleaned = self.cleaned_data
        return FigureChoice(cleaned["country"], int(cleaned["product"] or 0), cleaned["reseller"])

    @property
    def chosen_period(self) -> Period:
        """The period of a valid form."""
        kind, first = PeriodKind(self.cleaned_data["period"]), self.cleaned_data["first"]
        if kind is PeriodKind.OWN:
            return Period(kind, first, self.cleaned_data["last"])
        return Period.containing(kind, first)
