"""The look-up: one box that finds a serial number from any scrap that a caller gives. Nothing here writes."""

from licences.lookup.finding import Found, look_up
from licences.lookup.listing import listed
from licences.lookup.reasons import Hit, Reason

__all__ = ["Found", "Hit", "Reason", "listed", "look_up"]
