"""Checks of purchase lines, serial numbers and products against the events that recorded them, and against baselines.

Batches of purchases are recorded one at a time, so the keys of a batch lie between those of its neighbours. A row that
is in no batch, and not accounted for by events older than the digests, was inserted by somebody
(docs/proof.md#digests-in-events, docs/proof.md#what-is-older-than-the-digests).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet

from licences.domain.codes import grouped
from licences.models import Balance, Event, LicenceGrant, Product, Serial
from licences.operations import baselines, digests
from licences.proof.findings import Judges, LogFinding

Kind = Event.Kind
NAMED = 20  # findings about purchase lines that are in no event; more would say nothing new
_BATCHES = (Kind.PURCHASES_RECORDED, Kind.IMPORT_TAKEN_BACK)
_PARTS = {"grants": digests.GRANTS, "serials": digests.SERIALS}


def import_findings(watch: Callable[[int], None] = lambda rows: None) -> Iterator[LogFinding]:
    """Findings about batches of purchases, the catalogue and baselines.

    ``watch`` is called with the number of purchase lines checked so far.
    """
    yield from _batches(watch)
    yield from _catalogue()
    for event in baselines.recorded_baselines():
        for name, table in baselines.TABLES.items():
            yield from _baseline_findings(event, name, table, event.details[name])


# --- Batches of purchases ----------------------------------------------------------------------------


@dataclass(slots=True)
class _PurchaseCount:
    """The purchase lines that events account for.

    ``rows`` are in batches with a digest, ``without`` in events that have none. ``last`` is the last key of a batch so
    far; ``gaps`` are the ranges of keys, first and last, between batches.
    """

    rows: int = 0
    without: int = 0
    last: int = 0
    gaps: list[tuple[int, int]] = field(default_factory=list)

    def add(self, part: dict[str, Any], rows: int) -> None:
        """Count a batch: ``part`` is its digest in the event, ``rows`` the number of rows it has now."""
        if part["first"] > self.last + 1:
            self.gaps.append((self.last + 1, part["first"] - 1))
        self.rows, self.last = self.rows + rows, max(self.last, part["last"])


def _batches(watch: Callable[[int], None]) -> Iterator[LogFinding]:
    """Findings about batches whose digest has changed, and about purchase lines outside all batches."""
    last_event, last_grant = _last_keys()
    account = _PurchaseCount()
    logged = Event.objects.filter(kind__in=_BATCHES, pk__lte=last_event).order_by("pk")
    for event in logged.iterator(chunk_size=500):
        made = event.details.get("made")
        if made is None:
            account.without += event.details["rows" if "import" in event.details else "new"]
            continue
        for name in _PARTS.keys() & made.keys():
            stored = digests.digest_rows(_PARTS[name], made[name]["first"], made[name]["last"])
            if stored.as_json() != made[name]:
                yield _changed_finding(event, name, made[name], stored)
            if name == "grants":
                account.add(made[name], stored.rows)
        watch(account.rows)
    yield from _unaccounted(account, last_grant)


def _last_keys() -> tuple[int, int]:
    """The keys of the last event and the last purchase line, read by one statement, so that a batch that is recorded
    meanwhile is in neither."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT (SELECT coalesce(max(id), 0) FROM {Event._meta.db_table}), "  # noqa: S608
            f"(SELECT coalesce(max(id), 0) FROM {digests.GRANTS})"
        )
        last_event, last_grant = cursor.fetchone()
    return last_event, last_grant


