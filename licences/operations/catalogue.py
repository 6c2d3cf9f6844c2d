"""The catalogue of products."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from licences.domain.errors import Refusal
from licences.models import Event, Product
from licences.operations.events import record_event


def save_product(product: Product, *, by: str) -> Product:
    """Save a new or renamed product. ``Refusal``: ``slot-stays``."""
    save_products([product], by=by)
    return product


@transaction.atomic
def save_products(products: Sequence[Product], *, by: str, source: Mapping[str, str] | None = None) -> None:
    """Save new and renamed products, all or none, with one event; without a change there is none.

    A slot stays, for codes that were made say it: ``Refusal("slot-stays")``. ``source`` is what the event says of
    where they come from, the name and digest of a file.
    """
    held = _held(products)
    changed = [product for product in products if _differs(product, held.get(product.pk))]
    if not changed:
        return
    for product in changed:
        product.save()
    said = [{"product": product.sku, "name": product.name, "slot": product.slot} for product in changed]
    details: dict[str, Any] = {"products": said, **(source or {})}
    record_event(Event.Kind.CATALOGUE_CHANGED, by=by, details=details)


def _held(products: Sequence[Product]) -> dict[int, Product]:
    known = Product.objects.filter(pk__in=[product.pk for product in products if product.pk])
    return {product.pk: product for product in known.select_for_update(no_key=True).order_by("pk")}


def _differs(product: Product, held: Product | None) -> bool:
    if held and held.slot != product.slot:
        raise Refusal("slot-stays", field="slot", slot=held.slot)
    return not held or (held.sku, held.name) != (product.sku, product.name)
