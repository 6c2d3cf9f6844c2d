"""Template files can be downloaded, and uploaded unchanged."""

from io import BytesIO

import pytest
from openpyxl import load_workbook

from licences import operations
from licences.imports.rows import installation_rows, purchase_lines
from licences.models import Installation, LicenceGrant, Product
from tests.imports.entry_points import INSTALLATIONS, PURCHASES, confirmed, counts, preview
from tests.imports.files import read_csv
from tests.imports.import_pages import downloaded
from tests.tables import each_row

COLUMNS = {"purchases": purchase_lines.COLUMNS, "installations": installation_rows.COLUMNS}

each_format = each_row("extension", ["csv", "xlsx"])


@pytest.fixture
def template(importer, as_user):
    browser = as_user(importer)
    return lambda kind, extension: downloaded(browser.get(f"/purchases/imports/templates/{kind}.{extension}"))


@each_format
@pytest.mark.parametrize("kind", COLUMNS)
def test_a_template_has_all_columns_of_its_kind(kind, extension, catalogue, template):
    content = template(kind, extension)

    if extension == "csv":
        header = list(read_csv(content)[0])
    else:
        header = [cell.value for cell in next(load_workbook(BytesIO(content)).active.iter_rows())]
    assert tuple(header) == COLUMNS[kind]


@each_format
def test_both_templates_import_as_they_stand_one_after_the_other(extension, catalogue, template):
    purchases = preview(template("purchases", extension), name=f"template.{extension}")
    assert counts(purchases) == {"new": 2, "taken_over": 2}
    assert confirmed(purchases).rows_applied == 4

    installations = preview(template("installations", extension), kind=INSTALLATIONS, name=f"template.{extension}")
    assert counts(installations) == {"taken_over": 2}
    assert confirmed(installations).rows_applied == 2
    assert set(Installation.objects.values_list("site_id", flat=True)) == {"EXAMPLESITE1", "SAMPLESITE22"}


@each_format
def test_uploading_a_template_again_changes_nothing(extension, catalogue, template):
    confirmed(preview(template("purchases", extension)))

    assert counts(preview(template("purchases", extension), kind=PURCHASES)) == {"unchanged": 4}


def test_the_examples_are_of_products_that_there_are(template, db):
    operations.save_product(Product(sku="OTHER-1", name="Another product", slot=9), by="tests")

    confirmed(preview(template("purchases", "csv")))

    assert set(LicenceGrant.objects.values_list("product__sku", flat=True)) == {"OTHER-1"}


def test_there_is_a_template_before_there_is_any_product(template, db):
    assert len(read_csv(template("purchases", "csv"))) == 4


@each_row("address", ["products.csv", "purchases.pdf", "purchases", "Purchases.csv", "%00.csv"])
def test_there_is_no_template_of_anything_else(address, importer, as_user):
    assert as_user(importer).get(f"/purchases/imports/templates/{address}").status_code == 404
