"""The form of the look-up."""

from django import forms
from django.utils.translation import gettext_lazy as _

from licences.forms.fields import LineField


class LookUpForm(forms.Form):
    """The search box."""

    q = LineField(label=_("Search"), max_length=200, required=False)
