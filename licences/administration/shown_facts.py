"""Forms of the administration that carry what they showed, for records that two people may edit
(docs/decisions.md#two-people-one-record)."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Field, ManyToManyField, Model
from django.http import QueryDict
from django.utils.translation import gettext as _

from licences.domain.cells import visible_line
from licences.domain.shown_records import changed_fields
from licences.forms.shown_records import FIELD, as_text, from_text


class ShownFactsForm(forms.ModelForm):
    """A form that refuses to save where the record has changed since it was opened, and says how it reads now.

    What was typed stays; fields that nobody touched take the value on record. Sending the form once more saves it.
    Texts are saved without what cannot be seen.
    """

    not_compared: tuple[str, ...] = ()  # fields that the form does not carry
    shown = forms.CharField(required=False, widget=forms.HiddenInput, strip=False, label="")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.record = self._values(self.instance) if self.instance.pk else {}
        self.initial[FIELD] = as_text(self.record)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = self._visible(super().clean() or {})
        shown = from_text(cleaned.get(FIELD) or "")
        if shown is None or not self.record:
            return cleaned
        stored = type(self.instance)._base_manager.select_for_update(no_key=True).get(pk=self.instance.pk)
        current = self._values(stored)
        if changed := changed_fields(shown, current):
            self._refuse(changed, shown, stored)
        return cleaned

    def _visible(self, cleaned: dict[str, Any]) -> dict[str, Any]:
        """The cleaned values with texts as ``visible_line`` returns them, apart from passwords."""
        lines = {
            name
            for name, each in self.fields.items()
            if name != FIELD and isinstance(each, forms.CharField) and not isinstance(each.widget, forms.PasswordInput)
        }
        return {
            name: visible_line(value) if name in lines and isinstance(value, str) else value
            for name, value in cleaned.items()
        }

    def _refuse(self, changed: list[str], shown: dict[str, str], stored: Model) -> None:
        current, fields = self._values(stored), self._compared_fields()
        typed = {name: self._typed(fields[name]) for name in changed}
        sentences = [_("Somebody else changed this record while the page was open, so nothing was saved.")]
        for name in changed:
            about = {"field": self.fields[name].label, "shown": shown[name] or "–", "current": current[name] or "–"}
            about["typed"] = typed[name] or "–"
            sentences.append(
                _("%(field)s: “%(shown)s” when you opened the page, “%(current)s” now; you typed “%(typed)s”.") % about
            )
        sentences.append(_("Look at the fields, then save again."))
        if isinstance(self.data, QueryDict):
            data = self.data.copy()
            data[FIELD] = as_text(current)
            for name in changed:
                if typed[name] == shown[name]:
                    data.setlist(self.add_prefix(name), self._posted(fields[name], stored))
            self.data = data
        self.add_error(None, [ValidationError(sentence, code="changed-meanwhile") for sentence in sentences])

    def _posted(self, field: Field, stored: Model) -> list[str]:
        """The value on record as a browser sends it."""
        if isinstance(field, ManyToManyField):
            return [str(each.pk) for each in getattr(stored, field.name).all()]
        if isinstance(self.fields[field.name], forms.BooleanField):
            return ["on"] if field.value_from_object(stored) else []
        return [field.value_to_string(stored)]

    def _typed(self, field: Field) -> str:
        """What was typed into a field, as ``_values`` would say it; as it stands if it is no value of the field."""
        if field.name not in self.cleaned_data:
            return str(self[field.name].value() or "")
        value = self.cleaned_data[field.name]
        if isinstance(field, ManyToManyField):
            return _names(value)
        return field.value_to_string(type(self.instance)(**{field.attname: value}))

    def _values(self, record: Model) -> dict[str, str]:
        """The values of the fields that can be edited, as texts."""
        return {
            name: _names(getattr(record, name).all())
            if isinstance(field, ManyToManyField)
            else field.value_to_string(record)
            for name, field in self._compared_fields().items()
        }

    def _compared_fields(self) -> dict[str, Field]:
        meta = type(self.instance)._meta
        fields = (*meta.concrete_fields, *meta.many_to_many)
        return {each.name: each for each in fields if each.name in self.fields and each.name not in self.not_compared}


def _names(records: Any) -> str:
    return ", ".join(sorted(str(each) for each in records))
