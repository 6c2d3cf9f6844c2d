"""The template files of the upload page: a header, and example rows that can be imported as they are."""

from datetime import date

from licences.imports.rows import installation_rows, purchase_lines
from licences.models import FileImport, Product
from licences.spreadsheets.writing import Cell

Kind = FileImport.Kind
COLUMNS = {Kind.PURCHASES: purchase_lines.COLUMNS, Kind.INSTALLATIONS: installation_rows.COLUMNS}

Row = dict[str, Cell]

_NORTH: Row = {
    "customer_number": "EXAMPLE-1",
    "customer_name": "Beispiel & Söhne GmbH",
    "address_line1": "Musterstraße 1",
    "postcode": "01234",
    "city": "Musterstadt",
    "country": "DE",
    "contact_name": "Erika Beispiel",
    "contact_phone": "+49 30 5550 0101",
    "contact_email": "purchasing@example.com",
}
_SOUTH: Row = {
    "customer_number": "EXAMPLE-2",
    "customer_name": "Example Industries Ltd",
    "address_line1": "1 Sample Street",
    "postcode": "ZZ1 1ZZ",
    "city": "Sampleton",
    "country": "GB",
    "contact_name": "Alex Example",
    "contact_phone": "+44 20 5550 0102",
    "contact_email": "it@example.com",
    "site_name": "Warehouse",
}
_OLD_SERIALS = ("EXAM-PLE1", "SAMP-LE22")  # of an older system; the template of installations refers to them


def _purchases() -> list[Row]:
    """Example rows: a purchase of two lines that is allocated a serial, and two purchases of existing serials."""
    sku, *others = Product.objects.order_by("slot").values_list("sku", flat=True)[:2] or ["XCH-SRV"]
    covered = date(2027, 1, 31)
    new: Row = {**_NORTH, "purchase_reference": "EXAMPLE-100", "purchased_on": date(2026, 1, 15)}
    old: Row = {"line": 1, "product": sku, "quantity": 1}
    first, second = _OLD_SERIALS
    return [
        {**new, "line": 1, "product": sku, "quantity": 1, "software_assurance_until": covered},
        {**new, "line": 2, "product": (others or [sku])[0], "quantity": 25, "software_assurance_until": covered},
        {**_SOUTH, **old, "purchase_reference": "EXAMPLE-200", "serial": first},
        {**_NORTH, **old, "purchase_reference": "EXAMPLE-201", "serial": second, "site_name": "Zweigwerk"},
    ]


def _installations() -> list[Row]:
    """Example rows: two installations, of the existing serial numbers in the template of purchases."""
    first, second = _OLD_SERIALS
    return [
        {**_registered(_SOUTH), "serial": first, "site_id": "EXAM-PLES-ITE1"},
        {**_registered(_NORTH), "serial": second, "site_id": "SAMP-LESI-TE22"},
    ]


def _registered(customer: Row) -> Row:
    """The columns of an example customer's installation: registered details, day of registration and versions."""
    since: Row = {"registered_on": date(2019, 5, 17), "server_version": "2.4", "client_version": "2.4"}
    return {**customer, **since, "name": customer["customer_name"]}


def example_rows(kind: FileImport.Kind) -> list[list[Cell]]:
    """The example rows of a template, each in the order of ``COLUMNS[kind]``. Reads the catalogue for product codes."""
    rows = _purchases() if kind == Kind.PURCHASES else _installations()
    return [[row.get(column, "") for column in COLUMNS[kind]] for row in rows]
