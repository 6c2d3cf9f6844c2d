"""Forms that register an installation, by staff or by the customer, and that renew a registration's details."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from customers.contact import CONTACT_LENGTHS
from customers.models import Customer
from licences.domain import codes
from licences.domain.code_kinds import CodeKind
from licences.domain.details import RegistrationDetails
from licences.domain.errors import Refusal
from licences.domain.versions import Versions
from licences.forms.fields import CodeField, LineField, OperationForm, ParagraphField, with_same_version
from licences.forms.pasting import PastedTextForm
from licences.forms.shown_records import ShownRecordForm
from licences.models import Registration
from licences.wording.lookalikes import lookalike_hint
from licences.wording.servers import sentence_at_the_server


class DetailsForm(OperationForm):
    """A customer's registration details; four of them are required (docs/domain.md#registration-details)."""

    name = LineField(label=_("Customer's name"), max_length=200)
    address_line1 = LineField(label=_("Address, first line"), max_length=CONTACT_LENGTHS["address_line1"])
    address_line2 = LineField(
        label=_("Address, second line"), max_length=CONTACT_LENGTHS["address_line2"], required=False
    )
    postcode = LineField(label=_("Postcode"), max_length=CONTACT_LENGTHS["postcode"], required=False)
    city = LineField(label=_("Town"), max_length=CONTACT_LENGTHS["city"], required=False)
    country = LineField(label=_("Country"), max_length=CONTACT_LENGTHS["country"], required=False)
    contact_name = LineField(label=_("Contact's name"), max_length=CONTACT_LENGTHS["contact_name"])
    contact_phone = LineField(label=_("Telephone number"), max_length=CONTACT_LENGTHS["contact_phone"])
    contact_email = LineField(label=_("E-mail"), max_length=CONTACT_LENGTHS["contact_email"], required=False)

    def details(self) -> RegistrationDetails:
        """Return the cleaned values as ``RegistrationDetails``."""
        return RegistrationDetails(
            **{name: self.cleaned_data[name] for name in RegistrationDetails.__dataclass_fields__}
        )


class RegistrationForm(PastedTextForm, DetailsForm):
    """Serial, site ID, versions and the customer's details."""

    code_kinds = {"serial": CodeKind.SERIAL, "site_id": CodeKind.SITE_ID}

    field_order = ("serial", "site_id", "server_version", "client_version")
    serial = CodeField(label=_("Serial number"), canonical=codes.canonical_serial)
    site_id = CodeField(label=_("Site ID"), canonical=codes.canonical_site_id)
    server_version = LineField(label=_("Xchange Server version"), max_length=32)
    client_version = LineField(label=_("Client software version"), max_length=32)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = with_same_version(super().clean() or {})
        if "server_version" in cleaned and "client_version" in cleaned:
            try:
                cleaned["versions"] = Versions.parse(server=cleaned["server_version"], client=cleaned["client_version"])
            except Refusal as refusal:
                self.add_refusal(refusal)
        return cleaned

    def installation(self) -> dict[str, Any]:
        """Return the arguments of ``operations.register_installation``."""
        typed = {name: self.cleaned_data[name] for name in ("serial", "site_id", "versions")}
        return {**typed, "details": self.details()}


# What browsers fill in for customers, by field (the tokens of HTML's autofill).
AUTOFILL = {
    "name": "organization",
    "address_line1": "address-line1",
    "address_line2": "address-line2",
    "postcode": "postal-code",
    "city": "address-level2",
    "country": "country-name",
    "contact_name": "name",
    "contact_phone": "tel",
    "contact_email": "email",
}
INPUT_TYPES = {"contact_phone": "tel", "contact_email": "email"}
CODES = ("serial", "site_id", "unlock_code")
# The codes that may be misread where a refusal is about them.
CODES_IN_QUESTION = {"unknown-serial": ("serial", "site_id"), "installation-not-proved": ("unlock_code",)}


class PublicRegistrationForm(RegistrationForm):
    """The registration form for customers, with error messages addressed to them, and filled in by their browser.

    A code that is refused gets a hint about characters that are easily confused. It is made of what was typed alone
    (docs/codes.md#easily-confused).
    """

    code_kinds = {**RegistrationForm.code_kinds, "unlock_code": CodeKind.UNLOCK_CODE}

    unlock_code = CodeField(
        label=_("Current unlock code of this server"),
        help_text=_("Only if the server is already registered: with this code it gets the latest one."),
        canonical=codes.canonical_unlock_code,
        required=False,
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["name"].label = _("Name of your company")
        for field in self.fields.values():
            field.error_messages["required"] = _("This must not be empty.")
            if isinstance(field, CodeField):
                field.sentence_of = sentence_at_the_server
        for name, token in AUTOFILL.items():
            self.fields[name].widget.attrs["autocomplete"] = token
        for name, input_type in INPUT_TYPES.items():
            self.fields[name].widget.input_type = input_type
        for name in ("serial", "site_id"):
            self.fields[name].help_text = _("There is no zero in a code: what looks like one is the letter O.")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        for name in [name for name in CODES if name in self.errors]:
            self._add_lookalike_hint(name)
        return cleaned

    def add_refusal(self, refusal: Refusal) -> None:
        field = refusal.field if refusal.field in self.fields else None
        typed = sentence_at_the_server(refusal.code, refusal.parameters)
        self.add_error(field, ValidationError(typed, code=refusal.code))
        for name in CODES_IN_QUESTION.get(refusal.code, ()):
            self._add_lookalike_hint(name)

    def _add_lookalike_hint(self, name: str) -> None:
        hint = lookalike_hint(self.as_typed.get(name, ""))
        if hint:
            self.add_error(name, ValidationError(hint, code="lookalikes"))


class RenewalForm(ShownRecordForm, DetailsForm):
    """New registration details, and the reason for them."""

    reason = ParagraphField(label=_("Why"), max_length=2000)


def details_of(record: Registration | Customer | None) -> dict[str, str]:
    """Return the details on record, by the names of their fields; empty without a record."""
    return {name: getattr(record, name) for name in RegistrationDetails.__dataclass_fields__} if record else {}
