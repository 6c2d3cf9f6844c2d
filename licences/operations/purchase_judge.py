"""Judging a batch of purchase lines against what is on record. Reads only.

Every line finds its buyer, site and serial (surface.md, "Purchase file"; decisions.md 7 to 10); then the totals per
serial and product are judged by the state the batch would end in, so that the order of its rows does not matter.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Model

from customers.models import Customer
from licences.domain import codes
from licences.domain.entitlements import check_product_count, check_total
from licences.domain.errors import Refusal
from licences.domain.matching import fold_name
from licences.domain.near_misses import near_misses
from licences.domain.purchase_lines import Problem, PurchaseLine, differing_columns
from licences.models import Balance, LicenceGrant, Product, Serial


@dataclass(eq=False, slots=True)
class Buyer:
    """The customer of a line; ``record`` is None until it is created from ``line``, the first to name it."""

    line: PurchaseLine
    record: Customer | None = None


@dataclass(eq=False, slots=True)
class Target:
    """Where licences go. ``serial`` is None until it is made: under ``code`` if given, else under a new one."""

    buyer: Buyer
    site_name: str
    code: str = ""
    serial: Serial | None = None


@dataclass(slots=True)
class Judged:
    """A line by its ``row`` in the file, and what becomes of it: a target, or a problem.

    Neither: it is on record already, unchanged.
    """

    row: int
    line: PurchaseLine
    target: Target | None = None
    problem: Problem | None = None

    def reject(self, refusal: Refusal, column: str) -> None:
        self.target = None
        value = self.line.texts()[column]
        self.problem = Problem(column, value, refusal.code, refusal.parameters)


class PurchaseJudge:
    """What is on record is loaded once for the whole batch, in chunks, never line by line."""

    def __init__(self, lines: Iterable[tuple[int, PurchaseLine]]) -> None:
        self.judged = [Judged(row, line) for row, line in lines]
        self.products = {product.sku.casefold(): product for product in Product.objects.all()}
        self._load([judged.line for judged in self.judged])
        self._by_key: dict[tuple[str, int], list[Judged]] = defaultdict(list)
        for judged in self.judged:
            self._by_key[judged.line.key].append(judged)
        self._new_buyers: dict[str | int, Buyer] = {}
        self._targets: dict[object, Target] = {}
        self._taken_over_at: dict[tuple[Buyer, str], list[Target]] = defaultdict(list)

    def judge(self) -> list[Judged]:
        named_first = sorted(self.judged, key=lambda each: not each.line.serial)
        for judged in named_first:  # a row without a serial may mean one that a later row takes over
            try:
                judged.target = self._target(judged)
            except Refusal as refusal:
                judged.reject(refusal, refusal.field or "purchase_reference")
        self._judge_totals()
        return self.judged

    # --- What is on record ---------------------------------------------------------------------------

    def _load(self, lines: list[PurchaseLine]) -> None:
        references = (line.purchase_reference for line in lines)
        grants = _chunked(LicenceGrant, "purchase_reference", references)
        self._grants = {(grant.purchase_reference, grant.line): grant for grant in grants}
        allocated = _chunked(LicenceGrant, "allocation_key", (line.allocation_key() for line in lines))
        self._allocations: dict[str, set[int]] = defaultdict(set)
        for grant in allocated:
            self._allocations[grant.allocation_key].add(grant.serial_id)
        self._customers = self._load_customers(lines)
        self._serials = {serial.code: serial for serial in self._load_serials(lines)}
        self._serials_by_id = {serial.pk: serial for serial in self._serials.values()}
        self._serials_at: dict[tuple[int, str], list[Serial]] = defaultdict(list)
        for serial in self._serials.values():
            self._serials_at[serial.site.customer_id, serial.site.name_key].append(serial)

    def _load_customers(self, lines: list[PurchaseLine]) -> dict[str, list[Customer]]:
        customers: dict[str, list[Customer]] = defaultdict(list)
        numbers = (line.customer_number for line in lines if line.customer_number)
        for customer in _chunked(Customer, "number", numbers):
            customers[f"number:{customer.number}"].append(customer.merged_into or customer)
        keys = (line.customer_key() for line in lines if not line.customer_number)
        for customer in _chunked(Customer, "match_key", keys):
            kept = customer.merged_into or customer
            if kept not in customers[customer.match_key]:
                customers[customer.match_key].append(kept)
        return customers

    def _load_serials(self, lines: list[PurchaseLine]) -> Iterable[Serial]:
        customers = {customer.pk for found in self._customers.values() for customer in found}
        yield from _chunked(Serial, "code", (line.serial for line in lines if line.serial))
        yield from _chunked(Serial, "pk", (pk for serials in self._allocations.values() for pk in serials))
        yield from _chunked(Serial, "site__customer_id", customers)

    # --- One line ------------------------------------------------------------------------------------

    def _target(self, judged: Judged) -> Target | None:
        line = judged.line
        self._refuse_twins(judged)
        if self._is_on_record(judged):
            return None
        if line.product.casefold() not in self.products:
            raise Refusal("product-unknown", field="product", product=line.product)
        buyer = self._buyer(line)
        return self._named(line, buyer) if line.serial else self._found_or_new(line, buyer)

    def _refuse_twins(self, judged: Judged) -> None:
        """Lines of one key that differ are all rejected: nobody knows which is right."""
        for twin in self._by_key[judged.line.key]:
            if twin.line != judged.line:
                raise Refusal("key-twice", field="line", row=twin.row)

    def _is_on_record(self, judged: Judged) -> bool:
        line = judged.line
        if self._by_key[line.key][0] is not judged:
            return True  # the same line once more in the file
        grant = self._grants.get(line.key)
        if grant is None:
            return False
        if grant.row_digest != line.row_digest():
            columns = differing_columns(grant.column_checks, line.column_checks())
            raise Refusal("key-with-other-content", columns=columns)
        return True

    def _buyer(self, line: PurchaseLine) -> Buyer:
        key = line.customer_key()
        known = self._customers.get(key, [])
        if len(known) > 1:  # the same name and address: the one without a number is meant by a row without one
            known = [customer for customer in known if not customer.number]
            if len(known) != 1:
                raise Refusal("customer-ambiguous", field="customer_number")
        record = known[0] if known else None
        return self._new_buyers.setdefault(record.pk if record else key, Buyer(line, record))

    def _named(self, line: PurchaseLine, buyer: Buyer) -> Target:
        """The serial that the row names: known and of the same customer, or taken over from an older system."""
        serial = self._serials.get(line.serial)
        target = self._targets.get(line.serial)
        owned = serial is None or (buyer.record is not None and serial.site.customer_id == buyer.record.pk)
        if not owned or (target is not None and target.buyer is not buyer):
            raise Refusal("serial-of-another-customer", field="serial", serial=codes.grouped(line.serial))
        if target is not None:
            return target
        if serial is not None:
            return self._to_known(serial, buyer)
        _refuse_one_symbol_off(line.serial)
        target = self._targets[line.serial] = Target(buyer, line.site_name, line.serial)
        self._taken_over_at[buyer, fold_name(line.site_name)].append(target)
        return target

    def _found_or_new(self, line: PurchaseLine, buyer: Buyer) -> Target:
        """No serial named: the one that this purchase was given, else the site's, else a new one."""
        site = fold_name(line.site_name)
        known = [self._serials_by_id[pk] for pk in self._allocations.get(line.allocation_key(), ())]
        taken_over: list[Target] = []
        if not known:
            known = self._serials_at.get((buyer.record.pk, site), []) if buyer.record else []
            taken_over = self._taken_over_at.get((buyer, site), [])
        if len(known) + len(taken_over) > 1:
            several = [*(serial.code for serial in known), *(target.code for target in taken_over)]
            serials = sorted(codes.grouped(code) for code in several)
            raise Refusal("serial-ambiguous", field="serial", serials=serials)
        if known:
            return self._to_known(known[0], buyer)
        if taken_over:
            return taken_over[0]
        return self._targets.setdefault((buyer, site), Target(buyer, line.site_name))

    def _to_known(self, serial: Serial, buyer: Buyer) -> Target:
        return self._targets.setdefault(serial.code, Target(buyer, serial.site.name, serial.code, serial))

    # --- Totals --------------------------------------------------------------------------------------

    def _judge_totals(self) -> None:
        members: dict[Target, list[Judged]] = defaultdict(list)
        for judged in self.judged:
            if judged.target is not None:
                members[judged.target].append(judged)
        held: dict[int, dict[str, int]] = defaultdict(dict)
        for balance in _chunked(Balance, "serial_id", (each.serial.pk for each in members if each.serial)):
            held[balance.serial_id][balance.product.sku.casefold()] = balance.quantity
        for target, lines in members.items():
            _judge_target(lines, dict(held[target.serial.pk]) if target.serial else {})


