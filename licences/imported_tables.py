"""Small tables that come in from a spreadsheet: judged row by row, then recorded by one operation, all rows or none.

A table is a resource of django-import-export that declares its columns and names the operation. Judging writes nothing.
"""

import copy
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db.models import Model, QuerySet
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from import_export.fields import Field
from import_export.resources import ModelResource
from import_export.widgets import Widget

from licences import operations
from licences.domain.row_cells import Reading
from licences.models import Product
from licences.spreadsheets.writing import safe_cell
from licences.wording import sentence

# --- Columns -----------------------------------------------------------------------------------------


class TextCell(Widget):
    """One line of text. ``code``: it identifies something, so that every digit counts."""

    def __init__(self, limit: int, *, required: bool = True, code: bool = False) -> None:
        super().__init__()
        self.limit, self.required, self.code = limit, required, code

    def clean(self, value: str, row: Any = None, **kwargs: Any) -> str:
        reading = Reading([value], [""])
        text = reading.text("", self.limit, required=self.required, code=self.code)
        _refuse_unreadable(reading)
        return text


class WholeNumberCell(Widget):
    def __init__(self, low: int, high: int) -> None:
        super().__init__()
        self.low, self.high = low, high

    def clean(self, value: str, row: Any = None, **kwargs: Any) -> int:
        reading = Reading([value], [""])
        text = reading.text("", 20, required=True)
        _refuse_unreadable(reading)
        limits = {"low": self.low, "high": self.high}
        if not text.removeprefix("-").isdecimal():
            raise ValueError(_("This is not a whole number from %(low)s to %(high)s.") % limits)
        if not self.low <= int(text) <= self.high:
            raise ValueError(_("The number must lie between %(low)s and %(high)s.") % limits)
        return int(text)


def _refuse_unreadable(reading: Reading) -> None:
    if reading.problems:  # a ValueError is what the package shows in the cell
        raise ValueError(sentence(reading.problems[0].reason, reading.problems[0].parameters))


class ImportColumn(Field):
    """``help`` says under the form what the column is for. ``is_name``: no text of it begins like a formula."""

    def __init__(self, widget: Widget, *, help: str | Promise = "", is_name: bool = False) -> None:
        super().__init__(widget=widget)
        self.help, self.is_name = help, is_name


# --- Tables ------------------------------------------------------------------------------------------


