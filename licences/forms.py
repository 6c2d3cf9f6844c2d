"""What is asked on screen: typed text becomes clean values, or a sentence that says what to do."""

import unicodedata
from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from licences.domain import codes
from licences.domain.checklist import Answers
from licences.domain.details import Details
from licences.domain.errors import Refusal
from licences.models import Approval, FileImport, Registration, Relicensing
from licences.models.relicensing import ItemName
from licences.operations import Versions
from licences.server_wording import sentence_at_the_server
from licences.wording import refusal_sentence, sentence


class LineField(forms.CharField):
    """One line of text, kept as typed but for the blanks around it. Refuses what no keyboard makes."""

    default_error_messages = {
        "required": _("This must not be empty. Ask for it and type it in."),
        "max_length": _("At most %(limit_value)d characters fit here; this has %(show_value)d. Shorten it."),
        "control": _("Character %(position)d is a control character (%(name)s). Delete it or type the text again."),
    }

    def __init__(self, *, autocomplete: str = "off", **options: Any) -> None:
        super().__init__(**options)
        self.widget.attrs.update({"autocomplete": autocomplete, "spellcheck": "false"})

    def to_python(self, value: Any) -> str:
        text = super().to_python(value) or ""
        for position, symbol in enumerate(text, start=1):
            if unicodedata.category(symbol) in ("Cc", "Cs", "Zl", "Zp"):
                raise ValidationError(
                    self.error_messages["control"],
                    code="control",
                    params={"position": position, "name": f"U+{ord(symbol):04X}"},
                )
        return text


class ParagraphField(LineField):
    """Several lines of text."""

    widget = forms.Textarea
    default_error_messages = {"required": _("This must not be empty. Write down the reason.")}

    def to_python(self, value: Any) -> str:
        lines = (super(LineField, self).to_python(value) or "").splitlines()
        return "\n".join(LineField.to_python(self, line) for line in lines)


class CodeField(LineField):
    """A code in any case, grouping or dash, with 0 for O. Cleans to the canonical form."""

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
    """The field of a form on which work goes on has the focus when the page opens."""

    form: "OperationForm"

    def build_widget_attrs(self, attrs: dict[str, Any], widget: forms.Widget | None = None) -> dict[str, Any]:
        attrs = super().build_widget_attrs(attrs, widget)
        if self.form.focus_on() == self.name:
            attrs["autofocus"] = True
        return attrs


class OperationForm(forms.Form):
    """A form in front of an operation, which may refuse after all: then the form shows why, where it belongs."""

    use_required_attribute = False  # one clear sentence from us, the same in every browser
    bound_field_class = FocusedField
    focus: str | None = None  # a field's name, "" for none; None: the first error, else the first empty field

    def focus_on(self) -> str:
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
        field = refusal.field if refusal.field in self.fields else None
        self.add_error(field, ValidationError(refusal_sentence(refusal), code=refusal.code))


# --- Registering -----------------------------------------------------------------------------------


