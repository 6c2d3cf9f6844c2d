"""The forms of reminders: what to do with one, and the rule of a kind."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from licences.domain.reminders import TRAITS, ReminderAct, ReminderKind, ReminderUnit
from licences.forms.fields import OperationForm, WholeNumberField
from licences.forms.hand_entries import DayField
from licences.models import ReminderRule
from licences.operations import RuleValues
from licences.roles import ROLE_NAMES, ROLES
from licences.wording.reminders import NUMBER_LABELS


class ReminderActForm(OperationForm):
    """What to do with a reminder, and until when it is snoozed."""

    act = forms.ChoiceField(
        label=_("What to do"),
        choices=[
            (ReminderAct.TICK_OFF.value, _("Tick off")),
            (ReminderAct.SNOOZE.value, _("Snooze until a day")),
            (ReminderAct.PUT_BACK.value, _("Put back")),
        ],
        widget=forms.RadioSelect,
        initial=ReminderAct.SNOOZE.value,
        error_messages={"required": _("Choose what to do."), "invalid_choice": _("Choose what to do.")},
    )
    until = DayField(label=_("Snoozed until"), required=False)
    focus: str | None = ""

    @property
    def wanted(self) -> ReminderAct:
        """What to do, of a valid form."""
        return ReminderAct(self.cleaned_data["act"])


class ReminderRuleForm(OperationForm):
    """The rule of a kind; ``version`` is the one that was shown."""

    is_on = forms.BooleanField(label=_("Switched on"), required=False)
    number = WholeNumberField(
        label=_("Number"), required=False, error_messages={"invalid": _("Give a whole number, such as 30.")}
    )
    role = forms.ChoiceField(
        label=_("On the desk of"),
        error_messages=dict.fromkeys(("required", "invalid_choice"), _("Choose a role from the list.")),
    )
    in_digest = forms.BooleanField(
        label=_("In the daily e-mail"),
        required=False,
        help_text=_("It goes to users in this role who chose it in their account."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    focus: str | None = ""

    def __init__(self, *args: Any, rule: ReminderRule, **options: Any) -> None:
        kind = ReminderKind(rule.kind)
        traits = TRAITS[kind]
        shown = {name: getattr(rule, name) for name in ("is_on", "number", "role", "in_digest", "version")}
        super().__init__(*args, **{**options, "initial": shown})
        able = [role for role in ROLES if traits.permission in ROLES[role]]
        self.fields["role"].choices = [(role, ROLE_NAMES[role]) for role in able]  # type: ignore[attr-defined]
        if traits.unit is ReminderUnit.NOTHING:
            del self.fields["number"]
        else:
            self.fields["number"].label = str(NUMBER_LABELS[kind])
            self.fields["number"].widget.attrs.update({"min": traits.least, "max": traits.most})

    def values(self) -> RuleValues:
        """The values of a valid form."""
        cleaned = self.cleaned_data
        return RuleValues(cleaned["is_on"], cleaned.get("number"), cleaned["role"], cleaned["in_digest"])
