"""Forms that correct a record and carry what they showed (docs/decisions.md#two-people-one-record)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.functional import Promise

from licences.domain.errors import Refusal
from licences.domain.shown_records import changed_fields
from licences.forms.fields import OperationForm

FIELD = "shown"


@dataclass(frozen=True, slots=True)
class ChangedField:
    """A field that somebody else changed: its label, what was shown, what is on record now, and what was typed."""

    label: str | Promise
    shown: str
    current: str
    typed: str


def as_text(values: Mapping[str, str]) -> str:
    """Return values as the hidden field carries them."""
    return json.dumps(dict(values), ensure_ascii=False)


def from_text(text: str) -> dict[str, str] | None:
    """Return the values of a hidden field; None where it is missing or nobody's."""
    try:
        values = json.loads(text)
    except ValueError:
        return None
    return {str(name): str(value) for name, value in values.items()} if isinstance(values, dict) else None


def with_current(data: QueryDict, shown: Mapping[str, str], current: Mapping[str, str]) -> QueryDict:
    """Return the data of a form that was refused: what was typed stays, and what nobody touched is as on record now."""
    merged = data.copy()
    for name in changed_fields(shown, current):
        if merged.get(name, "").strip() == shown[name].strip():
            merged[name] = current[name]
    merged[FIELD] = as_text(current)
    return merged


class ShownRecordForm(OperationForm):
    """The base of forms that correct a record. ``record`` holds the record's values now, by the names of the fields.

    After the refusal ``changed-meanwhile``, ``changed`` lists what somebody else changed. Sending the form once more
    saves it.
    """

    shown = forms.CharField(required=False, widget=forms.HiddenInput, strip=False, max_length=20_000)

    def __init__(self, *args: Any, record: Mapping[str, str], **options: Any) -> None:
        initial = {**record, FIELD: as_text(record), **(options.pop("initial", None) or {})}
        super().__init__(*args, **{**options, "initial": initial})
        self.record = record
        self.changed: list[ChangedField] = []

    def shown_values(self) -> dict[str, str] | None:
        """Return what the form showed; None for a form that does not say so."""
        return from_text(self.cleaned_data.get(FIELD) or "")

    def add_refusal(self, refusal: Refusal) -> None:
        if refusal.code == "changed-meanwhile":
            self._show_both(self.shown_values() or {})
        super().add_refusal(refusal)

    def _show_both(self, shown: Mapping[str, str]) -> None:
        self.changed = [
            ChangedField(self.fields[name].label or name, shown[name], self.record[name], str(self[name].value() or ""))
            for name in changed_fields(shown, self.record)
            if name in self.fields
        ]
        if isinstance(self.data, QueryDict):
            self.data = with_current(self.data, shown, self.record)
