"""The inventory of personal data classifies every column that holds text, so that no new one is forgotten."""

from django.apps import apps
from django.db import models

from licences.database.append_only import APPEND_ONLY
from licences.personal.inventory import INVENTORY, PersonalDataCategory

TEXT = (
    models.CharField, models.TextField, models.JSONField, models.FileField, models.GenericIPAddressField,
    models.BinaryField,
)  # fmt: skip

# Tables of third-party applications: about users of the portal, never about customers.
ABOUT_USERS = frozenset(
    {"admin", "auth", "contenttypes", "sessions", "account", "mfa", "socialaccount", "usersessions"}
)
# Their rows refer to records of the portal by key only, and are deleted after a week.
ABOUT_WORK = frozenset({"django_tasks_database"})


def text_columns(model):
    return {field.name for field in model._meta.concrete_fields if isinstance(field, TEXT)}


def test_every_text_column_of_ours_is_classified():
    for model in apps.get_models(include_auto_created=True):
        if model._meta.app_label not in ABOUT_USERS | ABOUT_WORK and text_columns(model):
            assert set(INVENTORY.get(model._meta.label, {})) - keys_of_names(model) == text_columns(model), (
                model._meta.label
            )


def keys_of_names(model):
    """Numbers that are computed from names and addresses: personal data too, though no text."""
    return {field.name for field in model._meta.concrete_fields if field.name.endswith("_block")}


def test_nothing_is_classified_that_does_not_exist():
    assert set(INVENTORY) <= {model._meta.label for model in apps.get_models(include_auto_created=True)}


def test_every_application_of_others_is_known():
    known = {"customers", "licences", "accounts"} | ABOUT_USERS | ABOUT_WORK

    assert {model._meta.app_label for model in apps.get_models()} <= known


def test_append_only_rows_let_go_of_what_is_personal_and_of_nothing_else():
    for name, erasable in APPEND_ONLY.items():
        personal = {
            column for column, says in INVENTORY[f"licences.{name}"].items() if says is PersonalDataCategory.PERSONAL
        }
        signed_with = {"key_id"} if name == "LicenceFile" else set()

        assert set(erasable) == personal | signed_with, name


def test_reasons_and_names_of_users_are_told_from_personal_data():
    assert INVENTORY["licences.ItemResolution"]["reason"] is PersonalDataCategory.REASON
    assert INVENTORY["licences.Event"]["actor"] is PersonalDataCategory.STAFF
    assert INVENTORY["licences.Approval"] == {
        "subject": PersonalDataCategory.NOTHING,
        "reason": PersonalDataCategory.REASON,
        "approved_by": PersonalDataCategory.STAFF,
    }
    assert INVENTORY["licences.Emergency"]["settled_reason"] is PersonalDataCategory.REASON
