"""What a serial is worth, what it may run, and what an unlock code has to say about it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from licences.domain.codes import MAX_PRODUCTS, MAX_QUANTITY
from licences.domain.errors import Refusal
from licences.domain.versions import Version

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
class VersionPolicy:
    """Stepping up to ``first_assured`` or a later version needs Software Assurance (domain.md rule 10).

    ``last_free`` is what anybody may run instead. None: no version needs it.
    """

    first_assured: Version | None
    last_free: str

    @classmethod
    def of(cls, releases: Iterable[tuple[Version, bool]]) -> "VersionPolicy":
        """The policy of releases, each with whether it needs Software Assurance; without any, the rule of old.

        The lowest release that needs it draws the line. Where none does, the line of old stands until a release
        beyond it is known to be free.
        """
        known = sorted(releases, key=lambda release: release[0])
        first = next((version for version, assured in known if assured), None)
        free = [version for version, assured in known if not assured and (first is None or version < first)]
        if first is None and not (free and free[-1] >= _FIRST_ASSURED):
            first = _FIRST_ASSURED
        return cls(first, str(free[-1]) if free else _LAST_FREE)

    def is_free(self, version: Version) -> bool:
        return self.first_assured is None or version < self.first_assured


_FIRST_ASSURED, _LAST_FREE = Version.parse("2.5"), "2.4"
DEFAULT_POLICY = VersionPolicy(_FIRST_ASSURED, _LAST_FREE)


@dataclass(frozen=True, slots=True)
class Coverage:
    """What decides which versions a serial may run.

    ``assured_until`` is the last day ever covered; ``highest_version`` the highest that the serial was
    lawfully running so far, which it may go on running (decisions.md 11).
    """

    assured_until: date | None
    highest_version: Version | None
    policy: VersionPolicy = DEFAULT_POLICY


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
    if coverage.policy.is_free(version):
        return Ruling(True, "version-free", {"version": str(version)})
    if is_assured(coverage.assured_until, on=on):
        return Ruling(True, "version-assured", {"version": str(version), "until": _iso(coverage.assured_until)})
    if highest is not None and version <= highest:
        return Ruling(True, "version-kept", {"version": str(version), "highest": str(highest)})
    stepped_up = highest is not None and not coverage.policy.is_free(highest)
    ceiling = str(highest) if stepped_up else coverage.policy.last_free
    parameters = {"version": str(version), "ceiling": ceiling, "since": _iso(coverage.assured_until)}
    return Ruling(False, "software-assurance-required", parameters)


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""
