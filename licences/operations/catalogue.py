"""The catalogue of products."""

from django.db import transaction

from licences.models import Event, Product
from licences.operations.events import record_event


@transaction.atomic
def record_product(*, sku: str, name: str, slot: int, by: str) -> Product:
    """Add a product, or rename it. Its slot stays: codes that were made say it."""
    product, created = Product.objects.select_for_update().get_or_create(
        sku=sku, defaults={"name": name, "slot": slot}
    )
    if not created and product.name == name:
        return product
    product.name = name
    product.save(update_fields=["name"])
    record_event(Event.Kind.CATALOGUE_CHANGED, by=by, details={"product": sku, "name": name, "slot": product.slot})
    return product
