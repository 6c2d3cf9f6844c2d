"""Saving rows past all operations, to see what the database itself refuses."""

import pytest
from django.db import IntegrityError, models, transaction


def refused(row: models.Model, by: str) -> bool:
    """Whether saving is refused by the constraint of that name, or because that field is unique."""
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        row.save()
    return any(sign in str(error.value) for sign in signs(row, by))


def signs(row: models.Model, by: str) -> list[str]:
    """What SQLite or PostgreSQL say of a constraint."""
    for constraint in row._meta.constraints:
        if constraint.name == by:
            unique = [row._meta.get_field(name).column for name in getattr(constraint, "fields", ())]
            return [by, ", ".join(f"{row._meta.db_table}.{column}" for column in unique) or by]
    column = row._meta.get_field(by).column
    return [f"{row._meta.db_table}.{column}", f"({column})="]


def stored(row: models.Model) -> bool:
    row.save()
    return True


def copy(row: models.Model, **values: object) -> models.Model:
    """The same row once more, under a new key and with other values."""
    columns = {
        field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields if not field.primary_key
    }
    return type(row)(**{**columns, **values})
