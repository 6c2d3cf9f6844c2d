"""Actions and inspections for the tests of imports in the administration."""

import html
import re
from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook

from licences.models import Event, Product
from tests.administration.admin_lists import address

IMPORT, PROCESS = address(Product, "import"), address(Product, "process_import")
HEADER = "sku,name,slot\n"
FORM = {"format": "0", "resource": "0"}  # the other fields of the upload form


def upload(browser: Any, content: str | bytes, name: str = "products.csv") -> Any:
    """Upload a file; returns its preview, or the form with its errors."""
    data = content.encode() if isinstance(content, str) else content
    return browser.post(IMPORT, {**FORM, "import_file": SimpleUploadedFile(name, data)})


def confirm(browser: Any, preview: Any) -> Any:
    """Press the button below a preview, or send its data where there is no button."""
    return browser.post(PROCESS, confirmation(preview))


def confirmation(preview: Any) -> dict[str, str]:
    """The data that the button below a preview sends; empty without a button."""
    found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', preview.content.decode())
    return {name: html.unescape(value) for name, value in found}


def digest(preview: Any) -> str:
    """The digest of a preview; empty where it has no button."""
    return confirmation(preview).get("preview", "")


def has_button(preview: Any) -> bool:
    return 'type="submit" class="default"' in preview.content.decode()


OUTCOMES = {"new": "new", "update": "changed", "skip": "unchanged", "invalid": "rejected"}


def outcomes(preview: Any) -> dict[int, str]:
    """Row number in the file → outcome in the preview."""
    return {row.number: OUTCOMES[row.import_type] for row in preview.context["result"].rows}


def problems(preview: Any, row: int) -> list[tuple[str, str]]:
    """The problems of a row in the preview: (column, empty for the row as a whole, sentence)."""
    (judged,) = [each for each in preview.context["result"].invalid_rows if each.number == row]
    in_cells = [(title, words) for title, _value, problems in judged.cells for words in problems]
    return [("", words) for words in judged.non_field_specific_errors] + in_cells


def on_record() -> dict[str, tuple[str, int]]:
    """SKU → name and slot."""
    return {product.sku: (product.name, product.slot) for product in Product.objects.all()}


def imports_recorded() -> list[Event]:
    return list(Event.objects.filter(kind=Event.Kind.CATALOGUE_CHANGED).exclude(actor="tests"))


def workbook(*rows: Any) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    file = BytesIO()
    book.save(file)
    return file.getvalue()
