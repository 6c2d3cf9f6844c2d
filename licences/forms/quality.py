"""Forms of data quality lists: the filter, what to do with entries, and saved filters."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from licences.domain.quality_findings import QUALITY_NOTE_LENGTH, QualityAct
from licences.forms.fields import LineField, OperationForm, ParagraphField
from licences.forms.hand_entries import DayField
from licences.models import QualityFilter
from licences.operations import EntryAct
from licences.queries.data_quality import EntryKey
from licences.queries.quality_pages import SHOWN_STATES, EntryFilter

FILTER_FIELDS = ("show", "assignee", "country", "town", "first", "last")


_NOBODY = "nobody"  # is chosen to remove an assignment, so that a forgotten colleague removes none


def _people(users: Iterable[User], nobody: Any) -> list[tuple[str, Any]]:
    return [("", nobody), *((str(user.pk), user.get_username()) for user in users)]


class QualityFilterForm(OperationForm):
    """Which entries are shown; the form of an address, which a link or a saved filter may hold as well."""

    show = forms.ChoiceField(label=_("Entries"), choices=lambda: list(SHOWN_STATES.items()), required=False)
    assignee = forms.ChoiceField(label=_("Assigned to"), required=False)
    country = LineField(label=_("Country"), max_length=100, required=False)
    town = LineField(label=_("Town"), max_length=200, required=False)
    first = DayField(label=_("From day"), required=False)
    last = DayField(label=_("Until day"), required=False)
    focus: str | None = ""

    def __init__(self, *args: Any, colleagues: Iterable[User], **options: Any) -> None:
        super().__init__(*args, **{"auto_id": "filter_%s", **options})  # three forms stand on one page
        self.fields["assignee"].choices = _people(colleagues, _("anybody"))  # type: ignore[attr-defined]

    def wanted(self, *, today: date, viewer: int) -> EntryFilter:
        """Return the filter; of a form with errors the default one."""
        if not self.is_valid():
            return EntryFilter(today, viewer)
        values = self.cleaned_data
        assignee = int(values["assignee"]) if values["assignee"] else None
        show = values["show"] or ("assigned" if assignee else "open")
        if assignee and show != "assigned":
            assignee = None
        return EntryFilter(
            today, viewer, show, assignee, values["country"], values["town"], values["first"], values["last"]
        )

    def values(self) -> dict[str, str]:
        """Return the parameters of the address, without empty ones; none of a form with errors."""
        if not self.is_valid():
            return {}
        typed = {name: self.cleaned_data.get(name) for name in FILTER_FIELDS}
        return {name: str(value) for name, value in typed.items() if value}  # a day in ISO 8601


class EntryTokens(forms.Field):
    """Entries as the page names them: ``17-0-2`` is the key (17, 0) in its version 2."""

    widget = forms.MultipleHiddenInput
    default_error_messages = {"invalid": _("These are no entries of this list. Open the list again.")}

    def clean(self, value: Any) -> dict[EntryKey, int]:
        try:
            tokens = [tuple(int(part) for part in text.split("-")) for text in value or []]
            return {(subject, second): version for subject, second, version in tokens}
        except ValueError:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from None


class EntryActForm(OperationForm):
    """What to do with entries, and with which: those that are ticked, the whole page or the whole filtered list."""

    act = forms.ChoiceField(
        label=_("What to do"),
        choices=[
            (QualityAct.TICK_OFF.value, _("Tick off")),
            (QualityAct.SNOOZE.value, _("Snooze until a day")),
            (QualityAct.ASSIGN.value, _("Assign to a colleague")),
            (QualityAct.PUT_BACK.value, _("Put back on the list")),
        ],
        widget=forms.RadioSelect,
        initial=QualityAct.TICK_OFF.value,
        error_messages={"required": _("Choose what to do."), "invalid_choice": _("Choose what to do.")},
    )
    until = DayField(label=_("Snoozed until"), required=False)
    assignee = forms.ChoiceField(label=_("Assigned to"), required=False)
    note = ParagraphField(label=_("Note"), max_length=QUALITY_NOTE_LENGTH, required=False)
    scope = forms.ChoiceField(
        label=_("For which entries"),
        choices=[
            ("ticked", _("The ticked entries")),
            ("page", _("All entries on this page")),
            ("list", _("All entries of this filter, on every page")),
        ],
        widget=forms.RadioSelect,
        initial="ticked",
        error_messages={"required": _("Choose for which entries."), "invalid_choice": _("Choose for which entries.")},
    )
    entry = EntryTokens(required=False)
    shown = EntryTokens(required=False)
    seen_at = forms.CharField(required=False, widget=forms.HiddenInput, max_length=40)
    focus: str | None = ""

    def __init__(self, *args: Any, colleagues: Iterable[User], **options: Any) -> None:
        super().__init__(*args, **{"auto_id": "act_%s", **options})
        choices = [("", _("choose a colleague")), (_NOBODY, _("nobody")), *_people(colleagues, "")[1:]]
        self.fields["assignee"].choices = choices  # type: ignore[attr-defined]
        self.fields["note"].widget.attrs["rows"] = 2

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if values.get("act") == QualityAct.ASSIGN and values.get("assignee") == "":
            self.add_error("assignee", _("Choose a colleague, or “nobody” to remove the assignment."))
        return values

    def clean_seen_at(self) -> datetime | None:
        try:
            at = parse_datetime(self.cleaned_data["seen_at"])
        except ValueError:
            return None
        return at if at and at.tzinfo else None

    def wanted(self) -> EntryAct:
        """Return what to do."""
        values = self.cleaned_data
        assignee = None if values["assignee"] in ("", _NOBODY) else int(values["assignee"])
        return EntryAct(QualityAct(values["act"]), values["note"], values["until"], assignee)

    def ticked(self) -> set[str]:
        """Return the tokens of the entries that were ticked, also of a form with errors."""
        return set(self["entry"].value() or [])


class SavedFilterForm(OperationForm):
    """The name of a saved filter, and whether the team sees it; only who may share filters is asked that."""

    name = LineField(
        label=_("Name of the filter"), max_length=60, error_messages={"required": _("Give the filter a name.")}
    )
    is_shared = forms.BooleanField(label=_("Share with the team"), required=False)
    focus: str | None = ""

    def __init__(self, *args: Any, may_share: bool, saved: QualityFilter | None = None, **options: Any) -> None:
        initial = {"name": saved.name, "is_shared": saved.is_shared} if saved else None
        super().__init__(*args, **{**options, "initial": initial})
        if not may_share:
            del self.fields["is_shared"]

    def is_to_be_shared(self) -> bool:
        return bool(self.cleaned_data.get("is_shared"))
