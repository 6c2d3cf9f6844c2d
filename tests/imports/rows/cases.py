"""A full row of each kind of file, and how the tests parse one."""

from dataclasses import dataclass
from types import ModuleType

from licences.imports.rows import installation_rows, purchase_lines
from licences.wording.sentences import sentence
from tests.tables import each_row

CONTACT = {
    "address_line1": "Hauptstraße 12a",
    "address_line2": "2. Stock",
    "postcode": "80331",
    "city": "München",
    "country": "Deutschland",
    "contact_name": "Vera Huber",
    "contact_phone": "+49 89 123456-0",
    "contact_email": "vera@huber.example",
}


@dataclass(frozen=True)
class RowCase:
    """``rows`` is the module of ``licences/imports/rows`` that reads the cells; ``row`` a full one, as text."""

    rows: ModuleType
    row: dict[str, str]

    def parsed(self, **cells):
        """The parsed row, or all its problems."""
        return self.rows.parse_cells(tuple({**self.row, **cells}.values()))

    def line_of(self, **cells):
        line = self.parsed(**cells)
        assert not isinstance(line, list)
        return line

    def reason_of(self, column, cell):
        """The problem of a row with this cell alone changed; asserts that its sentence can be built."""
        problems = self.parsed(**{column: cell})
        assert isinstance(problems, list)
        assert [problem.column for problem in problems] == [column]
        assert "%(" not in sentence(problems[0].reason, problems[0].parameters)
        return problems[0].reason


PURCHASE = RowCase(
    purchase_lines,
    {
        "purchase_reference": "PO-2026-117",
        "line": "1",
        "purchased_on": "2026-11-24",
        "serial": "AB1C-O9XZ",
        "product": "XCH-CTI-10",
        "quantity": "25",
        "software_assurance_until": "2027-11-30",
        "customer_number": "K-1001",
        "customer_name": "Huber Elektrotechnik GmbH",
        **CONTACT,
        "site_name": "Werk 2",
    },
)
INSTALLATION = RowCase(
    installation_rows,
    {
        "serial": "AB1C-O9XZ",
        "site_id": "8JK3-MN2P-QR7S",
        "registered_on": "2019-05-17",
        "name": "Huber Elektrotechnik GmbH",
        **CONTACT,
        "server_version": "2.4",
        "client_version": "2.3.1",
    },
)
each_kind = each_row("kind", [PURCHASE, INSTALLATION])
