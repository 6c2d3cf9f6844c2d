"""Who calls: the customers on record with a telephone number, for systems that show a name while it rings
(docs/look-up.md#who-calls)."""

from dataclasses import dataclass, field
from enum import StrEnum

from licences.domain.dialled_numbers import dialled_number
from licences.lookup.certainty import has_number
from licences.lookup.match_kinds import MatchKind
from licences.lookup.search import look_up
from licences.lookup.serial_summaries import SerialSummary


class CallerCertainty(StrEnum):
    """How sure it is that a customer calls."""

    SURE = "sure"  # the only customer with this number
    SHARED = "shared"  # several customers have this number
    SIMILAR = "similar"  # another extension of a number on record


@dataclass(frozen=True, slots=True)
class Caller:
    """A customer who may be calling, with their serial numbers that have the number."""

    company: str
    town: str
    certainty: CallerCertainty
    serials: list[SerialSummary]


@dataclass(frozen=True, slots=True)
class CallersFound:
    """The customers who may be calling, best first. ``more``: there may be others."""

    callers: list[Caller] = field(default_factory=list)
    more: bool = False


def find_callers(number: str) -> CallersFound:
    """Find the customers who may be calling from a telephone number; none where it is not on record.

    ``number`` has any form that telephone systems send. It is the look-up of the page, of which only telephone numbers
    count: the number on record, with or without its area and country code, or else another extension of it. Nobody is
    found by fewer than seven digits. Rule: docs/look-up.md#who-calls.
    """
    found = look_up(dialled_number(number), with_codes=False, with_facts=False)
    if found.near:
        similar = [hit.serial for hit in found.hits if hit.reason.kind is MatchKind.EXTENSION]
        return _by_customer(similar, CallerCertainty.SIMILAR, more=found.more)
    return _by_customer(
        [hit.serial for hit in found.hits if not hit.serial.erased and has_number(hit.serial, found.query)],
        CallerCertainty.SURE,
        more=found.more,
    )


def _by_customer(serials: list[SerialSummary], certainty: CallerCertainty, *, more: bool) -> CallersFound:
    """Gather serial numbers by customer, in their order, as callers of this certainty.

    ``more``: there may be others that were not read. ``SURE`` becomes ``SHARED`` where there are several customers, or
    may be.
    """
    groups: dict[int, list[SerialSummary]] = {}
    for serial in serials:
        groups.setdefault(serial.customer_id, []).append(serial)
    if certainty is CallerCertainty.SURE and (len(groups) > 1 or more):
        certainty = CallerCertainty.SHARED
    callers = [Caller(each[0].customer_name, each[0].city, certainty, each) for each in groups.values()]
    return CallersFound(callers, more)
