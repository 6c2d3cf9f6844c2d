"""The fields and the base form of all staff pages."""

import unicodedata
from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from licences.domain.cells import visible_line
from licences.domain.errors import Refusal
from licences.wording.sentences import refusal_sentence, sentence


class LineField(forms.CharField):
    """One line of text, trimmed and without what cannot be seen (docs/decisions.md#a-key-typed-otherwise).

    Control characters, lone surrogates and line breaks are errors.
    """

    default_error_messages = {
        "required": _("This is missing. Ask for it and type it in."),
        "max_length": _("At most %(limit_value)d characters fit here; this has %(show_value)d. Shorten it."),
        "control": _("Character %(position)d is a control character (%(name)s). Delete it or type the text again."),
    }

    def __init__(self, *, autocomplete: str = "off", **options: Any) -> None:
        super().__init__(**options)
        self.widget.attrs.update({"autocomplete": autocomplete, "spellcheck": "false"})

    def to_python(self, value: Any) -> str:
        text = visible_line(super().to_python(value) or "")
        for position, symbol in enumerate(text, start=1):
            if unicodedata.category(symbol) in ("Cc", "Cs", "Zl", "Zp"):
                raise ValidationError(
                    self.error_messages["control"],
                    code="control",
                    params={"position": position, "name": f"U+{ord(symbol):04X}"},
                )
        return text


class ParagraphField(LineField):
    """Several lines of text. Line breaks stay; what cannot be seen does not."""

    widget = forms.Textarea
    default_error_messages = {"required": _("Give the reason.")}

    def to_python(self, value: Any) -> str:
        lines = (super(LineField, self).to_python(value) or "").splitlines()
        return "\n".join(LineField.to_python(self, line) for line in lines)


class WholeNumberField(forms.IntegerField):
    """A whole number in digits. A point or comma in it is an error: in "1.000" it may be of thousands or a decimal one.

    Django's own field reads "1.000" as 1, also for a reader who means a thousand.
    """

    default_error_messages = {
        "separator": _("Write the number in digits alone, such as 1000, without points, commas or decimals.")
    }

    def to_python(self, value: Any) -> int | None:
        if set(str(value)) & set(".,"):
            raise ValidationError(self.error_messages["separator"], code="separator")
        return super().to_python(value)


class CodeField(LineField):
    """A code in any case and grouping, with O for 0. Cleans to its canonical form."""

    def __init__(self, *, canonical: Callable[[str], str], **options: Any) -> None:
        super().__init__(max_length=100, **options)
        self.canonical = canonical
        self.sentence_of: Callable[[str, Mapping[str, Any]], str] = sentence
        self.widget.attrs.update({"autocapitalize": "characters", "class": "code-input"})

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        try:
            return self.canonical(text) if text else ""
        except Refusal as refusal:
            raise ValidationError(self.sentence_of(refusal.code, refusal.parameters), code=refusal.code) from None


class FocusedField(forms.BoundField):
    """A bound field that gets ``autofocus`` if the form's ``focus_on`` names it."""

    form: "OperationForm"

    def build_widget_attrs(self, attrs: dict[str, Any], widget: forms.Widget | None = None) -> dict[str, Any]:
        attrs = super().build_widget_attrs(attrs, widget)
        if self.form.focus_on() == self.name:
            attrs["autofocus"] = True
        return attrs


class OperationForm(forms.Form):
    """The form of an operation. ``add_refusal`` shows the operation's refusal at the field it is about."""

    use_required_attribute = False  # one clear sentence from us, the same in every browser
    bound_field_class = FocusedField
    focus: str | None = None  # a field's name, "" for none; None: the first error, else the first empty field

    def focus_on(self) -> str:
        """Return the name of the field that gets the focus, or "" for none."""
        if self.focus is not None:
            return self.focus
        wrong = (name for name in self.fields if name in self.errors)
        empty = (
            name
            for name in self.fields
            if not self.is_bound and not self.get_initial_for_field(self.fields[name], name)
        )
        return next(wrong, "") or next(empty, "")

    def add_refusal(self, refusal: Refusal) -> None:
        """Add a refusal as an error of its field, or of the form if it names none of the fields."""
        field = refusal.field if refusal.field in self.fields else None
        self.add_error(field, ValidationError(refusal_sentence(refusal), code=refusal.code))


# --- Versions ---------------------------------------------------------------------------------------

SAME_VERSION = "="  # typed as the version of the client software: the same as the server's
SAME_VERSION_HINT = _("= for the same version")


def with_same_version(cleaned: dict[str, Any]) -> dict[str, Any]:
    """Return cleaned values in which ``=`` as ``client_version`` is replaced by the ``server_version``."""
    if cleaned.get("client_version") != SAME_VERSION:
        return cleaned
    return {**cleaned, "client_version": cleaned.get("server_version", "")}


# --- Others ------------------------------------------------------------------------------------------


class ReasonForm(OperationForm):
    """A reason, and nothing else."""

    reason = ParagraphField(label=_("Reason"), max_length=2000)
