"""Finding the customer of these tests in text: in rows, files and log lines, but not by chance in random text."""

import re
from base64 import urlsafe_b64decode

from django.db import connection

from tests.personal.quellwasser import WORDS

# Digits occur in these by chance: one run in thirty had the postcode in a digest.
_RANDOM = re.compile(
    r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b"  # UUIDs
    r"|\b[0-9a-f]{32,}\b"  # digests, salts and nonces
    r"|\b(?=[0-9]*[A-Z])[0-9A-Z]{8,}\b"  # serial numbers, site IDs, unlock and release codes
    r"|(?<=\d\d:\d\d:\d\d)\.\d+"  # fractions of a second
    r"|\b\d{10}\.\d+\b"  # seconds since 1970
)
_SIGNED = re.compile(r"\beyJ[\w-]+\.(eyJ[\w-]+)\.[\w-]+")


def words_in(text):
    """The words of the customer that a text holds.

    Those made of digits alone are not looked for in random text; signed tokens are searched as what they say.
    """
    text = _SIGNED.sub(_payload, text)
    without_random = _RANDOM.sub(" ", text)
    return {word for word in WORDS if word in (without_random if word.isdigit() else text)}


def _payload(token):
    """The claims of a JWS."""
    return urlsafe_b64decode(token[1] + "=" * (-len(token[1]) % 4)).decode("unicode_escape")


def stored_rows():
    """Every row of every table of the database: (table, row as text)."""
    listing = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'table'",
        "postgresql": "SELECT tablename FROM pg_tables WHERE schemaname = 'public'",
    }
    with connection.cursor() as cursor:
        cursor.execute(listing[connection.vendor])
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT * FROM "{table}"')
            for row in cursor.fetchall():
                yield table, " ".join(as_text(value) for value in row)


def as_text(value):
    if isinstance(value, bytes | memoryview):
        return bytes(value).decode("utf-8", "replace")
    text = str(value)
    return text.encode().decode("unicode_escape", "replace") + text if "\\u" in text else text
