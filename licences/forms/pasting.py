"""Forms with code fields, which take apart what was pasted into them (docs/domain.md#help-while-typing)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.forms.utils import ErrorList

from licences.domain.code_extraction import LONGEST_TEXT, ExtractedFields, code_in_field, extract_fields
from licences.domain.code_kinds import (
    GROUP_SIZES,
    KIND_BY_LENGTH,
    LENGTHS,
    CodeKind,
    Misplaced,
    code_of,
    find_misplaced,
)
from licences.domain.pasted_patterns import LABELS, VALUE_PATTERNS
from licences.forms.fields import FocusedField, OperationForm
from licences.wording import typing_help

_WRONG_LENGTH = {"code-length", "serial-of-ten-symbols"}
LONGEST_IN_A_LINE = 2000  # characters that a browser lets one paste into a code field


class CodeBoundField(FocusedField):
    """A bound field that knows whether its text has the form of another field's code."""

    form: "PastedTextForm"

    @property
    def misplaced(self) -> Misplaced | None:
        return self.form.misplaced.get(self.name)

    @property
    def misplaced_sentence(self) -> str:
        """Return the sentence about a misplaced text. Only for fields that have one."""
        return self.form.sentence_about(self.name)

    @property
    def has_swap_button(self) -> bool:
        """Whether the button that swaps stands here: at the first of two fields that hold each other's code."""
        misplaced = self.form.misplaced
        other = misplaced[self.name].other
        names = list(self.form.code_kinds)
        is_second = other in misplaced and names.index(other) < names.index(self.name)
        return bool(other) and not (is_second and misplaced[other].other == self.name)

    @property
    def swap_label(self) -> str:
        """Return the label of the button that swaps the text with the other field's. Only where there is another."""
        found = self.form.misplaced[self.name]
        label = typing_help.MOVE if found.other_is_empty else typing_help.SWAP
        return str(label) % {"field": self.form[found.other].label}


@dataclass
class _Taken:
    """What was done with pasted text: fields filled in, fields kept with the other value, codes that contradict."""

    filled: list[str] = field(default_factory=list)
    kept: dict[str, str] = field(default_factory=dict)
    several: dict[str, tuple[str, ...]] = field(default_factory=dict)


