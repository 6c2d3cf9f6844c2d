"""``manage.py import_installations FILE``: take over installations of an older system, all rows or none
(docs/imports.md#installations-of-an-older-system).
"""

from licences.management.importing import ImportCommand
from licences.models import FileImport


class Command(ImportCommand):
    help = "Take over installations of an older system from a CSV or XLSX file; exit code 1 if a row was rejected."
    kind = FileImport.Kind.INSTALLATIONS
