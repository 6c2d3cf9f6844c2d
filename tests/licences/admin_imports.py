"""What the tests of imports in the administration do, and what they look at."""

import re
from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook

from licences.models import Event, Product
from tests.licences.admin_lists import address

IMPORT, PROCESS = address(Product, "import"), address(Product, "process_import")
HEADER = "sku,name,slot\n"


def upload(browser: Any, content: str | bytes, name: str = "products.csv") -> Any:
    """The answer to a file: its preview, or what is wrong with it."""
    data = content.encode() if isinstance(content, str) else content
    return browser.post(IMPORT, {"file": SimpleUploadedFile(name, data)})


def confirm(browser: Any, preview: Any) -> Any:
    """Press the button under a preview, whether it is there or not."""
    return browser.post(PROCESS, {"preview": digest(preview)})


def digest(preview: Any) -> str:
    found = re.search(r'name="preview" value="([0-9a-f]{64})"', preview.content.decode())
    assert found, "no preview"
    return found[1]


def has_button(preview: Any) -> bool:
    return 'type="submit" class="default"' in preview.content.decode()


def outcomes(preview: Any) -> dict[int, str]:
    """Row number in the file → what the preview says of it."""
    return {row.number: row.outcome for row in preview.context["judgement"].rows}


def problems(preview: Any, row: int) -> list[tuple[str, str]]:
    """What the preview finds wrong in a row: column, empty for the row as a whole, and sentence."""
    (judged,) = [each for each in preview.context["judgement"].rows if each.number == row]
    in_cells = [(cell.title, words) for cell in judged.cells for words in cell.problems]
    return [("", words) for words in judged.problems] + in_cells


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
