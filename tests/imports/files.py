"""Files to import, from rows that name only what matters to the test."""

import csv
from io import BytesIO, StringIO

from openpyxl import Workbook

from licences.domain.codes import new_site_id
from licences.imports.rows import installation_rows, purchase_lines

PURCHASE_COLUMNS = purchase_lines.COLUMNS
INSTALLATION_COLUMNS = installation_rows.COLUMNS


def row(reference="PO-1", line=1, **values):
    """The cells of a purchase line of one customer, as text."""
    defaults = {
        "purchase_reference": reference,
        "line": line,
        "product": "XCH-SRV",
        "quantity": 1,
        "customer_number": "K-1",
        "customer_name": "Bäckerei Müller & Söhne GmbH",
    }
    return {name: str(value) for name, value in {**defaults, **values}.items()}


def installation(serial, **values):
    """The cells of an installation that an older system registered."""
    defaults = {
        "serial": getattr(serial, "code", serial),
        "site_id": new_site_id(),
        "registered_on": "2019-05-17",
        "name": "Bäckerei Müller & Söhne GmbH",
        "address_line1": "Hauptstraße 12a",
        "postcode": "72074",
        "city": "Tübingen",
        "contact_name": "Sabine Vogel",
        "contact_phone": "07071/555 0163",
        "server_version": "2.4",
        "client_version": "2.3",
    }
    return {**defaults, **values}


def csv_bytes(*rows, columns=PURCHASE_COLUMNS, encoding="utf-8", delimiter=","):
    text = StringIO(newline="")
    writer = csv.DictWriter(text, columns, delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode(encoding)


def installations_csv(*rows, **options):
    return csv_bytes(*rows, columns=INSTALLATION_COLUMNS, **options)


def xlsx_bytes(*rows, columns=PURCHASE_COLUMNS):
    """A workbook as Excel saves it; numbers and dates in ``rows`` keep their types."""
    book = Workbook()
    sheet = book.active
    sheet.append(list(columns))
    for each in rows:
        sheet.append([each.get(column) for column in columns])
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def read_csv(content, delimiter=","):
    """The rows of a CSV file that the portal wrote."""
    return list(csv.DictReader(StringIO(content.decode("utf-8-sig"), newline=""), delimiter=delimiter))
