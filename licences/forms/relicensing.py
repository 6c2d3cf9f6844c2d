"""Forms of the re-licensing checklist: answers, asking again, decisions, emergencies."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from licences.domain import codes
from licences.domain.checklist import Answers, Item
from licences.domain.code_kinds import CodeKind
from licences.forms.fields import (
    SAME_VERSION_HINT,
    CodeField,
    LineField,
    OperationForm,
    ParagraphField,
    with_same_version,
)
from licences.forms.pasting import PastedTextForm
from licences.models import Approval, Relicensing
from licences.wording.checklist import ITEM_NAMES


class ChecklistForm(PastedTextForm):
    """The caller's answers. Any of them may be empty: its verdict is then "missing", which is no form error."""

    code_kinds = {"serial": CodeKind.SERIAL, "site_id": CodeKind.SITE_ID, "release_code": CodeKind.RELEASE_CODE}
    renamed = {"name": "customer_name"}
    sends_after_swap = True

    serial = LineField(label=ITEM_NAMES[Item.SERIAL], max_length=100, required=False)
    site_id = LineField(label=ITEM_NAMES[Item.SITE_ID], max_length=100, required=False)
    release_code = LineField(label=ITEM_NAMES[Item.RELEASE_CODE], max_length=100, required=False)
    release_code_unavailable = forms.BooleanField(
        label=_("No release code available (the old PC is dead)"), required=False
    )
    server_version = LineField(label=ITEM_NAMES[Item.SERVER_VERSION], max_length=100, required=False)
    client_version = LineField(
        label=ITEM_NAMES[Item.CLIENT_VERSION],
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"placeholder": SAME_VERSION_HINT}),
    )
    customer_name = LineField(label=ITEM_NAMES[Item.CUSTOMER_NAME], max_length=200, required=False)
    address_line1 = LineField(label=ITEM_NAMES[Item.ADDRESS_LINE1], max_length=200, required=False)
    purpose = forms.ChoiceField(
        label=_("What does the caller want to do?"),
        choices=Relicensing.Purpose.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what the caller wants to do.")},
    )

    def in_table(self, form_id: str) -> "ChecklistForm":
        """Link the fields to the form by the attribute ``form``: in the result they are in table rows outside it."""
        for field in self.fields.values():
            field.widget.attrs["form"] = form_id
        return self

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = with_same_version(super().clean() or {})
        typed = [cleaned.get(name) for name in Answers.__dataclass_fields__]
        if not self.errors and not any(typed):
            raise ValidationError(_("Nothing was entered. Begin with the serial number."), code="empty")
        return cleaned

    def answers(self) -> Answers:
        return Answers(**{name: self.cleaned_data[name] for name in Answers.__dataclass_fields__})


class AskedAgainForm(forms.Form):
    """The close items that the clerk asked about again."""

    asked_again = forms.MultipleChoiceField(
        choices=ITEM_NAMES,
        error_messages={"required": _("Tick the items that you asked about again.")},
    )


class DecisionForm(OperationForm):
    """The items and limits that a supervisor accepts, and the reason."""

    items = forms.MultipleChoiceField(
        label=_("Accept"),
        choices=[*ITEM_NAMES.items(), *Approval.Subject.choices],
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
    form_id = "decision"

    def within(self, form_id: str) -> "DecisionForm":
        """Link the fields to the form with this id by the attribute ``form``. It keeps no drafts of them."""
        self.form_id = form_id
        self.fields["reason"].widget.attrs |= {"form": form_id, "data-no-draft": True}
        return self

    @property
    def ticked(self) -> list[str]:
        """The items and limits that are ticked, also where the form came back."""
        return list(self["items"].value() or [])

    def decision(self) -> dict[str, Any]:
        """Return the arguments of ``operations.decide_checklist``."""
        values = self.cleaned_data
        return {"items": values["items"], "reason": values["reason"], "check": values["check_number"]}


class EmergencyForm(DecisionForm):
    """The decision form when its emergency button is used: no item is accepted, an emergency code is issued."""

    items = forms.MultipleChoiceField(choices=[*ITEM_NAMES.items(), *Approval.Subject.choices], required=False)

    def decision(self) -> dict[str, Any]:
        return {"reason": self.cleaned_data["reason"], "check": self.cleaned_data["check_number"]}


class ReleaseCodeForm(PastedTextForm):
    """The release code that settles an emergency."""

    code_kinds = {"release_code": CodeKind.RELEASE_CODE}

    release_code = CodeField(label=ITEM_NAMES[Item.RELEASE_CODE], canonical=codes.canonical_release_code)
