"""``manage.py processing_record``: print which data about people is stored, why and how long, in English and German
(docs/personal-data.md#record-of-processing).
"""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import translation

from licences.personal import processing_record


class Command(BaseCommand):
    help = "Print the record of processing: which data about people is stored, why and how long, in English and German."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="as JSON, with the columns of the database")

    def handle(self, *args: Any, json: bool, **options: Any) -> None:
        self.stdout.write(_as_json() if json else _as_text())


def _as_json() -> str:
    return json.dumps(processing_record.as_json(), ensure_ascii=False, indent=2)


def _as_text() -> str:
    tables = []
    for language in processing_record.LANGUAGES:
        with translation.override(language):
            tables.append(processing_record.as_markdown())
    return "\n".join(tables)
