"""The form that chooses the month of the page of renewals."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from licences.domain.renewals import month_of
from licences.forms.fields import LineField


class MonthForm(forms.Form):
    """A month, such as 2027-01. Without any data it is that of ``today``."""

    use_required_attribute = False

    month = LineField(label=_("Month"), max_length=20, help_text=_("Like 2027-01."))

    def __init__(self, data: Mapping[str, Any], *, today: date) -> None:
        super().__init__({"month": data.get("month") or f"{today:%Y-%m}"})

    def clean_month(self) -> str:
        text: str = self.cleaned_data["month"]
        try:
            return f"{month_of(text):%Y-%m}"
        except ValueError:
            raise forms.ValidationError(_("Not a month. Write it like 2027-01."), code="invalid") from None
