"""The look-up: one box that finds a serial number from any scrap that a caller gives. Nothing here writes."""

from licences.lookup.finding import Found, look_up
from licences.lookup.listing import Listed, listed_of_customer
from licences.lookup.reasons import Hit, Reason

__all__ = ["Found", "Hit", "Listed", "Reason", "listed_of_customer", "look_up"]
