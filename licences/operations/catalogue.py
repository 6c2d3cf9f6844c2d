"""Writing the catalogue of products."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from licences.domain.errors import Refusal
from licences.models import Event, Product
from licences.operations.events import record_event


def save_product(product: Product, *, by: str) -> Product:
    """Save one new or changed product and return it; see ``save_products``. ``Refusal``: ``slot-stays``."""
    save_products([product], by=by)
    return product


@transaction.atomic
def save_products(products: Sequence[Product], *, by: str, source: Mapping[str, str] | None = None) -> None:
    """Save new products, and new SKUs or names of existing ones: all or none, with one event.

    ``source`` is added to the details of the event: name and digest of the file that the products come from. Products
    that have not changed are skipped; when none has, there is no event. ``Refusal``: ``slot-stays``, because issued
    unlock codes contain the slot of a product (docs/codes.md#unlock-code).
    """
    stored = _lock_stored(products)
    changed = [product for product in products if _has_changed(product, stored.get(product.pk))]
    if not changed:
        return
    for product in changed:
        product.save()
    entries = [
        {"id": product.pk, "product": product.sku, "name": product.name, "slot": product.slot} for product in changed
    ]
    details: dict[str, Any] = {"products": entries, **(source or {})}
    record_event(Event.Kind.CATALOGUE_CHANGED, by=by, details=details)


def _lock_stored(products: Sequence[Product]) -> dict[int, Product]:
    """Lock those of these products that are stored, in ascending order of their keys.

    Returns primary key → the product as it is stored.
    """
    stored = Product.objects.filter(pk__in=[product.pk for product in products if product.pk])
    return {product.pk: product for product in stored.select_for_update(no_key=True).order_by("pk")}


def _has_changed(product: Product, stored: Product | None) -> bool:
    """Whether a product is new, or has another SKU or name than the stored one. ``Refusal``: ``slot-stays``."""
    if stored and stored.slot != product.slot:
        raise Refusal("slot-stays", field="slot", slot=stored.slot)
    return not stored or (stored.sku, stored.name) != (product.sku, product.name)
