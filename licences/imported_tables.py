"""Small tables that come in from a spreadsheet: judged row by row, and saved by an operation, all rows or none.

A table is a resource of django-import-export that declares its columns and says which operation saves a row. What a
preview says is found by doing all of it in a transaction that is rolled back.
"""

import copy
from collections.abc import Iterator, Mapping
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db.models import Model
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from import_export.fields import Field
from import_export.resources import ModelResource
from import_export.widgets import Widget

from licences import operations
from licences.domain.errors import Refusal
from licences.domain.row_cells import Reading
from licences.models import Product
from licences.spreadsheets.writing import safe_cell
from licences.wording import refusal_sentence, sentence

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

    It must be small, for all of it is held in memory and locked. ``numbers`` are the rows' numbers in the file,
    ``too_long`` those of rows that have more cells than the header.
    """

    fields: dict[str, ImportColumn]

    class Meta:
        skip_unchanged = True
        report_skipped = True
        use_transactions = True
        clean_model_instances = True
        store_row_values = True
        store_instance = True  # the package would set this on the class itself, while it imports
        skip_html_diff = True  # with inline styles

    def __init__(self, *, by: str, numbers: list[int], too_long: frozenset[int] = frozenset()) -> None:
        super().__init__()
        for name, column in self.fields.items():
            column.attribute = name
        self.by, self.numbers, self.too_long = by, numbers, too_long
        self.on_record: dict[str, Model] = {}
        self.first_with: dict[tuple[str, str], int] = {}

    def save(self, instance: Any) -> None:
        """The operation that saves a new or changed row. Its ``Refusal`` becomes the problem of the row."""
        self.record([instance], by=self.by, source={})

    @classmethod
    def record(cls, accepted: list[Any], *, by: str, source: Mapping[str, str]) -> None:
        """Have the operation save what was accepted."""
        raise NotImplementedError

    def check(self, instance: Any, original: Any) -> Iterator[tuple[str, str]]:
        """What else is wrong with a new or changed row: column and sentence. A new one has no ``original``."""
        yield from ()

    # --- The columns

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

    def before_import(self, dataset: Any, **kwargs: Any) -> None:
        held = self.get_queryset().select_for_update(no_key=True).order_by("pk")
        self.on_record = {getattr(each, self.key()).casefold(): each for each in held}

    def get_instance(self, instance_loader: Any, row: dict[str, str]) -> Any:
        try:
            found = self._original(self.fields[self.key()].clean(row))
        except ValueError:
            return None  # said again, and shown, when the column is imported
        return copy.copy(found)

    def _original(self, key: str) -> Model | None:
        return self.on_record.get(key.casefold())

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
        for name in self.unique_columns():
            if name not in errors:
                errors |= self._same_in_an_earlier_row(name, getattr(instance, name), number)
        if known_as:
            setattr(instance, self.key(), known_as)  # spelled as on record
        if errors:
            raise ValidationError(errors)

    def _same_in_an_earlier_row(self, name: str, value: Any, number: int) -> dict[str, Any]:
        first = self.first_with.setdefault((name, str(value).casefold()), number)
        words = _("Row %(row)s has the same. Keep one of them.") % {"row": first}
        return {} if first == number else {name: [words]}

    def validate_instance(
        self, instance: Any, import_validation_errors: dict[str, Any] | None = None, validate_unique: bool = True
    ) -> None:
        errors = dict(import_validation_errors or {})
        original = self._original(getattr(instance, self.key()) or "")
        found = (*self.check(instance, original), *self._formulas(instance, original), *self._taken(instance))
        for name, words in found:
            errors.setdefault(name, [words])
        super().validate_instance(instance, errors, validate_unique=validate_unique)

    def _formulas(self, instance: Any, original: Any) -> Iterator[tuple[str, str]]:
        """A text that begins like a formula is no name that anybody gave; what is on record already may stay."""
        for name in self.fields:
            text = getattr(instance, name)
            if (
                self.fields[name].is_name
                and isinstance(text, str)
                and safe_cell(text) != text
                and text != getattr(original, name, None)
            ):
                yield name, _("This begins like a formula. Type it without = + - @ at its beginning.")

    def _taken(self, instance: Any) -> Iterator[tuple[str, str]]:
        for name in self.unique_columns():
            value = getattr(instance, name)
            others = self.get_queryset().filter(**{name: value}).exclude(pk=instance.pk)
            if value is not None and name != self.key() and (other := others.first()):
                yield name, _("%(value)s is taken by %(other)s.") % {"value": value, "other": other}

    def do_instance_save(self, instance: Any, is_create: bool) -> None:
        try:
            self.save(instance)
        except Refusal as refusal:
            raise ValidationError({refusal.field or NON_FIELD_ERRORS: refusal_sentence(refusal)}) from None

    def after_import(self, dataset: Any, result: Any, **kwargs: Any) -> None:
        """The package resets the sequence of keys here, for tables that bring keys. Ours do not, and others insert."""


class ProductImport(ImportTable):
    sku = ImportColumn(
        TextCell(64, code=True), help=gettext_lazy("Finds the product again, in any case of its letters.")
    )
    name = ImportColumn(TextCell(200))
    slot = ImportColumn(WholeNumberCell(1, 31), help=gettext_lazy("From 1 to 31, each once. It can never be changed."))

    class Meta:
        model = Product
        fields = ("sku", "name", "slot")
        import_id_fields = ("sku",)

    def save(self, instance: Product) -> None:
        operations.save_product(instance, by=self.by)

    def check(self, instance: Product, original: Product | None) -> Iterator[tuple[str, str]]:
        if original and original.slot != instance.slot:
            yield "slot", sentence("slot-stays", {"slot": original.slot})
