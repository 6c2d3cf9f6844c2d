"""The look-up: one search box that finds serial numbers by anything a caller may know (docs/look-up.md).

Nothing in this package writes.
"""

from licences.lookup.callers import Caller, CallerCertainty, CallersFound, find_callers
from licences.lookup.customer_search import find_customers
from licences.lookup.match_reasons import Hit, MatchReason
from licences.lookup.search import LookupResult, look_up
from licences.lookup.serial_summaries import SerialSummary, serial_summaries_of_customer, serial_summary

__all__ = [
    "Caller",
    "CallerCertainty",
    "CallersFound",
    "Hit",
    "LookupResult",
    "MatchReason",
    "SerialSummary",
    "find_callers",
    "find_customers",
    "look_up",
    "serial_summaries_of_customer",
    "serial_summary",
]
