"""Every export that there is, with formulas for names: a spreadsheet program finds text in it."""

import csv
import io

import pytest
from openpyxl import load_workbook

from tests import factories
from tests.imports.entry_points import preview
from tests.imports.files import csv_bytes, row
from tests.roles.expectations import SUPERUSER
from tests.roles.reading import answers, body
from tests.roles.stage import Browser, person

pytestmark = pytest.mark.django_db
FORMULAS = ("=1+1", "+49 7071 555", "-2+3", "@SUM(A1)", "\t=1", "＝1+1", "=cmd|' /C calc'!A0", '=HYPERLINK("//x","y")')
BEGINS = tuple("=+-@\t\r＝＋－＠")


@pytest.fixture
def stage(stage):
    for number, formula in enumerate(FORMULAS):
        line = formula.strip()
        serial = factories.bought(
            customer_name=line, contact_name=line, contact_phone=line, city=line, address_line1=line, site_name=line,
            customer_number=f"{line}{number}", purchase_reference=f"{line}{number}",
        )  # fmt: skip
        factories.registered(serial, name=line, contact_name=line, contact_phone=line, address_line1=line)
    stage.file_import = preview(csv_bytes(*[row(each, product=each, customer_name=each) for each in FORMULAS]))
    return stage


def is_number(text):
    try:
        float(text)
    except ValueError:
        return False
    return True


def test_no_export_has_a_formula(stage, quiet):
    user = person(SUPERUSER)
    tables, disarmed, as_they_are = [], 0, 0
    for where, answer in answers(stage, Browser(user), user):
        media = answer.headers.get("Content-Type", "")
        if media.startswith("text/csv"):
            cells = [cell for line in csv.reader(io.StringIO(body(answer).decode("utf-8-sig"))) for cell in line]
            assert not [cell for cell in cells if cell.startswith(BEGINS) and not is_number(cell)], where
        elif "spreadsheetml" in media:
            sheets = load_workbook(io.BytesIO(body(answer))).worksheets
            found = [cell for sheet in sheets for line in sheet.iter_rows() for cell in line]
            assert not [cell.value for cell in found if cell.data_type == "f"], where
            texts = [cell for cell in found if isinstance(cell.value, str)]
            assert {(cell.data_type, cell.number_format) for cell in texts} <= {("s", "@")}, where
            as_they_are += sum(cell.value.startswith(BEGINS) for cell in texts)
            cells = []
        else:
            continue
        tables.append(where)
        disarmed += sum(cell.startswith(tuple(f"'{begin}" for begin in BEGINS)) for cell in cells)

    assert len(tables) > 50
    assert {"import-rejected", "import-template", "quality-list as csv", "customers.customer export as xlsx"} <= set(
        tables
    )
    assert disarmed > 20
    assert as_they_are > 20
