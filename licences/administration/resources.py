"""The export tables of the lists: their columns, as resources of django-import-export."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractUser, AnonymousUser
from django.db.models import CharField, Model, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext
from import_export.fields import Field
from import_export.resources import Resource

from licences.domain.batches import batched
from licences.domain.codes import grouped
from licences.spreadsheets.writing import Cell
from licences.wording.people import told

SEE_CODES = "licences.view_unlockcode"
EXPORT_CODES = "licences.export_unlockcode"
SEE_SERIALS = "licences.view_serial"
_BATCH = 2000


# --- Columns -----------------------------------------------------------------------------------------


class Column(Field):
    """A column of an export: a path from the row's object to a value, or ``read``, which computes the value.

    ``label`` is its title, by default the field's. ``needs`` is the permission without which the column does not
    exist. ``is_code``: the value is a code, shown in groups. ``ticked``: selected in the export form at first. Names of
    who did something are told in the reader's language.
    """

    attribute: str

    def __init__(
        self,
        attribute: str | None = None,
        label: str | Promise = "",
        *,
        read: Callable[[Any], Any] | None = None,
        needs: str = "",
        is_code: bool = False,
        ticked: bool = True,
    ) -> None:
        super().__init__(attribute=attribute)
        self.label, self.read, self.needs, self.is_code, self.ticked = label, read, needs, is_code, ticked
        self.choice_names: dict[Any, Any] = {}
        self.is_actor = False

    def bind(self, name: str, model: type[Model]) -> None:
        """Complete the column from the model's field: attribute, label and names of the choices."""
        self.attribute = self.attribute or name
        field = None if self.read else _field_at_end_of(self.attribute, model)
        self.choice_names = dict(getattr(field, "flatchoices", ()) or ())
        self.is_actor = field is not None and is_actor(field)
        self.label = self.label or getattr(field, "verbose_name", name)

    @property
    def title(self) -> str:
        """The header of the column, in the current language."""
        return str(capfirst(str(self.label)))

    @property
    def relation(self) -> str:
        """The path to the related object that has the value; empty where the row's own object has it."""
        return "" if self.read else self.attribute.rpartition("__")[0]

    def export(self, instance: Model, **kwargs: Any) -> Cell:
        """The value of the column in the row of ``instance``, as it is written to a file."""
        value = self.read(instance) if self.read else self.get_value(instance)
        if self.is_code and value:
            return grouped(value)
        if self.is_actor and value:
            return told(value)
        return _cell_value(self.choice_names.get(value, value) if self.choice_names else value)


def is_actor(field: Any) -> bool:
    """Whether a model field names who did something: a person, a program, a sender or a page."""
    return isinstance(field, CharField) and (field.name in ("actor", "by") or field.name.endswith("_by"))


def _field_at_end_of(path: str, model: Any) -> Any:
    """The model field at the end of a path such as ``serial__code``."""
    *relations, last = path.split("__")
    for relation in relations:
        model = model._meta.get_field(relation).related_model
    return model._meta.get_field(last)


def _cell_value(value: Any) -> Cell:
    """A value as a spreadsheet cell; datetimes are in the portal's time zone."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, datetime):
        return timezone.make_naive(value).replace(microsecond=0)
    if isinstance(value, int | float | date):
        return value
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False) if value else ""
    return str(value)


# --- Tables ------------------------------------------------------------------------------------------


class ExportTable(Resource):
    """The columns of a model's list that ``user`` may export; without a user, those that need no permission.

    ``Meta.export_order`` names them; one that is only its field's value need not be declared besides.
    ``withheld`` are the columns that they may not see at all, ``kept_back`` those with codes, which they may see on
    pages but not export.
    """

    fields: dict[str, Column]
    prefetch: tuple[str, ...] = ()
    annotations: ClassVar[Mapping[str, Any]] = {}

    def __init__(self, user: AbstractUser | AnonymousUser | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)  # copies the columns, so that the changes below concern this object alone
        ordered = {name: self.fields.get(name) or Column() for name in self._meta.export_order or ()}
        self.fields = ordered | self.fields
        for name, column in self.fields.items():
            column.bind(name, self._meta.model)
        allowed = user.has_perm if user else lambda permission: False
        self.withheld = [each for each in self.fields.values() if each.needs and not allowed(each.needs)]
        codes = [each for each in self.fields.values() if each.needs == SEE_CODES and each not in self.withheld]
        self.kept_back = [] if allowed(EXPORT_CODES) else codes
        left_out = [*self.withheld, *self.kept_back]
        self.fields = {name: each for name, each in self.fields.items() if each not in left_out}

    def columns(self, names: Iterable[str] | None = None) -> list[Column]:
        """The columns with these names, in the order of the table; all of them without names."""
        chosen = self.fields if names is None else set(names)
        return [column for name, column in self.fields.items() if name in chosen]

    def rows(self, queryset: QuerySet[Any], columns: list[Column]) -> Iterator[list[list[Cell]]]:
        """The rows of a queryset in batches, of which only one is in memory at a time."""
        related = sorted({column.relation for column in columns} - {""})
        queryset = queryset.select_related(None)  # drops the joins of the list
        queryset = queryset.select_related(*related) if related else queryset
        queryset = queryset.annotate(**self.annotations)
        objects = queryset.prefetch_related(*self.prefetch).iterator(chunk_size=_BATCH)
        for batch in batched(objects, _BATCH):
            yield [[column.export(each) for column in columns] for each in batch]


class ContactTable(ExportTable):
    """An export table with address and contact; ``Meta.export_order`` names the columns before them."""

    address_line1 = Column()
    address_line2 = Column()
    postcode = Column()
    city = Column()
    country = Column()
    contact_name = Column()
    contact_phone = Column()
    contact_email = Column()
