"""Saving rows without any operation, to test what the database itself refuses."""

import pytest
from django.db import IntegrityError, models, transaction


def refused(row: models.Model, by: str) -> bool:
    """Whether saving is refused by the constraint named ``by``, or because the field named ``by`` is unique."""
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        row.save()
    return any(sign in str(error.value) for sign in signs(row, by))


def signs(row: models.Model, by: str) -> list[str]:
    """Texts of which SQLite's or PostgreSQL's error about the constraint contains one."""
    for constraint in row._meta.constraints:
        if constraint.name == by:
            unique = [row._meta.get_field(name).column for name in getattr(constraint, "fields", ())]
            return [by, ", ".join(f"{row._meta.db_table}.{column}" for column in unique) or by]
    column = row._meta.get_field(by).column
    return [f"{row._meta.db_table}.{column}", f"({column})="]


def stored(row: models.Model) -> bool:
    """Save the row; True, for use in an assertion."""
    row.save()
    return True


def copy(row: models.Model, **values: object) -> models.Model:
    """An unsaved copy of the row, without its key and with other values."""
    columns = {
        field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields if not field.primary_key
    }
    return type(row)(**{**columns, **values})
