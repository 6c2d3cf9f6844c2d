"""A plain model of the rules of a purchase file, against which the SQL is tested.

It works row by row and searches lists from end to end, so it is slow. ``Record`` is what the portal knows; ``judged``
returns the verdicts on rows, and ``recorded`` what is known after they are applied.
"""

from collections import Counter
from dataclasses import dataclass, field, replace

from licences.domain.customer_keys import match_key, site_key
from licences.domain.near_misses import near_miss
from licences.imports.rows.purchase_lines import PurchaseLine
from tests.imports.rows.lines import allocation_key

LIMIT = 32767
PRODUCTS_PER_SERIAL = 7


@dataclass(frozen=True)
class Buyer:
    """A customer: its number, and the key of its name and address; a new one with a number has no key yet."""

    number: str
    key: str


@dataclass(frozen=True)
class Target:
    """A serial number: recorded or named if it has a code, else one that will be allocated."""

    code: str
    buyer: Buyer
    site: str


@dataclass
class Record:
    products: list[str]
    buyers: list[Buyer] = field(default_factory=list)
    targets: list[Target] = field(default_factory=list)
    grants: list[tuple[PurchaseLine, Target]] = field(default_factory=list)

    def total(self, target, product):
        return sum(line.quantity for line, of in self.grants if (of, line.product.casefold()) == (target, product))


@dataclass
class Verdict:
    outcome: str
    target: Target | None = None
    reason: str = ""


def judged(record, lines):
    """Row number → verdict, of lines in the order of the file."""
    verdicts = {}
    repeated = {row: first for row, line in lines.items() if (first := _row_of(line, lines)) != row}
    lines = {row: line for row, line in lines.items() if row not in repeated}
    for judge in (_by_key, _by_product, _by_buyer, _by_serial, _by_empty_serial, _by_totals, _by_products):
        ended = {row for row, verdict in verdicts.items() if verdict.outcome != "matched"}
        in_play = {row: line for row, line in lines.items() if row not in ended}
        verdicts |= judge(record, in_play, verdicts, lines)
    verdicts = {row: _final_verdict(record, lines[row], verdict) for row, verdict in verdicts.items()}
    for row, first in repeated.items():
        verdicts[row] = verdicts[first] if verdicts[first].outcome == "rejected" else Verdict("unchanged")
    return verdicts


def _row_of(line, lines):
    """The row in which a line comes first."""
    return next(row for row, other in lines.items() if other == line)


def _final_verdict(record, line, verdict):
    """The final outcome of a matched row."""
    if verdict.outcome != "matched":
        return verdict
    if line.quantity < 0:
        return replace(verdict, outcome="return")
    if verdict.target in record.targets:
        return replace(verdict, outcome="top_up")
    return replace(verdict, outcome="taken_over" if verdict.target.code else "new")


def rejected(reason):
    return Verdict("rejected", reason=reason)


# --- The rules, in their order ---------------------------------------------------------------------


def key_of_purchase(line):
    return line.purchase_reference, line.line


def _by_key(record, rows, verdicts, lines):
    found = {}
    for row, line in rows.items():
        twins = [other for other in lines.values() if key_of_purchase(other) == key_of_purchase(line)]
        known = [granted for granted, _target in record.grants if key_of_purchase(granted) == key_of_purchase(line)]
        if any(twin != line for twin in twins):
            found[row] = rejected("key-twice")
        elif known:
            found[row] = Verdict("unchanged") if known == [line] else rejected("key-with-other-content")
    return found


def _by_product(record, rows, verdicts, lines):
    known = [sku.casefold() for sku in record.products]
    return {row: rejected("product-unknown") for row, line in rows.items() if line.product.casefold() not in known}


def _by_buyer(record, rows, verdicts, lines):
    return {row: rejected("customer-ambiguous") for row, line in rows.items() if buyer_of(record, line) is None}


