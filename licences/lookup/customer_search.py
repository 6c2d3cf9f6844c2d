"""Finding customers by what people call them, for pages that ask for one."""

from customers.models import Customer
from licences.domain.matching import fold_name
from licences.domain.query_parsing import LONGEST_QUERY
from licences.lookup.search import look_up
from licences.lookup.statements import CANDIDATES
from licences.models import HandEntry


def find_customers(typed: str) -> list[Customer]:
    """Find customers by name, or by anything else that the look-up knows; best first, at most ``CANDIDATES``.

    ``typed``: the text as typed; an empty one finds nothing. The look-up knows customers by their serial numbers. Those
    that were entered by hand and have none yet are found by a part of their name. Customers that were merged or erased
    are left out.
    """
    hits = look_up(typed, with_codes=False).hits
    ids = list(dict.fromkeys([hit.serial.customer_id for hit in hits] + _entered_by_hand(typed)))[:CANDIDATES]
    customers = Customer.objects.filter(merged_into=None, erased_at=None).in_bulk(ids)
    return [customers[each] for each in ids if each in customers]


def _entered_by_hand(typed: str) -> list[int]:
    """Keys of customers that were entered by hand and whose name contains what was typed, the latest first."""
    name = fold_name(typed[:LONGEST_QUERY])
    if not name:
        return []
    entries = HandEntry.objects.filter(kind=HandEntry.Kind.CUSTOMER, customer__name_search__contains=name)
    return list(entries.order_by("-number").values_list("customer", flat=True)[:CANDIDATES])
