"""The counts of what browsers blocked go, from a portal that has some and a role that sees them, and back."""

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

BEFORE = "0020_names_on_the_checklist"
TABLE = "licences_policyviolation"


def as_landed():
    """The model as the release before knows it."""
    return (
        MigrationExecutor(connection)
        .loader.project_state(("licences", BEFORE))
        .apps.get_model("licences", "PolicyViolation")
    )


def has_table():
    return TABLE in connection.introspection.table_names()


def permissions():
    return Permission.objects.filter(codename="view_policyviolation")


def counted_before():
    """A row, and the permission that the release before gave to auditors."""
    now = timezone.now()
    as_landed().objects.create(directive="script-src", blocked="evil.example", first_at=now, last_at=now)
    kind, _created = ContentType.objects.get_or_create(app_label="licences", model="policyviolation")
    permission, _created = Permission.objects.get_or_create(
        content_type=kind, codename="view_policyviolation", defaults={"name": "Can view policy violation"}
    )
    Group.objects.get(name="Auditor").permissions.add(permission)


@pytest.mark.django_db(transaction=True)
def test_the_table_goes_with_its_rows_and_comes_back_empty():
    try:
        call_command("migrate", "licences", BEFORE, verbosity=0)
        counted_before()
        call_command("migrate", "licences", verbosity=0)
        assert not has_table()
        assert not permissions().exists()
        assert Group.objects.get(name="Auditor").permissions.filter(codename="view_refusedaccess").exists()

        call_command("migrate", "licences", BEFORE, verbosity=0)
        assert has_table()
        assert as_landed().objects.count() == 0
    finally:
        call_command("migrate", "licences", verbosity=0)

    assert not has_table()
    assert "policyviolation" not in apps.all_models["licences"]
