"""``manage.py import_purchases FILE``: import purchases from a CSV or XLSX file, all rows or none
(docs/imports.md#purchases).
"""

from licences.management.importing import ImportCommand
from licences.models import FileImport


class Command(ImportCommand):
    help = "Import purchases from a CSV or XLSX file; exit code 1 if a row was rejected."
    kind = FileImport.Kind.PURCHASES
