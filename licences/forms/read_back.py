"""The form for what a caller reads back of an unlock code."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from licences.domain.read_back import LONGEST_TEXT
from licences.forms.fields import LineField, OperationForm


class ReadBackForm(OperationForm):
    """What the caller reads, or what their server refuses. It is compared and forgotten."""

    focus = ""  # the code has it, until something was compared

    text = LineField(
        label=_("What the caller reads, or what their server refuses"),
        max_length=LONGEST_TEXT,
        error_messages={"required": _("Type what the caller reads back.")},
        widget=forms.TextInput(attrs={"class": "code-input read-back-input", "autocapitalize": "characters"}),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if self.is_bound:
            self.focus = "text"
