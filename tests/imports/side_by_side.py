"""Running functions at the same time as an import, and the records that they use."""

import itertools

from licences import imports, operations
from licences.domain.codes import new_site_id
from tests import factories
from tests.factories import TODAY, details, versions
from tests.how_often import rounds
from tests.imports.files import csv_bytes, row
from tests.together import together

ROUNDS = rounds(3)
_numbers = itertools.count(1)


def done(*functions):
    """Run the functions at the same time; returns their results, and raises what they raised."""
    results = together(*functions)
    for result in results:
        assert result is not None, "it did not come to an end"
        if isinstance(result, BaseException):
            raise result
    return results


def bought(count):
    """Serial numbers of one customer each, in the order of their keys."""
    rows = [row(f"B-{next(_numbers)}", customer_number=f"B-{next(_numbers)}") for _ in range(count)]
    lines = [factories.line(**{**each, "line": 1, "quantity": 1}) for each in rows]
    return [imports.record_purchase(line, by="tests").serial for line in lines]


def top_ups(serials, name, covered_until=""):
    """A row of each of two products per serial number."""
    return csv_bytes(
        *[
            row(
                f"{name}-{serial.pk}",
                line,
                serial=serial.code,
                customer_number=serial.site.customer.number,
                product=sku,
                software_assurance_until=covered_until,
            )
            for serial in serials
            for line, sku in enumerate(("XCH-USR", "XCH-CTI"))
        ]
    )


def update(serial):
    return operations.update_installation(
        serial=serial.code, site_id=None, versions=None, by="server", today=TODAY
    ).unlock_code


def register(serial, site_id=""):
    place = {"serial": serial.code, "site_id": site_id or new_site_id()}
    return operations.register_installation(**place, versions=versions(), details=details(), by="server", today=TODAY)