class ImportTable(ModelResource):
    """A table whose rows are found again by one key, in any case of its letters.

    It must be small: ``on_record``, all that the table holds now, is in memory, and what must be unique is compared
    there, since a query for each row takes too long. What other constraints demand, columns or ``check`` must say.
    ``numbers`` are the rows' numbers in the file, ``too_long`` those of rows that have more cells than the header.
    ``accepted`` are the new and changed objects once ``import_data`` has judged a file.
    """

    fields: dict[str, ImportColumn]

    class Meta:
        skip_unchanged = True
        report_skipped = True
        use_transactions = False
        store_row_values = True
        store_instance = True  # the package would set this on the class itself, while it imports
        skip_html_diff = True  # with inline styles

    def __init__(self, on_record: Iterable[Model], *, numbers: list[int], too_long: Iterable[int] = ()) -> None:
        super().__init__()  # copies the columns: what follows changes this object's own
        for name, column in self.fields.items():
            column.attribute = name
        self.numbers, self.too_long = numbers, frozenset(too_long)
        self.accepted: list[Any] = []
        self._holders = {
            (name, _folded(getattr(each, name))): each for each in on_record for name in self.unique_columns()
        }
        self._first_with: dict[tuple[str, str], int] = {}

    @classmethod
    def record(cls, accepted: list[Any], *, by: str, source: Mapping[str, str]) -> None:
        """Have the operation save what was accepted. What it would refuse, ``check`` must have said."""
        raise NotImplementedError

    def check(self, instance: Any, original: Any) -> Iterator[tuple[str, str]]:
        """What else is wrong with a new or changed row: column and sentence. A new one has no ``original``."""
        yield from ()

    # --- What the table is

    @classmethod
    def on_record(cls) -> QuerySet[Any]:
        return cls._meta.model._default_manager.order_by("pk")

    @classmethod
    def key(cls) -> str:
        return str(cls._meta.import_id_fields[0])

    @classmethod
    def title(cls, name: str) -> str:
        """What the column is called on screen."""
        return str(capfirst(str(cls._meta.model._meta.get_field(name).verbose_name)))

    @classmethod
    def unique_columns(cls) -> list[str]:
        model = cls._meta.model
        return [name for name in cls.fields if name == cls.key() or model._meta.get_field(name).unique]

    # --- What the package calls, in this order

    def get_instance(self, instance_loader: Any, row: dict[str, str]) -> Any:
        try:
            found = self._original(self.fields[self.key()].clean(row))
        except ValueError:
            return None  # said again, and shown, when the column is imported
        return copy.copy(found)

    def _original(self, key: str) -> Model | None:
        return self._holders.get((self.key(), _folded(key)))

    def import_instance(self, instance: Any, row: dict[str, str], **kwargs: Any) -> None:
        known_as = getattr(instance, self.key()) if instance.pk else None
        errors: dict[str, Any] = {}
        try:
            super().import_instance(instance, row, **kwargs)
        except ValidationError as error:
            errors = error.update_error_dict({})
        number = self.numbers[kwargs["row_number"] - 1]
        if number in self.too_long:
            errors[NON_FIELD_ERRORS] = [sentence("too-many-cells")]
        for name, words in self._same_in_an_earlier_row(instance, number):
            errors.setdefault(name, [words])
        if known_as:
            setattr(instance, self.key(), known_as)  # spelled as on record
        if errors:
            raise ValidationError(errors)

    def _same_in_an_earlier_row(self, instance: Any, number: int) -> Iterator[tuple[str, str]]:
        for name in self.unique_columns():
            first = self._first_with.setdefault((name, _folded(getattr(instance, name))), number)
            if first != number:
                yield name, _("Row %(row)s has the same. Keep one of them.") % {"row": first}

    def validate_instance(
        self, instance: Any, import_validation_errors: dict[str, Any] | None = None, validate_unique: bool = True
    ) -> None:
        errors = dict(import_validation_errors or {})
        original = self._original(getattr(instance, self.key()))
        found = (*self.check(instance, original), *self._formulas(instance, original), *self._taken(instance))
        for name, words in found:
            errors.setdefault(name, [words])
        try:
            instance.clean_fields(exclude=set(errors))
            instance.clean()
        except ValidationError as error:
            errors = error.update_error_dict(errors)
        if errors:
            raise ValidationError(errors)

    def _formulas(self, instance: Any, original: Any) -> Iterator[tuple[str, str]]:
        """What is on record already may stay."""
        for name in (name for name, column in self.fields.items() if column.is_name):
            text = getattr(instance, name)
            if safe_cell(text) != text and text != getattr(original, name, None):
                yield name, _("This begins like a formula. Type it without = + - @ at its beginning.")

    def _taken(self, instance: Any) -> Iterator[tuple[str, str]]:
        for name in self.unique_columns():
            value = getattr(instance, name)
            holder = self._holders.get((name, _folded(value)))
            if value is not None and holder and holder.pk != instance.pk:
                yield name, _("%(value)s is taken by %(other)s.") % {"value": value, "other": holder}

    def do_instance_save(self, instance: Any, is_create: bool) -> None:
        self.accepted.append(instance)

    def after_import(self, dataset: Any, result: Any, **kwargs: Any) -> None:
        """The package resets the sequence of keys here, for tables that bring keys. Ours do not, and others insert."""


def _folded(value: Any) -> str:
    return str(value).casefold()


class ProductImport(ImportTable):
    sku = ImportColumn(
        TextCell(64, code=True), help=gettext_lazy("Finds the product again, in any case of its letters."), is_name=True
    )
    name = ImportColumn(TextCell(200), is_name=True)
    slot = ImportColumn(WholeNumberCell(1, 31), help=gettext_lazy("From 1 to 31, each once. It can never be changed."))

    class Meta:
        model = Product
        fields = ("sku", "name", "slot")
        import_id_fields = ("sku",)

    @classmethod
    def record(cls, accepted: list[Product], *, by: str, source: Mapping[str, str]) -> None:
        operations.save_products(accepted, by=by, source=source)

    def check(self, instance: Product, original: Product | None) -> Iterator[tuple[str, str]]:
        if original and original.slot != instance.slot:
            yield "slot", sentence("slot-stays", {"slot": original.slot})
