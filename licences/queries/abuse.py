"""Questions about abuse from the open internet: refused claims and guessed serial numbers. Nothing here writes."""

from datetime import datetime, timedelta

from django.db.models import QuerySet

from licences.models import RefusedClaim, Serial, SerialGuess

SHOWN_FOR = timedelta(days=14)
GUESSES_WORTH_SHOWING = 5  # fewer are typing errors
ROWS_SHOWN = 10


def recent_refused_claims(*, now: datetime) -> QuerySet[RefusedClaim]:
    """Return the latest ten refused claims of the last 14 days, with their serials, sites and customers."""
    claims = RefusedClaim.objects.filter(last_at__gte=now - SHOWN_FOR)
    return claims.select_related("serial__site__customer")[:ROWS_SHOWN]


def refused_claims_of(serial: Serial) -> QuerySet[RefusedClaim]:
    """Return the latest ten refused claims on one serial, however old."""
    return serial.refused_claims.all()[:ROWS_SHOWN]


def recent_guesses(*, now: datetime) -> QuerySet[SerialGuess]:
    """Return the latest ten addresses that guessed serials within 14 days, five times or more."""
    guesses = SerialGuess.objects.filter(last_at__gte=now - SHOWN_FOR, times__gte=GUESSES_WORTH_SHOWING)
    return guesses[:ROWS_SHOWN]
