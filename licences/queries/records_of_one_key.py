"""Purchases and customers whose keys have become one (docs/decisions.md#a-key-typed-otherwise). Nothing here writes.

They stay two; somebody looks whether they are one.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q

from customers.models import Customer
from licences.domain.batches import batched
from licences.domain.customer_keys import pair_digest
from licences.models import LicenceGrant, PurchaseReferenceKey, RecordPair, grants_in_force

_CHUNK = 100  # keys that are looked at together


@dataclass(frozen=True, slots=True)
class PurchasePair:
    """A purchase line on record, and the first one of the same number under another spelling of its reference."""

    known: LicenceGrant
    other: LicenceGrant


def purchases(*, keys: int | None, only: Collection[tuple[int, int]] | None = None) -> Iterator[PurchasePair]:
    """Return pairs of references that have become one and have a line in common, in the order of their keys.

    Lines that were taken back do not count, nor pairs of which somebody said that they are two purchases. ``keys`` is
    how many keys are looked at; None for all. ``only``: the pairs with these primary keys of their lines.
    """
    wanted = None if only is None else set(only)
    for chunk in batched(_shared_references(keys) if only is None else _references_of(only), _CHUNK):
        pairs = _purchases_of(chunk)
        decided = _decided_as_two(pairs)
        for pair in pairs:
            is_wanted = wanted is None or (pair.known.pk, pair.other.pk) in wanted
            if is_wanted and decided.isdisjoint(_digests(pair)):
                yield pair


def _shared_references(most: int | None) -> Iterator[str]:
    """Keys of purchase references that have become one, at most so many; None for all."""
    spellings = PurchaseReferenceKey.objects.filter(key=OuterRef("key")).exclude(reference=OuterRef("reference"))
    own = LicenceGrant.objects.filter(purchase_reference=OuterRef("key"))
    shared = PurchaseReferenceKey.objects.filter(Exists(spellings) | Exists(own))
    return shared.order_by("key").values_list("key", flat=True).distinct()[:most].iterator()


def _references_of(lines: Collection[tuple[int, int]]) -> Iterator[str]:
    """Keys of the references of these purchase lines."""
    grants = LicenceGrant.objects.filter(pk__in={pk for pair in lines for pk in pair})
    references = set(grants.values_list("purchase_reference", flat=True))
    keys = dict(PurchaseReferenceKey.objects.filter(reference__in=references).values_list("reference", "key"))
    return iter(sorted({keys.get(each, each) for each in references}))


def _purchases_of(keys: list[str]) -> list[PurchasePair]:
    """The pairs of purchases with these keys, one for each two references."""
    key_of = dict(PurchaseReferenceKey.objects.filter(key__in=keys).values_list("reference", "key"))
    key_of.update({key: key for key in keys})
    first: dict[tuple[str, int], LicenceGrant] = {}
    pairs: dict[tuple[str, str], PurchasePair] = {}
    grants = grants_in_force().filter(purchase_reference__in=list(key_of)).select_related("serial__site__customer")
    for grant in grants.order_by("pk"):
        known = first.setdefault((key_of[grant.purchase_reference], grant.line), grant)
        if known.purchase_reference != grant.purchase_reference:
            pairs.setdefault((known.purchase_reference, grant.purchase_reference), PurchasePair(known, grant))
    return sorted(pairs.values(), key=lambda pair: (key_of[pair.known.purchase_reference], pair.other.pk))


def _decided_as_two(pairs: list[PurchasePair]) -> set[str]:
    """The digests of those that somebody said are two purchases."""
    digests = [digest for pair in pairs for digest in _digests(pair)]
    decided = RecordPair.objects.filter(pair__in=digests, decision=RecordPair.Decision.ANOTHER)
    return set(decided.values_list("pair", flat=True))


def _digests(pair: PurchasePair) -> set[str]:
    """What a decision about the two references is remembered by, whichever came first."""
    references = [pair.known.purchase_reference, pair.other.purchase_reference]
    return {pair_digest(RecordPair.Kind.REFERENCE, *each) for each in (references, references[::-1])}


def customers(
    *, keys: int | None, only: Collection[tuple[int, int]] | None = None
) -> Iterator[tuple[Customer, Customer]]:
    """Return pairs of customers whose numbers have become one: the oldest, and each other; in the order of their keys.

    ``keys`` is how many keys are looked at; None for all. ``only``: the pairs with these primary keys.
    """
    known = Customer.objects.filter(merged_into=None, erased_at=None)
    wanted = None if only is None else set(only)
    for chunk in batched(_shared_numbers(keys) if only is None else _numbers_of(only), _CHUNK):
        oldest: dict[str, Customer] = {}
        for customer in known.filter(Q(number_key__in=chunk) | Q(number__in=chunk)).order_by("pk"):
            one = oldest.setdefault(customer.number_key or customer.number, customer)
            if one is not customer and (wanted is None or (one.pk, customer.pk) in wanted):
                yield one, customer


def _shared_numbers(most: int | None) -> Iterator[str]:
    """Keys of customer numbers that have become one, at most so many; None for all."""
    known = Customer.objects.filter(merged_into=None, erased_at=None)
    spellings = known.filter(number_key=OuterRef("number_key")).exclude(pk=OuterRef("pk"))
    own = known.filter(number=OuterRef("number_key"))
    shared = known.exclude(number_key="").filter(Exists(spellings) | Exists(own))
    return shared.order_by("number_key").values_list("number_key", flat=True).distinct()[:most].iterator()


def _numbers_of(pairs: Collection[tuple[int, int]]) -> Iterator[str]:
    """Keys of the numbers of these customers."""
    customers = Customer.objects.filter(pk__in={pk for pair in pairs for pk in pair})
    return iter(sorted({key or number for number, key in customers.values_list("number", "number_key")} - {""}))
