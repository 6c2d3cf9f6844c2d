"""The form in which a person says which column of an unknown sender's file is what."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from licences.forms.fields import LineField, OperationForm
from licences.imports.kinds import import_kind_named
from licences.imports.rows.sender_rows import DEFAULT_COLUMNS
from licences.models import FileImport, SenderProfile
from licences.spreadsheets.reading import TableFile
from licences.wording.columns import column_title

_DETECTED = pgettext_lazy("code page", "detected in each file")
ENCODINGS = (
    ("", _DETECTED),
    ("utf-8", "UTF-8"),
    ("cp1252", "Windows-1252"),
    ("cp1250", "Windows-1250"),
    ("cp850", "DOS (850)"),
    ("iso8859-15", "ISO 8859-15"),
    ("mac-roman", "Mac"),
)


@dataclass(frozen=True, slots=True)
class ColumnChoice:
    """A column of the file: its title, sample values, and the field in which our column is chosen."""

    title: str
    samples: list[str]
    field: forms.BoundField


class ColumnsForm(OperationForm):
    """Our column for each column of a file, and what else is to be remembered about its sender."""

    name = LineField(
        label=_("Sender"),
        max_length=100,
        help_text=_(
            "For example the reseller or the program. The next file with these column titles is read the same way."
        ),
        error_messages={"required": _("Enter the name of the sender.")},
    )
    decimal_style = forms.ChoiceField(
        label=_("Numbers are written"),
        required=False,
        choices=[("", pgettext_lazy("numbers", "as in the template, 1000")), *SenderProfile.DecimalStyle.choices],
    )
    totals_words = LineField(
        label=_("Totals rows begin with"),
        required=False,
        max_length=200,
        help_text=_("Only words beside Total, Sum, Summe, Gesamt …; with commas between them."),
    )
    encoding = forms.ChoiceField(label=_("Code page"), required=False, choices=ENCODINGS)
    delimiter = forms.ChoiceField(
        label=_("Separator"), required=False, choices=[("", _DETECTED), *SenderProfile.Delimiter.choices]
    )
    has_own_numbers = forms.BooleanField(
        label=_("The customer numbers are this sender's own, not ours"),
        required=False,
        help_text=_("They are then neither compared with ours nor stored."),
    )

    def __init__(
        self, data: Any, *, kind: str, file_name: str, table: TableFile, samples: Sequence[Sequence[str]]
    ) -> None:
        super().__init__(data, initial={"name": file_name[:100]})
        self.kind, self.titles = kind, list(table.titles)
        self.required_columns = import_kind_named(kind).required_columns
        self._samples = samples
        options = [("", _("– not used –")), *((name, column_title(name)) for name in import_kind_named(kind).columns)]
        for position, guess in enumerate(table.columns):
            label = self.titles[position] or str(position + 1)
            self.fields[f"column_{position}"] = forms.ChoiceField(
                label=label, required=False, choices=options, initial=guess
            )
        for column in self.default_columns():
            label = _("%(column)s, where the file has none") % {"column": column_title(column)}
            self.fields[f"default_{column}"] = LineField(label=label, required=False, max_length=64)
        if kind != FileImport.Kind.PURCHASES:
            del self.fields["has_own_numbers"]

    def default_columns(self) -> list[str]:
        """Our columns for which a default value may be given."""
        return [column for column in import_kind_named(self.kind).columns if column in DEFAULT_COLUMNS]

    def choices(self) -> Iterable[ColumnChoice]:
        """The columns of the file in their order; those without title and values are left out."""
        for position, title in enumerate(self.titles):
            samples = [row[position] for row in self._samples]
            if title or any(map(str.strip, samples)):
                yield ColumnChoice(title, samples, self[f"column_{position}"])

    def defaults(self) -> list[forms.BoundField]:
        """The fields of default values."""
        return [self[f"default_{column}"] for column in self.default_columns()]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        named = [cleaned.get(f"column_{position}", "") for position in range(len(self.titles))]
        for position, column in enumerate(named):
            if column and column in named[:position]:
                twice = _("“%(column)s” is chosen twice. Choose it for one column only.") % {
                    "column": column_title(column)
                }
                self.add_error(f"column_{position}", ValidationError(twice, code="column-twice"))
        given = {*named, *(column for column in self.default_columns() if cleaned.get(f"default_{column}"))}
        missing = [column_title(column) for column in self.required_columns if column not in given]
        if missing:
            sentence = _("Choose the column for: %(columns)s.") % {"columns": ", ".join(missing)}
            raise ValidationError(sentence, code="columns-missing")
        return cleaned

    def profile(self) -> SenderProfile:
        """The profile that was filled in, not saved yet."""
        cleaned = self.cleaned_data
        texts = ("name", "decimal_style", "totals_words", "encoding", "delimiter")
        return SenderProfile(
            kind=self.kind,
            titles=self.titles,
            columns=[cleaned[f"column_{position}"] for position in range(len(self.titles))],
            defaults={column: cleaned[f"default_{column}"] for column in self.default_columns()},
            has_own_numbers=cleaned.get("has_own_numbers", False),
            **{name: cleaned[name] for name in texts},
        )
