"""What programs are told about sites beyond the look-up's summary: licences, versions, and possible upgrades.

One statement reads all of it, without the ORM: a telephone system asks while it rings.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connections

from licences.domain.entitlements import Coverage
from licences.domain.versions import Version
from licences.models import Release, Serial
from licences.queries.serials import PossibleUpgrade, possible_upgrade


@dataclass(frozen=True, slots=True)
class ProductQuantity:
    """How many licences of a product a serial has; they may be none."""

    sku: str
    name: str
    quantity: int


@dataclass(frozen=True, slots=True)
class RunningVersions:
    """The versions of the newest installation; empty where they are not known."""

    server: str
    client: str


@dataclass(frozen=True, slots=True)
class SiteFacts:
    """The facts of one serial: its newest versions, its products by slot, and what it may be upgraded to."""

    versions: RunningVersions | None = None
    products: list[ProductQuantity] = field(default_factory=list)
    upgrade: PossibleUpgrade | None = None


# Kind of row, key of the serial, order, and the values of the kind: texts and a number.
_FACTS = """
SELECT 'serial', s.id, 0, s.highest_version, i.server_version, i.client_version, 0
FROM licences_serial s LEFT JOIN licences_installation i ON i.id = (
    SELECT max(n.id) FROM licences_installation n WHERE n.serial_id = s.id)
WHERE s.id IN ({keys})
UNION ALL
SELECT 'product', b.serial_id, p.slot, p.sku, p.name, '', b.quantity
FROM licences_balance b JOIN licences_product p ON p.id = b.product_id WHERE b.serial_id IN ({keys})
UNION ALL
SELECT 'release', 0, 0, r.version, '', '', CASE WHEN r.needs_software_assurance THEN 1 ELSE 0 END
FROM licences_release r
ORDER BY 3
"""


def site_facts(assured: Mapping[int, date | None], *, today: date) -> dict[int, SiteFacts]:
    """Return the facts of several serials, by the same rules as the site card, in one query whatever their number.

    ``assured`` maps keys of serials to their last day of Software Assurance.
    """
    serials: dict[int, tuple[str, RunningVersions | None]] = {}
    products: dict[int, list[ProductQuantity]] = {}
    releases: list[Release] = []
    for kind, key, _order, first, second, third, number in _fact_rows(list(assured)):
        if kind == "serial":
            serials[key] = first, None if second is None else RunningVersions(second, third)
        elif kind == "product":
            products.setdefault(key, []).append(ProductQuantity(first, second, number))
        else:
            releases.append(Release(version=first, needs_software_assurance=bool(number)))
    policy, facts = Release.policy(releases), {}
    for key, (highest, versions) in serials.items():
        coverage = Coverage(assured[key], Version.parse(highest) if highest else None, policy)
        upgrade = possible_upgrade(versions.server if versions else "", coverage, releases, today=today)
        facts[key] = SiteFacts(versions, products.get(key, []), upgrade)
    return facts


def _fact_rows(keys: list[int]) -> list[tuple[Any, ...]]:
    if not keys:
        return []
    statement = _FACTS.format(keys=", ".join(["%s"] * len(keys)))
    with connections[Serial.objects.all().db].cursor() as cursor:
        cursor.execute(statement, [*keys, *keys])
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows
