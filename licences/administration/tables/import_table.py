"""Importing small tables from a spreadsheet: judged row by row, then saved by one operation, all rows or none.

An import table is a resource of django-import-export that declares its columns and the operation that saves them.
Judging writes nothing.
"""

import copy
import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db.models import Model, QuerySet
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from import_export.fields import Field
from import_export.resources import Diff, ModelResource
from import_export.results import Result
from import_export.widgets import Widget

from licences.domain.errors import Refusal
from licences.imports.rows.row_cells import CellReader, parse_whole_number
from licences.spreadsheets.escaping import begins_like_formula
from licences.wording.sentences import sentence

# --- Columns -----------------------------------------------------------------------------------------


class TextCell(Widget):
    """A text on one line, of at most ``limit`` characters. ``code``: every digit of it counts."""

    def __init__(self, limit: int, *, required: bool = True, code: bool = False) -> None:
        super().__init__()
        self.limit, self.required, self.code = limit, required, code

    def clean(self, value: str, row: Any = None, **kwargs: Any) -> str:
        reader = CellReader([value], [""])
        text = reader.text("", self.limit, required=self.required, code=self.code)
        raise_problem(reader)
        return text


class WholeNumberCell(Widget):
    """A whole number from ``low`` to ``high``."""

    def __init__(self, low: int, high: int) -> None:
        super().__init__()
        self.low, self.high = low, high

    def clean(self, value: str, row: Any = None, **kwargs: Any) -> int:
        reader = CellReader([value], [""])
        text = reader.text("", 20, required=True)
        raise_problem(reader)
        limits = {"low": self.low, "high": self.high}
        try:
            number = parse_whole_number(text.removeprefix("'"))
        except Refusal:
            raise ValueError(_("Enter a whole number from %(low)s to %(high)s.") % limits) from None
        if not self.low <= number <= self.high:
            raise ValueError(_("The number must be between %(low)s and %(high)s.") % limits)
        return number


def raise_problem(reader: CellReader) -> None:
    """Raise the first problem as a ``ValueError``, which django-import-export shows beside the cell."""
    for problem in reader.problems[:1]:
        raise ValueError(sentence(problem.reason, problem.parameters))


class ImportColumn(Field):
    """A column. ``help`` explains it below the form; ``is_name``: its texts must not begin like a formula."""

    def __init__(self, widget: Widget, *, help: str | Promise = "", is_name: bool = False) -> None:
        super().__init__(widget=widget)
        self.help, self.is_name = help, is_name


# --- Tables ------------------------------------------------------------------------------------------


