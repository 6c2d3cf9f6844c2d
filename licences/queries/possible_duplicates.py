"""Customers on record who may be one (docs/decisions.md#who-is-this-customer). Nothing here writes.

They have the same or a similar name, and the same street and number, postcode or telephone number.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass

from django.db.models import F, Max, Min
from django.db.models.functions import Collate
from django.utils.translation import gettext

from customers.models import Customer
from licences.domain.batches import batched
from licences.domain.customer_likeness import are_names_alike, may_be_alike
from licences.domain.matching import name_key
from licences.lookup.serial_summaries import connection_for_reads
from licences.models import SearchText

_NAMES = 5_000  # repeated names that are looked at
_NAMES_AT_ONCE = 50
_GROUP = 40  # more customers of one name are no duplicates
_SERIALS = 4 * _GROUP  # of one name, whose customers are compared
_BLOCK = 500  # more customers who share a postcode, street or number are too many to compare
_CHUNK = 500


@dataclass(frozen=True, slots=True)
class PossibleDuplicate:
    """Two customers, the older first, and what they have in common, as a phrase."""

    one: Customer
    other: Customer
    about: str


def pairs(*, newest: int | None) -> Iterator[PossibleDuplicate]:
    """Return customers who may be one, each pair once: those of the same name, then those of similar names.

    For similar names the ``newest`` customers are compared with all, or all with all if that is None.
    """
    seen = set()
    for pair in _of_one_name():
        seen.add((pair.one.pk, pair.other.pk))
        yield pair
    for block, phrase in _BLOCKS.items():
        for pair in _of_similar_names(block, phrase, newest):
            if (pair.one.pk, pair.other.pk) not in seen:
                seen.add((pair.one.pk, pair.other.pk))
                yield pair


def pairs_of(keys: Collection[tuple[int, int]]) -> Iterator[PossibleDuplicate]:
    """Return those of the pairs, given by the primary keys of both customers, that may still be one."""
    customers = Customer.objects.filter(merged_into=None, erased_at=None).in_bulk({pk for key in keys for pk in key})
    for first, second in keys:
        one, other = customers.get(first), customers.get(second)
        if one and other and (about := _still_in_common(one, other)):
            yield PossibleDuplicate(one, other, about)


def _still_in_common(one: Customer, other: Customer) -> str:
    """What two customers of the same or a similar name have in common, as a phrase; empty if they are no duplicates."""
    if name_key(one.name) == name_key(other.name) and (shared := _shared_details(one, other)):
        return shared
    if not (may_be_alike(one.name, other.name) and are_names_alike(one.name, other.name)):
        return ""
    return next((phrase() for block, phrase in _BLOCKS.items() if _share(one, other, block)), "")


# Parts of a union, because SQLite has no LATERAL.
_SERIALS_OF_NAME = """SELECT * FROM (
    SELECT name_key, serial_id FROM licences_searchtext WHERE {name} = %s ORDER BY {name}, serial_id LIMIT {most}
) AS x"""
_CUSTOMERS_OF_SERIALS = """
SELECT f.name_key, t.customer_id FROM ({serials}) AS f
JOIN licences_serial s ON s.id = f.serial_id JOIN customers_site t ON t.id = s.site_id
ORDER BY f.name_key, f.serial_id
"""


# --- The same name ----------------------------------------------------------------------------------


def _of_one_name() -> Iterator[PossibleDuplicate]:
    """Pairs of customers of the same name."""
    for chunk in batched(_repeated_names(), _NAMES_AT_ONCE):
        namesakes = _namesakes(chunk)
        customers = Customer.objects.in_bulk({pk for keys in namesakes.values() for pk in keys})
        for keys in namesakes.values():
            yield from _in_group([customers[pk] for pk in sorted(keys)[:_GROUP]])


def _namesakes(names: Sequence[str]) -> dict[str, set[int]]:
    """Each of these folded names → the customers of its first ``_SERIALS`` serials, by their primary keys."""
    connection = connection_for_reads()
    column = "name_key" if connection.vendor == "sqlite" else 'name_key COLLATE "C"'
    part = _SERIALS_OF_NAME.format(name=column, most=_SERIALS)
    with connection.cursor() as cursor:
        cursor.execute(_CUSTOMERS_OF_SERIALS.format(serials=" UNION ALL ".join([part] * len(names))), names)
        namesakes: dict[str, set[int]] = {}
        for name, customer in cursor.fetchall():
            namesakes.setdefault(name, set()).add(customer)
    return namesakes


def _repeated_names() -> Iterator[str]:
    """Folded names that more than one serial has."""
    texts = SearchText.objects.annotate(letters=_collated("name_key")).order_by()
    groups = texts.values("letters").annotate(first=Min("serial_id"), last=Max("serial_id"))
    repeated = groups.filter(last__gt=F("first")).order_by("letters")
    yield from repeated.values_list("letters", flat=True)[:_NAMES].iterator()


def _collated(column: str) -> F | Collate:
    """A column of names in the collation of its index, which orders names the same way on both databases."""
    return Collate(column, "C") if connection_for_reads().vendor == "postgresql" else F(column)


def _in_group(customers: Sequence[Customer]) -> Iterator[PossibleDuplicate]:
    """Each customer with the first later one that may be the same, if there is one."""
    for index, one in enumerate(customers):
        other = next((each for each in customers[index + 1 :] if _shared_details(one, each)), None)
        if other is not None:
            yield PossibleDuplicate(one, other, _shared_details(one, other))


def _shared_details(one: Customer, other: Customer) -> str:
    """What two customers of one name have in common besides it, as a phrase; empty if nothing."""
    if one.details_key == other.details_key:
        return gettext("the same name, address and postcode")
    if _share(one, other, "phone_block"):
        return gettext("the same name and telephone number")
    if _share(one, other, "postcode_block"):
        return gettext("the same name and postcode")
    if _share(one, other, "street_block"):
        return gettext("the same name, street and number")
    return ""


def _share(one: Customer, other: Customer, block: str) -> bool:
    """Whether two customers have the same value, other than 0, in one of the blocks of ``CustomerKeys``."""
    return getattr(one, block) == getattr(other, block) != 0


# --- Similar names ------------------------------------------------------------------------------------

_BLOCKS: dict[str, Callable[[], str]] = {
    "phone_block": lambda: gettext("a similar name and the same telephone number"),
    "street_block": lambda: gettext("a similar name and the same street and number"),
    "postcode_block": lambda: gettext("a similar name and the same postcode"),
}

# The customers are read twice for each block. ``{limit}`` is LIMIT, or nothing; ``{most}`` share a block.
_SHARING = """
WITH n AS (
    SELECT id, name, {block} FROM customers_customer
    WHERE merged_into_id IS NULL AND NOT ({block} = 0) ORDER BY id DESC {limit}
), shared AS (
    SELECT {block} FROM customers_customer
    WHERE merged_into_id IS NULL AND {block} IN (SELECT {block} FROM n)
    GROUP BY {block} HAVING count(*) BETWEEN 2 AND {most}
)
SELECT o.id, o.name, n.id, n.name FROM n
JOIN customers_customer o ON o.{block} = n.{block} AND o.id < n.id AND o.merged_into_id IS NULL
WHERE n.{block} IN (SELECT {block} FROM shared)
ORDER BY o.id, n.id
"""


def _of_similar_names(block: str, phrase: Callable[[], str], newest: int | None) -> Iterator[PossibleDuplicate]:
    """Pairs of customers who share a block and have similar names."""
    limit = "" if newest is None else f"LIMIT {newest:d}"
    with connection_for_reads().chunked_cursor() as cursor:
        cursor.execute(_SHARING.format(block=block, limit=limit, most=_BLOCK))
        while chunk := cursor.fetchmany(_CHUNK):
            alike = [
                (one, other)
                for one, name, other, its_name in chunk
                if may_be_alike(name, its_name) and are_names_alike(name, its_name)
            ]
            customers = Customer.objects.in_bulk({each for pair in alike for each in pair})
            for one, other in alike:
                yield PossibleDuplicate(customers[one], customers[other], phrase())
