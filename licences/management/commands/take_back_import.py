"""``manage.py take_back_import ID --reason TEXT``: take back an import of purchases
(docs/decisions.md#imports-that-are-taken-back).
"""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from licences import imports
from licences.domain.errors import Refusal
from licences.models import FileImport, LicenceGrant
from licences.wording.sentences import refusal_sentence


class Command(BaseCommand):
    help = "Take back an import of purchases, as long as none of its serial numbers was used since."
    requires_system_checks = []  # the checks load every page, which takes memory and a second

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("id", metavar="ID", type=int, help="the number in the address of the import’s page")
        parser.add_argument("--reason", required=True, help="why; it is kept in the event log")

    def handle(self, *args: Any, id: int, reason: str, **options: Any) -> None:
        try:
            taken_back = imports.take_back_import(file_import_id=id, reason=reason, by="manage.py take_back_import")
        except FileImport.DoesNotExist:
            raise CommandError(f"There is no import {id}.") from None
        except Refusal as refusal:
            raise CommandError(refusal_sentence(refusal)) from None
        lines = LicenceGrant.objects.filter(file_import=taken_back, reverses__isnull=False).count()
        self.stdout.write(f"lines taken back: {lines}")