class RegistrationForm(OperationForm):
    """Serial, site ID, versions and the customer's details. The four that must be there are marked."""

    serial = CodeField(label=_("Serial number"), canonical=codes.canonical_serial)
    site_id = CodeField(label=_("Site ID"), canonical=codes.canonical_site_id)
    server_version = LineField(label=_("Xchange Server version"), max_length=32)
    client_version = LineField(label=_("Client software version"), max_length=32)
    name = LineField(label=_("Customer's name"), max_length=200)
    address_line1 = LineField(label=_("Address, first line"), max_length=200)
    address_line2 = LineField(label=_("Address, second line"), max_length=200, required=False)
    postcode = LineField(label=_("Postcode"), max_length=20, required=False)
    city = LineField(label=_("Town"), max_length=100, required=False)
    country = LineField(label=_("Country"), max_length=100, required=False)
    contact_name = LineField(label=_("Contact's name"), max_length=200)
    contact_phone = LineField(label=_("Telephone number"), max_length=100)
    contact_email = LineField(label=_("E-mail"), max_length=254, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if "server_version" in cleaned and "client_version" in cleaned:
            try:
                cleaned["versions"] = Versions.parse(server=cleaned["server_version"], client=cleaned["client_version"])
            except Refusal as refusal:
                self.add_refusal(refusal)
        return cleaned

    def details(self) -> Details:
        return Details(**{name: self.cleaned_data[name] for name in Details.__dataclass_fields__})


class PublicRegistrationForm(RegistrationForm):
    """The same, filled in by the customer: what is wrong is said to him, who can ask nobody."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for field in self.fields.values():
            field.error_messages["required"] = _("This must not be empty.")
            if isinstance(field, CodeField):
                field.sentence_of = sentence_at_the_server

    def add_refusal(self, refusal: Refusal) -> None:
        field = refusal.field if refusal.field in self.fields else None
        said = sentence_at_the_server(refusal.code, refusal.parameters)
        self.add_error(field, ValidationError(said, code=refusal.code))


class RenewalForm(OperationForm):
    """New registration details, beside the old ones, and why."""

    name = LineField(label=_("Customer's name"), max_length=200)
    address_line1 = LineField(label=_("Address, first line"), max_length=200)
    address_line2 = LineField(label=_("Address, second line"), max_length=200, required=False)
    postcode = LineField(label=_("Postcode"), max_length=20, required=False)
    city = LineField(label=_("Town"), max_length=100, required=False)
    country = LineField(label=_("Country"), max_length=100, required=False)
    contact_name = LineField(label=_("Contact's name"), max_length=200)
    contact_phone = LineField(label=_("Telephone number"), max_length=100)
    contact_email = LineField(label=_("E-mail"), max_length=254, required=False)
    reason = ParagraphField(label=_("Why"), max_length=2000)

    def details(self) -> Details:
        return Details(**{name: self.cleaned_data[name] for name in Details.__dataclass_fields__})

    @classmethod
    def initial_from(cls, record: Registration | Customer) -> dict[str, str]:
        return {name: getattr(record, name) for name in Details.__dataclass_fields__}


# --- Re-licensing ----------------------------------------------------------------------------------


class ChecklistForm(OperationForm):
    """What the caller says. Every item may be left open: then its verdict is "missing", not an error."""

    serial = LineField(label=ItemName.SERIAL.label, max_length=100, required=False)
    site_id = LineField(label=ItemName.SITE_ID.label, max_length=100, required=False)
    release_code = LineField(label=ItemName.RELEASE_CODE.label, max_length=100, required=False)
    release_code_unavailable = forms.BooleanField(
        label=_("The caller cannot get a release code (the old PC is dead)"), required=False
    )
    server_version = LineField(label=ItemName.SERVER_VERSION.label, max_length=100, required=False)
    client_version = LineField(label=ItemName.CLIENT_VERSION.label, max_length=100, required=False)
    customer_name = LineField(label=ItemName.CUSTOMER_NAME.label, max_length=200, required=False)
    address_line1 = LineField(label=ItemName.ADDRESS_LINE1.label, max_length=200, required=False)
    purpose = forms.ChoiceField(
        label=_("What is the serial number needed for?"),
        choices=Relicensing.Purpose.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Say what the serial number is needed for.")},
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name in ("serial", "site_id", "release_code"):
            self.fields[name].widget.attrs.update({"class": "code-input", "autocapitalize": "characters"})

    def in_table(self, form_id: str) -> "ChecklistForm":
        """The fields stand in the rows of a table, which cannot be inside the form they belong to."""
        for field in self.fields.values():
            field.widget.attrs["form"] = form_id
        return self

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        said = [cleaned.get(name) for name in Answers.__dataclass_fields__]
        if not self.errors and not any(said):
            raise ValidationError(_("Nothing was entered. Begin with the serial number."), code="empty")
        return cleaned

    def answers(self) -> Answers:
        return Answers(**{name: self.cleaned_data[name] for name in Answers.__dataclass_fields__})


class AskedAgainForm(forms.Form):
    """Which of the close items the clerk asked about again."""

    asked_again = forms.MultipleChoiceField(
        choices=ItemName.choices,
        error_messages={"required": _("Tick the items that you asked about again.")},
    )


class DecisionForm(OperationForm):
    """Which items someone who may decide accepts, and why."""

    items = forms.MultipleChoiceField(
        label=_("Accept"),
        choices=[*ItemName.choices, *Approval.Subject.choices],
        error_messages={"required": _("Tick the item that you accept.")},
    )
    check_number = forms.IntegerField(
        min_value=1,
        max_value=2**15 - 1,
        widget=forms.HiddenInput,
        error_messages=dict.fromkeys(
            ("required", "invalid", "min_value", "max_value"), _("Look at the checklist again before you decide.")
        ),
    )
    reason = ParagraphField(label=_("Reason"), max_length=2000)


class EmergencyForm(DecisionForm):
    """The same form, sent with the other button: no item is accepted, an emergency code is issued."""

    items = forms.MultipleChoiceField(choices=[*ItemName.choices, *Approval.Subject.choices], required=False)


class ReleaseCodeForm(OperationForm):
    """The release code that an emergency was waiting for."""

    release_code = CodeField(label=ItemName.RELEASE_CODE.label, canonical=codes.canonical_release_code)


# --- Imports -----------------------------------------------------------------------------------------


class ImportForm(OperationForm):
    """A file to import, and what its rows are."""

    kind = forms.ChoiceField(
        label=_("What is in the file?"),
        choices=FileImport.Kind.choices,
        initial=FileImport.Kind.PURCHASES,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Say what is in the file."),
            "invalid_choice": _("Say what is in the file: one of these."),
        },
    )
    file = forms.FileField(
        label=_("File"),
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.tsv,.xlsx"}),
        error_messages={
            "required": _("Choose a file."),
            "invalid": _("Choose a file."),
            "missing": _("Choose a file."),
            "empty": _("This file is empty. Choose another."),
        },
    )

    def clean_file(self) -> UploadedFile:
        upload: UploadedFile = self.cleaned_data["file"]
        size = upload.size or 0
        if size > settings.IMPORT_MAX_BYTES:
            raise ValidationError(
                _("This file has %(size)s; at most %(limit)s can be imported. Split it."),
                code="too-large",
                params={"size": filesizeformat(size), "limit": filesizeformat(settings.IMPORT_MAX_BYTES)},
            )
        return upload


class ConfirmImportForm(forms.Form):
    """Which preview was seen, and whether its valid rows are imported without the others."""

    preview = forms.IntegerField(min_value=0, max_value=2**15 - 1)
    accept_valid = forms.BooleanField(required=False)


# --- Others ------------------------------------------------------------------------------------------


class ReasonForm(OperationForm):
    """A decision that needs nothing but its reason."""

    reason = ParagraphField(label=_("Reason"), max_length=2000)


class LookUpForm(forms.Form):
    """The one search box."""

    q = LineField(label=_("Search"), max_length=200, required=False)
