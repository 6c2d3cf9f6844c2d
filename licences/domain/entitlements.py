"""What a serial is worth, what it may run, and what an unlock code has to say about it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from licences.domain.codes import MAX_PRODUCTS, MAX_QUANTITY
from licences.domain.errors import Refusal
from licences.domain.versions import Version

# Stepping up to this version or a later one needs Software Assurance (domain.md rule 10).
FIRST_ASSURED_VERSION = Version.parse("2.5")
LAST_FREE_SERIES = "2.4"
MAX_PRODUCTS_PER_SERIAL = MAX_PRODUCTS - 1  # one line of a code stays free for the emergency line


@dataclass(frozen=True, slots=True)
class Grant:
    """A quantity of one product (by its slot); negative is a return."""

    slot: int
    quantity: int


def totals(grants: Iterable[Grant]) -> dict[int, int]:
    """Sum grants per slot, ascending by slot; products whose sum is zero are left out.

    Raises ``Refusal("total-out-of-range")`` where a sum is below zero or above 32767 (domain.md rule 1).
    """
    sums: dict[int, int] = {}
    for grant in grants:
        sums[grant.slot] = sums.get(grant.slot, 0) + grant.quantity
    for slot, total in sums.items():
        check_total(total, slot=slot)
    return {slot: sums[slot] for slot in sorted(sums) if sums[slot]}


def check_total(total: int, **about: Any) -> None:
    """``about`` are further parameters of the refusal, such as the product."""
    if not 0 <= total <= MAX_QUANTITY:
        raise Refusal("total-out-of-range", total=total, limit=MAX_QUANTITY, **about)


def check_product_count(count: int) -> None:
    """A serial holds at most seven products, so that an emergency code always has room for its own line."""
    if count > MAX_PRODUCTS_PER_SERIAL:
        raise Refusal("too-many-products", count=count, limit=MAX_PRODUCTS_PER_SERIAL)


def is_assured(until: date | None, *, on: date) -> bool:
    """Whether Software Assurance until that date (inclusive; None: never had any) covers a day."""
    return until is not None and on <= until


@dataclass(frozen=True, slots=True)
class Coverage:
    """What decides which versions a serial may run.

    ``assured_until`` is the last day ever covered; ``highest_version`` the highest that the serial was
    lawfully running so far, which it may go on running (decisions.md 11).
    """

    assured_until: date | None
    highest_version: Version | None


NEVER_ASSURED = Coverage(assured_until=None, highest_version=None)


@dataclass(frozen=True, slots=True)
class Ruling:
    """May this version run? ``reason`` is a stable code, ``parameters`` fill its sentence."""

    allowed: bool
    reason: str
    parameters: Mapping[str, str]


def may_run(version: Version, coverage: Coverage, *, on: date) -> Ruling:
    """Judge a version by the Software Assurance rule (domain.md rule 10, decisions.md 11)."""
    highest = coverage.highest_version
    if version < FIRST_ASSURED_VERSION:
        return Ruling(True, "version-free", {"version": str(version)})
    if is_assured(coverage.assured_until, on=on):
        return Ruling(True, "version-assured", {"version": str(version), "until": _iso(coverage.assured_until)})
    if highest is not None and version <= highest:
        return Ruling(True, "version-kept", {"version": str(version), "highest": str(highest)})
    ceiling = str(highest) if highest is not None and highest >= FIRST_ASSURED_VERSION else LAST_FREE_SERIES
    parameters = {"version": str(version), "ceiling": ceiling, "since": _iso(coverage.assured_until)}
    return Ruling(False, "software-assurance-required", parameters)


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""