def _unaccounted(account: _PurchaseCount, last_grant: int) -> Iterator[LogFinding]:
    """Findings about purchase lines outside all batches that no older event accounts for."""
    unaccounted = LicenceGrant.objects.filter(pk__lte=last_grant).count() - account.rows
    if unaccounted == account.without:
        return
    if account.without:
        yield LogFinding(
            "grants-unaccounted", "licencegrant", parameters={"stored": unaccounted, "logged": account.without}
        )
        return
    named = 0
    for first, last in [*account.gaps, (account.last + 1, last_grant)]:
        rows = LicenceGrant.objects.filter(pk__range=(first, last)).select_related("serial").order_by("pk")
        for grant in rows[: NAMED - named]:
            named += 1
            yield LogFinding("grant-without-event", "licencegrant", grant.pk, {"serial": grouped(grant.serial.code)})
    # The database draws no key below 1, but somebody may have written one.
    impossible = LicenceGrant.objects.filter(pk__lt=1).order_by("pk").select_related("serial")
    for grant in impossible[: NAMED - named]:
        yield LogFinding("grant-without-event", "licencegrant", grant.pk, {"serial": grouped(grant.serial.code)})


def _baseline_findings(event: Event, name: str, table: str, logged: dict[str, Any]) -> Iterator[LogFinding]:
    stored = digests.digest_rows(table, logged["first"], logged["last"])
    if stored.as_json() != logged:
        yield _changed_finding(event, name, logged, stored)


def _changed_finding(event: Event, name: str, logged: dict[str, Any], stored: digests.RowRange) -> LogFinding:
    about = {"first": logged["first"], "last": logged["last"], "logged": logged["rows"]}
    return LogFinding(f"{name}-changed", "event", event.pk, about | {"stored": stored.rows})


# --- Balances, and serial numbers without purchases --------------------------------------------------


def lines_without_balance() -> QuerySet[LicenceGrant]:
    """Purchase lines whose serial number and product have no total."""
    totals = Balance.objects.filter(serial=OuterRef("serial"), product=OuterRef("product"))
    return LicenceGrant.objects.filter(~Exists(totals)).select_related("serial", "product").order_by("pk")


def judge_lines_without_balance(batch: list[LicenceGrant]) -> Iterator[LogFinding]:
    """A finding for each of these purchase lines."""
    for grant in batch:
        about = {"serial": grouped(grant.serial.code), "product": grant.product.sku}
        yield LogFinding("balance-missing", "licencegrant", grant.pk, about)


def judge_serials_without_purchase(batch: list[Serial]) -> Iterator[LogFinding]:
    """A finding for each of these serial numbers."""
    for serial in batch:
        yield LogFinding("serial-without-purchase", "serial", serial.pk, {"serial": grouped(serial.code)})


JUDGES: Judges = [
    (lines_without_balance(), judge_lines_without_balance),
    # Serial numbers come with a purchase line, and lines are never removed.
    (
        Serial.objects.filter(~Exists(LicenceGrant.objects.filter(serial=OuterRef("pk")))).order_by("pk"),
        judge_serials_without_purchase,
    ),
]

# --- The catalogue -----------------------------------------------------------------------------------


def _catalogue() -> Iterator[LogFinding]:
    """Findings about products. A slot stays with its product, and the last event that names a slot says its names."""
    last: dict[int, tuple[Event, dict[str, Any]]] = {}
    ids: dict[int, int] = {
        each["slot"]: each["id"] for event in baselines.recorded_baselines() for each in _products(event)
    }
    for event in Event.objects.filter(kind=Kind.CATALOGUE_CHANGED).order_by("pk"):
        for logged in _products(event):
            last[logged["slot"]] = (event, logged)
            if "id" in logged:
                ids[logged["slot"]] = logged["id"]
    products = {product.slot: product for product in Product.objects.order_by("slot")}
    for slot, product in products.items():
        if slot not in last:
            yield LogFinding("product-without-event", "product", product.pk, {"slot": slot})
            continue
        event, logged = last[slot]
        names = (logged["product"], logged["name"], ids.get(slot, product.pk))
        if names != (product.sku, product.name, product.pk):
            yield LogFinding("product-differs", "product", product.pk, {"slot": slot, "event": event.pk})
    for slot, (event, logged) in last.items():
        if slot not in products:
            yield LogFinding("product-missing", "event", event.pk, {"slot": slot, "product": logged["product"]})


def _products(event: Event) -> list[dict[str, Any]]:
    products: list[dict[str, Any]] = event.details["products"]
    return products
