"""The licensing team's telephone number, as sentences that ask people to call mention it."""

import re

from django.conf import settings


def phone_in_brackets() -> str:
    """Return `` (+49 30 23125 100)`` with a leading blank, or nothing if ``LICENSING_PHONE`` is not set."""
    return f" ({settings.LICENSING_PHONE})" if settings.LICENSING_PHONE else ""


def dialled(number: str) -> str:
    """Return a number as ``tel:`` links take it: digits after an optional plus sign, without a ``(0)`` behind that."""
    plus = "+" if number.strip().startswith("+") else ""
    return plus + re.sub(r"\D", "", number.replace("(0)", "") if plus else number)
