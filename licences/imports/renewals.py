"""The file of renewals: purchase lines that give serial numbers another year of Software Assurance.

A purchase line has a quantity, and a renewal adds no licence. So each serial has two lines of one purchase: one licence
with the new last day, and its return (docs/figures.md#renewals).
"""

from collections.abc import Iterator
from datetime import date

from customers.contact import CONTACT_COLUMNS
from licences.domain.codes import grouped
from licences.domain.renewals import a_year_later
from licences.imports.rows.purchase_lines import COLUMNS
from licences.queries.renewals import Renewal, all_renewals
from licences.spreadsheets.writing import Cell

LINES = 2  # of a serial


def renewal_columns() -> list[str]:
    """Return the columns of the file, those of a purchase file."""
    return list(COLUMNS)


def renewal_rows(first: date) -> Iterator[list[Cell]]:
    """Yield the lines of a month. Serials whose licences were all returned have none.

    The same month gives the same lines again, so that a file that was imported twice changes nothing.
    """
    for renewal in all_renewals(first):
        if renewal.licences:
            yield _line(renewal, number=1)
            yield _line(renewal, number=2)


def _line(renewal: Renewal, *, number: int) -> list[Cell]:
    """A line: the first adds a licence of the first product with the new last day, the second one returns it."""
    serial, site = renewal.serial, renewal.serial.site
    is_first = number == 1
    values: dict[str, Cell] = {
        "purchase_reference": f"RENEWAL-{renewal.ends:%Y%m%d}-{serial.code}",
        "line": number,
        "purchased_on": "",
        "serial": grouped(serial.code),
        "product": renewal.licences[0].product.sku,
        "quantity": 1 if is_first else -1,
        "software_assurance_until": a_year_later(renewal.ends) if is_first else "",
        "customer_number": site.customer.number,
        "customer_name": site.customer.name,
        **{name: getattr(site.customer, name) for name in CONTACT_COLUMNS},
        "site_name": site.name,
    }
    return [values[column] for column in COLUMNS]
