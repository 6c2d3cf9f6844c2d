"""Webhooks: secrets, signatures by the Standard Webhooks scheme, and when a message is tried again
(docs/integration.md#webhooks)."""

import base64
import hashlib
import hmac
import json
import re
import secrets
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

PREFIX = "whsec_"
SECRET_BYTES = 32
TEST = "test"  # the kind of a test message; no kind of event
KEEP_TRYING = timedelta(days=3)
# After the first failed try, the second …; from the last on, always the same.
PAUSES = tuple(timedelta(seconds=each) for each in (5, 30, 120, 600, 1800, 3600, 7200, 14_400, 21_600))
LONGEST_REST = timedelta(minutes=10)  # of a webhook that does not answer, before another message is tried
MAY_ASK_TO_WAIT = (429, 503)
LEAST_ASKED = timedelta(minutes=1)  # a receiver that asks for less is not tried every few seconds for three days
_SECONDS = re.compile(r"[0-9]{1,400}")


def new_secret() -> str:
    """Draw a secret, in the form that libraries of Standard Webhooks take."""
    return PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def new_message() -> str:
    """Draw the id of a message. It stays the same however often the message is sent."""
    return f"msg_{secrets.token_hex(13)}"


def signature_of(secret: str, *, message: str, timestamp: int, body: bytes) -> str:
    """The signature of a message by one secret. ``timestamp`` is in seconds since 1970."""
    key = base64.b64decode(secret.removeprefix(PREFIX))
    signed = hmac.digest(key, f"{message}.{timestamp}.".encode() + body, hashlib.sha256)
    return f"v1,{base64.b64encode(signed).decode()}"


def signed_headers(secrets: Sequence[str], *, message: str, at: datetime, body: bytes) -> dict[str, str]:
    """The three headers of a message, with a signature by each of the secrets."""
    timestamp = int(at.timestamp())
    signatures = [signature_of(each, message=message, timestamp=timestamp, body=body) for each in secrets]
    return {
        "webhook-id": message,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(signatures),
    }


def body_of(kind: str, *, at: str, data: Mapping[str, Any]) -> str:
    """The body of a message: what happened, when (ISO 8601), and the event as the feed tells it."""
    content = {"type": kind, "timestamp": at, "data": data}
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))


def pause_after(attempts: int) -> timedelta:
    """How long a message waits after so many failed tries; ``attempts`` is 1 or more."""
    return PAUSES[min(attempts, len(PAUSES)) - 1]


def rest_after(failures: int) -> timedelta:
    """How long a webhook that did not answer is left alone; ``failures`` are those in a row, 1 or more."""
    return min(pause_after(failures), LONGEST_REST)


def asked_wait(status: int | None, retry_after: str, *, now: datetime) -> timedelta | None:
    """How long an answer asks to be left alone: by its header ``Retry-After``, in seconds or as a date of HTTP.

    At most ``KEEP_TRYING``, zero for a date that is over. None if it does not ask: another status, no header, or one
    that says neither.
    """
    text = retry_after.strip()
    if status not in MAY_ASK_TO_WAIT or not text:
        return None
    if _SECONDS.fullmatch(text):
        return timedelta(seconds=min(int(text), KEEP_TRYING.total_seconds()))
    try:
        until = parsedate_to_datetime(text)
    except ValueError:
        return None
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    return min(max(until - now, timedelta()), KEEP_TRYING)


def wait_as_asked(asked: timedelta, *, attempts: int) -> timedelta:
    """How long to wait where a receiver asked for it: as long as that, and not less than a minute from the third
    failed try on; ``attempts`` is 1 or more."""
    return max(asked, min(pause_after(attempts), LEAST_ASKED))


def is_gone(status: int | None) -> bool:
    """Whether an answer says that nothing is to be sent to this address any more."""
    return status == 410


def is_delivered(status: int | None) -> bool:
    """Whether a status of HTTP says that the receiver has the message. Redirects are not followed, and do not."""
    return status is not None and 200 <= status < 300


def is_down(status: int | None) -> bool:
    """Whether an answer, or none, says that the whole receiver is not there, rather than that it refused a message."""
    return status is None or status == 429 or status >= 500
