"""The record of processing says of every column about people why it is stored and how long
(docs/personal-data.md#record-of-processing)."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings as portal_settings
from django.core.management import call_command
from django.utils import translation

from licences.personal import processing_record
from licences.personal.inventory import INVENTORY, PROCESSING, PersonalDataCategory
from licences.personal.processing_record import columns_by_purpose, processing_entries, purpose_of

OF_OTHERS = {"accounts"}  # tables of Django and of allauth, which the inventory does not list


def printed(*options):
    out = StringIO()
    call_command("processing_record", *options, stdout=out)
    return out.getvalue()


def test_every_column_about_people_has_one_purpose_and_every_purpose_a_column():
    columns = dict(columns_by_purpose())
    about_people = {
        f"{label}.{column}"
        for label, classified in INVENTORY.items()
        for column, category in classified.items()
        if category is not PersonalDataCategory.NOTHING
    }

    assert set(columns) == about_people
    assert {purpose.key for purpose in columns.values()} == {purpose.key for purpose in PROCESSING} - OF_OTHERS
    named = [(label, category) for each in PROCESSING for label in each.models for category in each.categories]
    assert len(named) == len(set(named))
    assert all(category in INVENTORY[label].values() for label, category in named)


def test_a_category_of_a_model_without_a_purpose_is_an_error():
    with pytest.raises(LookupError):
        purpose_of("licences.Serial", PersonalDataCategory.PERSONAL)


NOT_OF_PEOPLE = {"KEEP_REFUSED_CLAIMS_DAYS", "KEEP_WEBHOOK_BODIES_DAYS"}


def test_days_are_those_of_the_settings_and_every_setting_has_a_purpose(settings):
    settings.KEEP_NOTES_DAYS = 12

    kept = {entry.key: entry.kept for entry in processing_entries()}

    assert kept["notes"] == "12 days after the note was written"
    of_people = {name for name in dir(portal_settings) if name.startswith("KEEP_")} - NOT_OF_PEOPLE
    assert {purpose.setting for purpose in PROCESSING} - {""} == of_people


def test_the_page_about_personal_data_has_the_record_word_for_word():
    page = (Path(portal_settings.BASE_DIR) / "docs" / "personal-data.md").read_text(encoding="utf-8")

    with translation.override("en"):
        record = processing_record.as_markdown()

    assert f"## Record of processing\n\n{record}\n" in page.replace(INTRODUCTION, "")


INTRODUCTION = """\
`manage.py processing_record [--json]` prints this in English and German, with the days of the settings in use; as JSON
also with the columns of the database. `licences/personal/inventory.py` has it in one table beside the columns.

"""


def test_the_command_prints_it_in_both_languages():
    english, german = printed().split("\n\n")

    assert "| Notes | Free text about a customer or a serial number |" in english
    assert "| Notizen | Freier Text über einen Kunden oder eine Seriennummer |" in german
    assert english.count("\n") + 1 == german.strip().count("\n") + 1 == len(PROCESSING) + 2


def test_as_json_it_has_the_columns_too():
    record = json.loads(printed("--json"))

    assert set(record) == {"en", "de"}
    notes = {language: next(each for each in record[language] if each["key"] == "notes") for language in record}
    assert notes["en"]["columns"] == notes["de"]["columns"] == ["licences.Note.text"]
    assert (notes["en"]["title"], notes["de"]["title"]) == ("Notes", "Notizen")
