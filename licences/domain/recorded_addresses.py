"""E-mail addresses on record, and the language of a message (docs/domain.md#unlock-codes-by-e-mail)."""

from collections.abc import Iterable
from datetime import datetime, timedelta

NEW_FOR = timedelta(hours=24)
GERMAN_SPEAKING = frozenset({"DE", "AT", "CH", "LI"})


def is_same_address(one: str, other: str) -> bool:
    """Tell whether two texts are one e-mail address, in any case and with blanks around them."""
    return one.strip().casefold() == other.strip().casefold()


def on_record_since(address: str, history: Iterable[tuple[str, datetime]]) -> datetime | None:
    """Return since when a record has had an address without a break; None if it has another now.

    ``history`` are the addresses of the record, each with the time when it was written, the newest first.
    """
    since = None
    for earlier, written_at in history:
        if not is_same_address(address, earlier):
            break
        since = written_at
    return since


def is_new_address(since: datetime, *, now: datetime) -> bool:
    """Tell whether an address was put on record less than 24 hours ago. One of the future is new."""
    return now - since < NEW_FOR


def mail_language(country_code: str) -> str:
    """Return the language of a message to a country, "de" or "en", by its code of two letters."""
    return "de" if country_code in GERMAN_SPEAKING else "en"