class ImportTable(ModelResource):
    """A table whose rows are matched to records by one key column, in any case of its letters.

    The table must be small: all its records are kept in memory, and uniqueness is checked there, since a query per row
    would be slow. Rules of other constraints must be checked by the columns or by ``check``.

    ``import_data`` judges the rows. Unless it is a dry run, it locks the table and calls ``record`` if the judgement
    has the digest given as ``preview``; otherwise ``PreviewOutdatedError`` is among the errors of its result.
    """

    fields: dict[str, ImportColumn]

    class Meta:
        skip_unchanged = True
        report_skipped = True
        use_transactions = True
        store_row_values = True
        store_instance = True  # else the package sets it on the class during an import

    def __init__(self) -> None:
        super().__init__()  # copies the columns, so that the changes below concern this object alone
        for name, column in self.fields.items():
            column.attribute = name
        self.accepted: list[Any] = []
        self._first_with: dict[tuple[str, str], int] = {}

    @classmethod
    def record(cls, accepted: list[Any], *, by: str, source: Mapping[str, str]) -> None:
        """Save the accepted rows with one operation. ``check`` must have found everything that it would refuse.

        ``by`` is a username; ``source`` has the name and the digest of the file.
        """
        raise NotImplementedError

    def check(self, instance: Any, original: Any) -> Iterator[tuple[str, str]]:
        """Further problems of a new or changed row, as (column, sentence). ``original`` is None for a new row."""
        yield from ()

    # --- Properties of the table

    @classmethod
    def on_record(cls) -> QuerySet[Any]:
        """The existing records."""
        return cls._meta.model._default_manager.order_by("pk")

    @classmethod
    def key(cls) -> str:
        """The name of the key column."""
        return str(cls._meta.import_id_fields[0])

    @classmethod
    def title(cls, name: str) -> str:
        """The title of a column on screen."""
        return str(capfirst(str(cls._meta.model._meta.get_field(name).verbose_name)))

    @classmethod
    def unique_columns(cls) -> list[str]:
        """The names of the columns in which no two rows may be equal."""
        model = cls._meta.model
        return [name for name in cls.fields if name == cls.key() or model._meta.get_field(name).unique]

    # --- Hooks of django-import-export, in the order of its calls

    def get_result_class(self) -> type[Result]:
        return PreviewResult

    def get_diff_class(self) -> type[Diff]:
        return RowDiff

    def before_import(self, dataset: Any, **kwargs: Any) -> None:
        """Read the records that rows are compared with; locked unless it is a dry run."""
        on_record = self.on_record()
        if not kwargs.get("dry_run"):
            on_record = on_record.select_for_update(no_key=True)
        self.numbers, self.faulty = dataset.numbers, dataset.faulty
        self._records_by_value = {
            (name, _folded(getattr(each, name))): each for each in on_record for name in self.unique_columns()
        }

    def get_instance(self, instance_loader: Any, row: dict[str, str]) -> Any:
        """A copy of the record with the key of the row, None for a new row or an invalid key."""
        try:
            original = self._original(self.fields[self.key()].clean(row))
        except ValueError:
            return None  # raised again, and then shown, when the column is imported
        return copy.copy(original)

    def _original(self, key: str) -> Model | None:
        """The record with this key, None for a new one."""
        return self._records_by_value.get((self.key(), _folded(key)))

    def import_instance(self, instance: Any, row: dict[str, str], **kwargs: Any) -> None:
        """Set the columns of the record from a row. ``ValidationError`` with every problem, by column."""
        recorded_key = getattr(instance, self.key()) if instance.pk else None
        errors: dict[str, Any] = {}
        try:
            super().import_instance(instance, row, **kwargs)
        except ValidationError as error:
            errors = error.update_error_dict({})
        number = self.numbers[kwargs["row_number"] - 1]
        if number in self.faulty:
            errors[NON_FIELD_ERRORS] = [sentence(self.faulty[number])]
        for name, message in self._repeated_values(instance, number):
            errors.setdefault(name, [message])
        if recorded_key:
            setattr(instance, self.key(), recorded_key)  # keeps its recorded spelling
        if errors:
            raise ValidationError(errors)

    def _repeated_values(self, instance: Any, number: int) -> Iterator[tuple[str, str]]:
        """The unique columns in which an earlier row of the file has the same value, with a message."""
        for name in self.unique_columns():
            first = self._first_with.setdefault((name, _folded(getattr(instance, name))), number)
            if first != number:
                yield name, _("Row %(row)s has the same value. Keep only one of them.") % {"row": first}

    def validate_instance(
        self, instance: Any, import_validation_errors: dict[str, Any] | None = None, validate_unique: bool = True
    ) -> None:
        """Check the record against ``check``, other records and its fields. ``ValidationError`` with every problem."""
        errors = dict(import_validation_errors or {})
        original = self._original(getattr(instance, self.key()))
        problems = (
            *self.check(instance, original),
            *self._formula_texts(instance, original),
            *self._taken_values(instance),
        )
        for name, message in problems:
            errors.setdefault(name, [message])
        try:
            instance.clean_fields(exclude=set(errors))
            instance.clean()
        except ValidationError as error:
            errors = error.update_error_dict(errors)
        if errors:
            raise ValidationError(errors)

    def _formula_texts(self, instance: Any, original: Any) -> Iterator[tuple[str, str]]:
        """New texts that begin like a formula; recorded ones may stay."""
        for name in (name for name, column in self.fields.items() if column.is_name):
            text = getattr(instance, name)
            if begins_like_formula(text) and text != getattr(original, name, None):
                yield name, _("This looks like a formula. Remove = + - @ at the beginning.")

    def _taken_values(self, instance: Any) -> Iterator[tuple[str, str]]:
        """The unique columns in which another record has the same value, with a message."""
        for name in self.unique_columns():
            value = getattr(instance, name)
            other = self._records_by_value.get((name, _folded(value)))
            if value is not None and other and other.pk != instance.pk:
                yield name, _("%(value)s is already used by %(other)s.") % {"value": value, "other": other}

    def do_instance_save(self, instance: Any, is_create: bool) -> None:
        """Collect the record for ``record``, instead of saving it here."""
        self.accepted.append(instance)

    def after_import(self, dataset: Any, result: Any, **kwargs: Any) -> None:
        """Record the accepted rows. Replaces the package's own hook, which is for tables that contain primary keys."""
        result.complete(self, dataset)
        if kwargs["dry_run"]:
            return
        if result.has_errors() or result.digest() != kwargs["preview"]:
            raise PreviewOutdatedError
        source = {"file": kwargs["file_name"], "digest": dataset.sha256}
        self.record(self.accepted, by=kwargs["user"].get_username(), source=source)


class PreviewOutdatedError(Exception):
    """The file would now have other results than its preview showed."""


class PreviewResult(Result):
    """The result of judging a file: what would happen to each row."""

    def complete(self, table: ImportTable, dataset: Any) -> None:
        """Give each row its number in the file, and its cells as (title, text or diff, and problems if invalid)."""
        self.unknown_columns = dataset.unknown_columns
        titles = [table.title(name) for name in table.fields]
        for row, number in zip(self.rows, dataset.numbers, strict=True):
            row.number, row.cells = number, list(zip(titles, row.diff or (), strict=False))
        for row in self.invalid_rows:
            row.number = dataset.numbers[row.number - 1]
            problems = [row.field_specific_errors.get(name, []) for name in table.fields]
            row.cells = list(zip(titles, row.values, problems, strict=True))

    @property
    def is_acceptable(self) -> bool:
        """Whether no row is rejected and at least one would change a record."""
        return not (self.has_errors() or self.has_validation_errors()) and self.totals["skip"] < self.total_rows

    def digest(self) -> str:
        """The SHA-256 of everything that would happen, to detect a difference between confirmation and preview."""
        changes = [(row.number, row.import_type, row.diff) for row in self.rows]
        return hashlib.sha256(json.dumps(changes).encode()).hexdigest()


class RowDiff(Diff):
    """The cells of a row as they would be recorded, with the present text where it changes."""

    def as_html(self) -> list[str]:
        return [
            format_html("<bdi>{}</bdi>", after)
            if self.new or before == after
            else format_html("<del>{}</del> <ins>{}</ins>", before, after)
            for before, after in zip(self.left, self.right, strict=True)
        ]


def _folded(value: Any) -> str:
    """The form in which values are compared, without regard to case."""
    return str(value).casefold()
