"""Named questions about what was refused at the open door. Nothing here writes."""

from datetime import datetime, timedelta

from django.db.models import QuerySet

from licences.models import RefusedClaim, Serial, SerialGuess

SHOWN_FOR = timedelta(days=14)
GUESSES_WORTH_SHOWING = 5  # fewer are slips of the pen
ROWS_SHOWN = 10


def recent_claims(*, now: datetime) -> QuerySet[RefusedClaim]:
    """Claims that were tried of late, the latest first, with what a list shows of them."""
    claims = RefusedClaim.objects.filter(last_at__gte=now - SHOWN_FOR)
    return claims.select_related("serial__site__customer")[:ROWS_SHOWN]


def claims_of(serial: Serial) -> QuerySet[RefusedClaim]:
    return serial.refused_claims.all()[:ROWS_SHOWN]


def recent_guesses(*, now: datetime) -> QuerySet[SerialGuess]:
    """Addresses that of late named serials which are not theirs, and not just once or twice."""
    guesses = SerialGuess.objects.filter(last_at__gte=now - SHOWN_FOR, times__gte=GUESSES_WORTH_SHOWING)
    return guesses[:ROWS_SHOWN]