def buyer_of(record, line):
    """The buyer; None where several customers match."""
    if line.customer_number:
        known = [buyer for buyer in record.buyers if buyer.number == line.customer_number]
        return known[0] if known else Buyer(line.customer_number, "")
    same = [buyer for buyer in record.buyers if buyer.key == key_of(line)]
    nameless = [buyer for buyer in same if not buyer.number]
    if len(same) > 1:
        return nameless[0] if len(nameless) == 1 else None
    return same[0] if same else Buyer("", key_of(line))


def key_of(line):
    return match_key(line.customer_name, line.address_line1, line.postcode)


def _by_serial(record, rows, verdicts, lines):
    found = {}
    for row, line in rows.items():
        if not line.serial:
            continue
        buyer = buyer_of(record, line)
        known = [target for target in record.targets if target.code == line.serial]
        first = next(other for other in rows.values() if other.serial == line.serial)
        owner = known[0].buyer if known else buyer_of(record, first)
        if owner != buyer:
            found[row] = rejected("serial-of-another-customer")
        elif known:
            found[row] = Verdict("matched", known[0])
        elif any(near_miss(line.serial, target.code) for target in record.targets):
            found[row] = rejected("serial-similar-to-known")
        else:
            found[row] = Verdict("matched", Target(line.serial, owner, site_key(first.site_name)))
    return found


def _by_empty_serial(record, rows, verdicts, lines):
    found = {}
    for row, line in rows.items():
        if line.serial:
            continue
        buyer, site = buyer_of(record, line), site_key(line.site_name)
        of_the_purchase = {
            target for granted, target in record.grants if allocation_key(granted) == allocation_key(line)
        }
        of_the_site = {
            target
            for target in [*record.targets, *(verdict.target for verdict in verdicts.values() if verdict.target)]
            if (target.buyer, target.site) == (buyer, site)
        }
        candidates = of_the_purchase or of_the_site or {Target("", buyer, site)}
        if len(candidates) > 1:
            found[row] = rejected("serial-ambiguous")
        else:
            (target,) = candidates
            in_other_hands = buyer in record.buyers and target.buyer != buyer
            found[row] = rejected("serial-of-another-customer") if in_other_hands else Verdict("matched", target)
    return found


def _by_totals(record, rows, verdicts, lines):
    found = {}
    added = Counter()
    for row, line in rows.items():
        added[verdicts[row].target, line.product.casefold()] += line.quantity
    for row, line in rows.items():
        target, product = verdicts[row].target, line.product.casefold()
        if not 0 <= record.total(target, product) + added[target, product] <= LIMIT:
            found[row] = rejected("total-out-of-range")
    return found


def _by_products(record, rows, verdicts, lines):
    found = {}
    for row in rows:
        target = verdicts[row].target
        after = Counter()
        for line in [line for line, of in record.grants if of == target]:
            after[line.product.casefold()] += line.quantity
        for other, line in rows.items():
            if verdicts[other].target == target:
                after[line.product.casefold()] += line.quantity
        if sum(quantity > 0 for quantity in after.values()) > PRODUCTS_PER_SERIAL:
            found[row] = rejected("too-many-products")
    return found


# --- Afterwards ------------------------------------------------------------------------------------


def recorded(record, lines, verdicts, names):
    """The record after the good rows are applied; ``names`` returns the serial number of a row."""
    after = Record(record.products, list(record.buyers), list(record.targets), list(record.grants))
    buyers = {buyer: buyer for buyer in record.buyers}
    targets = {target: target for target in record.targets}
    for row, line in lines.items():
        target = verdicts[row].target
        if target is None:
            continue
        # A new customer has the details of the first row that is recorded.
        buyer = buyers.setdefault(target.buyer, replace(target.buyer, key=key_of(line)))
        target = targets.setdefault(target, Target(names(row), buyer, site_key(line.site_name)))
        after.grants.append((line, target))
    after.buyers, after.targets = list(buyers.values()), list(targets.values())
    return after