def _judge_target(lines: list[Judged], held: dict[str, int]) -> None:
    """``held``: what the serial holds now, product → quantity."""
    added: Counter[str] = Counter()
    for judged in lines:
        added[judged.line.product.casefold()] += judged.line.quantity
    for sku, quantity in added.items():
        total = held.get(sku, 0) + quantity
        of_product = [judged for judged in lines if judged.line.product.casefold() == sku]
        if not _rejected(of_product, "quantity", check_total, total):
            held[sku] = total
    accepted = [judged for judged in lines if judged.target is not None]
    _rejected(accepted, "product", check_product_count, sum(1 for quantity in held.values() if quantity))


def _rejected(lines: list[Judged], column: str, rule: Callable[[int], None], value: int) -> bool:
    """Reject all these lines with what the rule refuses about their common value, if it does."""
    try:
        rule(value)
    except Refusal as refusal:
        for judged in lines:
            judged.reject(refusal, column)
        return True
    return False


def _refuse_one_symbol_off(code: str) -> None:
    """An unknown serial one symbol away from a known one is rather a slip than a new one (decisions.md 10)."""
    similar = Serial.objects.filter(code__in=near_misses(code, codes.SERIAL_LENGTH)).first()
    if similar is not None:
        raise Refusal("serial-similar-to-known", field="serial", similar=codes.grouped(similar.code))


_RELATED: dict[type[Model], tuple[str, ...]] = {Serial: ("site__customer",), Balance: ("product",)}
_CHUNK = 500


def _chunked(model: type[Any], lookup: str, values: Iterable[Any]) -> Iterable[Any]:
    """Rows whose ``lookup`` is one of ``values``, asked for in chunks that every database takes."""
    wanted = sorted(set(values))
    for start in range(0, len(wanted), _CHUNK):
        found = model.objects.filter(**{f"{lookup}__in": wanted[start : start + _CHUNK]})
        yield from found.select_related(*_RELATED[model]) if model in _RELATED else found
