"""The rules of a purchase file once more, as plainly as they can be said, to hold the statements against.

Row by row and with lists that are searched from one end to the other: nothing here is quick. ``Record`` is what the
portal knows; ``judged`` says what becomes of rows, and ``recorded`` what is known afterwards.
"""

from collections import Counter
from dataclasses import dataclass, field, replace

from licences.domain.near_misses import near_miss
from licences.domain.purchase_lines import PurchaseLine, match_key, site_key

LIMIT = 32767
PRODUCTS_PER_SERIAL = 7


@dataclass(frozen=True)
class Buyer:
    """A customer: its number, and the key of its name and address; a new one with a number has no key yet."""

    number: str
    key: str


@dataclass(frozen=True)
class Target:
    """A serial number: on record or taken over if it has a code, else one that a file is to be given."""

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
        ended = {row for row, verdict in verdicts.items() if verdict.outcome != "aimed"}
        in_play = {row: line for row, line in lines.items() if row not in ended}
        verdicts |= judge(record, in_play, verdicts, lines)
    verdicts = {row: _said(record, lines[row], verdict) for row, verdict in verdicts.items()}
    for row, first in repeated.items():
        verdicts[row] = verdicts[first] if verdicts[first].outcome == "rejected" else Verdict("unchanged")
    return verdicts


def _row_of(line, lines):
    """Where a line stands for the first time."""
    return next(row for row, other in lines.items() if other == line)


def _said(record, line, verdict):
    """What an aimed row is called in the end."""
    if verdict.outcome != "aimed":
        return verdict
    if line.quantity < 0:
        return replace(verdict, outcome="return")
    if verdict.target in record.targets:
        return replace(verdict, outcome="top_up")
    return replace(verdict, outcome="taken_over" if verdict.target.code else "new")


def rejected(reason):
    return Verdict("rejected", reason=reason)


# --- The rules, in their order ---------------------------------------------------------------------


def _by_key(record, rows, verdicts, lines):
    found = {}
    for row, line in rows.items():
        twins = [other for other in lines.values() if other.key == line.key]
        known = [granted for granted, _target in record.grants if granted.key == line.key]
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
    """Who buys; None where several customers may be meant."""
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
            found[row] = Verdict("aimed", known[0])
        elif any(near_miss(line.serial, target.code) for target in record.targets):
            found[row] = rejected("serial-similar-to-known")
        else:
            found[row] = Verdict("aimed", Target(line.serial, owner, site_key(first.site_name)))
    return found


def _by_empty_serial(record, rows, verdicts, lines):
    found = {}
    for row, line in rows.items():
        if line.serial:
            continue
        buyer, site = buyer_of(record, line), site_key(line.site_name)
        of_the_purchase = {
            target for granted, target in record.grants if granted.allocation_key() == line.allocation_key()
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
            found[row] = rejected("serial-of-another-customer") if in_other_hands else Verdict("aimed", target)
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
    """What is known once the good rows are recorded; ``names`` gives the serial number of a row."""
    after = Record(record.products, list(record.buyers), list(record.targets), list(record.grants))
    buyers = {buyer: buyer for buyer in record.buyers}
    targets = {target: target for target in record.targets}
    for row, line in lines.items():
        target = verdicts[row].target
        if target is None:
            continue
        # The first row that is recorded says who a new customer is, and where.
        buyer = buyers.setdefault(target.buyer, replace(target.buyer, key=key_of(line)))
        target = targets.setdefault(target, Target(names(row), buyer, site_key(line.site_name)))
        after.grants.append((line, target))
    after.buyers, after.targets = list(buyers.values()), list(targets.values())
    return after