class PastedTextForm(OperationForm):
    """A form with code fields.

    When it is bound, a code is put into its groups, labels and quotation marks around it are left out, a text that
    holds several values is divided among the fields, and two fields' texts are swapped if their button was pressed.
    Where other fields were filled in, the form has an error that says so: nothing is done unseen.
    """

    bound_field_class = CodeBoundField
    code_kinds: ClassVar[dict[str, CodeKind]] = {}  # what each code field asks for
    renamed: ClassVar[dict[str, str]] = {}  # fields by the names that ``extract_fields`` has for them
    sends_after_swap = False  # a swap is shown before the form is sent; True: it is sent with the texts swapped

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.taken = _Taken()
        self.as_typed: dict[str, str] = {}  # the fields' texts before they were taken apart
        self.swapped = ""  # the sentence about it
        for name, kind in self.code_kinds.items():
            attributes = {"class": "code-input", "autocapitalize": "characters", "data-code": kind.value}
            self.fields[name].widget.attrs.update({**attributes, "maxlength": LONGEST_IN_A_LINE})
        if self.is_bound:
            self._take_apart()

    # --- What was sent -------------------------------------------------------------------------------

    def _take_apart(self) -> None:
        """Replace the data by what they mean."""
        texts = {name: str(self.data.get(self.add_prefix(name)) or "") for name in self.fields}
        self.as_typed = dict(texts)
        for name, kind in self.code_kinds.items():
            self._read_code_field(name, kind, texts)
        self._distribute(extract_fields(str(self.data.get("pasted") or "")), texts)
        self._swap(str(self.data.get("swap") or ""), texts)
        changed = {self.add_prefix(name): text for name, text in texts.items() if text != self.as_typed[name]}
        if changed:
            data: Any = self.data  # a QueryDict, or a plain dictionary
            self.data = data = data.copy()
            for name, text in changed.items():
                data[name] = text

    def _read_code_field(self, name: str, kind: CodeKind, texts: dict[str, str]) -> None:
        """Read one code field: a code, or a text with the values of other fields as well."""
        typed = texts[name]
        found = ExtractedFields() if len(code_of(typed)) in KIND_BY_LENGTH else extract_fields(typed)
        others = {each for each in found.values if each != kind.value and self.renamed.get(each, each) in self.fields}
        if not others or len(found.values) < 2:
            texts[name] = code_in_field(typed, kind)
            return
        texts[name] = ""
        self._distribute(found, texts)

    def _distribute(self, found: ExtractedFields, texts: dict[str, str]) -> None:
        """Put values into empty fields; a field that holds another text keeps it."""
        for each, value in found.values.items():
            name = self.renamed.get(each, each)
            if name not in self.fields:
                continue
            if not texts[name].strip():
                texts[name] = value
                self.taken.filled.append(name)
            elif not _is_same(texts[name], value):
                self.taken.kept[name] = value
        self.taken.several |= {name: each for name, each in found.several.items() if name in self.fields}

    def _swap(self, name: str, texts: dict[str, str]) -> None:
        """Swap the texts of a field and the one that its text belongs to, if it has the form of another code."""
        misplaced = find_misplaced(texts, self.code_kinds).get(name)
        if misplaced and misplaced.other:
            one, other = name, misplaced.other
            texts[one], texts[other] = texts[other], texts[one]
            for each in (one, other):
                texts[each] = code_in_field(texts[each], self.code_kinds[each])
            self.swapped = (
                ""
                if self.sends_after_swap
                else typing_help.SWAPPED
                % {
                    "one": self[one].label,
                    "other": self[other].label,
                }
            )

    # --- What is said about it -----------------------------------------------------------------------

    @property
    def misplaced(self) -> Mapping[str, Misplaced]:
        """The fields whose text has the form of another code."""
        return find_misplaced({name: str(self[name].value() or "") for name in self.code_kinds}, self.code_kinds)

    def sentence_about(self, name: str) -> str:
        """Return the sentence about a misplaced text. Only for fields that have one."""
        found = self.misplaced[name]
        return typing_help.misplaced_sentence(found.kind, found.length, wanted=self.code_kinds[name].value)

    def full_clean(self) -> None:
        """Clean the form, and say of a code in the wrong field what it is rather than how long."""
        super().full_clean()
        for name in self.misplaced if self.is_bound else ():
            if {error.code for error in self.errors.as_data().get(name, ())} & _WRONG_LENGTH:
                error = ValidationError(self.sentence_about(name), code="misplaced")
                self.errors[name] = ErrorList([error], renderer=self.renderer)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        told = self._told()
        if told:
            self.add_error(None, ValidationError(" ".join([*told, str(typing_help.LOOK_AGAIN)]), code="taken-apart"))
        return cleaned

    @property
    def has_only_notices(self) -> bool:
        """Whether the form comes back without a mistake, only to show what was filled in or swapped."""
        notices = self.errors.as_data().get("__all__", ())
        return len(self.errors) == 1 and [error.code for error in notices] == ["taken-apart"]

    def _told(self) -> list[str]:
        """The sentences about what was filled in, kept, contradicts or was swapped."""
        told = [self.swapped] if self.swapped else []
        if self.taken.filled:
            filled = ", ".join(str(self[name].label) for name in self.taken.filled)
            told.append(typing_help.FILLED_IN % {"fields": filled})
        if self.taken.kept:
            kept = [
                typing_help.IN_THE_TEXT % {"field": self[name].label, "value": value}
                for name, value in self.taken.kept.items()
            ]
            told.append(typing_help.KEPT % {"fields": ", ".join(kept)})
        for name, each in self.taken.several.items():
            told.append(typing_help.SEVERAL % {"field": self[name].label, "codes": ", ".join(each)})
        return told

    # --- For the script ------------------------------------------------------------------------------

    def typing_rules(self) -> str:
        """Return as JSON what static/js/code-fields.js and static/js/pasting.js need to do the same while one types."""
        rules = {
            "labels": LABELS,
            "patterns": VALUE_PATTERNS,
            "lengths": {kind.value: list(lengths) for kind, lengths in LENGTHS.items()},
            "groups": {kind.value: size for kind, size in GROUP_SIZES.items()},
            "longest": LONGEST_TEXT,
            "fields": {name: self.add_prefix(self.renamed.get(name, name)) for name in _EXTRACTED},
            "names": {self.add_prefix(name): str(each.label) for name, each in self.fields.items()},
            "misplaced": {kind: str(text) for kind, text in typing_help.MISPLACED.items()},
            "texts": {name: str(text) for name, text in typing_help.WHILE_TYPING.items()},
        }
        return json.dumps(rules, ensure_ascii=False)


_EXTRACTED = [*(kind.value for kind in CodeKind), *(name for name, _ in LABELS if name not in LENGTHS)]


def _is_same(one: str, other: str) -> bool:
    """Tell whether two texts of a field mean the same."""
    return one.strip() == other or bool(code_of(one) == code_of(other) != "")
