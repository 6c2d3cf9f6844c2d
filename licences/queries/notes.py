"""Questions about notes: which ones a page shows. Nothing here writes."""

from django.db.models import Q, QuerySet

from customers.models import Customer
from licences.models import Note, Serial

NOTES_SHOWN = 20


def notes_for_call(serial: Serial) -> QuerySet[Note]:
    """Return the notes about a serial and its customer, newest first: what matters at the next call."""
    return _written().filter(Q(serial=serial) | _about_customer(serial.site.customer_id))[:NOTES_SHOWN]


def notes_about_customer(customer: Customer) -> QuerySet[Note]:
    """Return the notes about a customer, those merged into it and its serials, newest first."""
    about = _about_customer(customer.pk) | Q(serial__site__customer=customer)
    return _written().filter(about)[:NOTES_SHOWN]


def _written() -> QuerySet[Note]:
    """Notes that still have their text."""
    return Note.objects.exclude(text="").select_related("serial", "customer").order_by("-pk")


def _about_customer(customer_id: int) -> Q:
    """Rows about a customer, given by primary key, or one that was merged into it."""
    return Q(customer=customer_id) | Q(customer__merged_into=customer_id)
