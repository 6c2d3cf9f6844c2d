"""The catalogue of products."""

from django.db import transaction

from licences.domain.errors import Refusal
from licences.models import Event, Product
from licences.operations.events import record_event


@transaction.atomic
def save_product(product: Product, *, by: str) -> Product:
    """Save a new or renamed product, with an event. Its slot stays, for codes that were made say it: ``slot-stays``."""
    held = Product.objects.select_for_update(no_key=True).filter(pk=product.pk).first()
    if held and held.slot != product.slot:
        raise Refusal("slot-stays", field="slot", slot=held.slot)
    product.save()
    details = {"product": product.sku, "name": product.name, "slot": product.slot}
    record_event(Event.Kind.CATALOGUE_CHANGED, by=by, details=details)
    return product
