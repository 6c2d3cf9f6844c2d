"""Logs in which a line is a line, and an outage of the database is one line a minute (docs/watching.md#logs)."""

import logging
import re
from copy import copy
from http import HTTPStatus
from typing import Any

from licensing_portal import request_ids
from licensing_portal.json_lines import JsonLine
from licensing_portal.outages import reports

# What PostgreSQL adds to an error, up to the next part: "Key (email)=(…) already exists", "COPY …, column name: …".
_VALUES = re.compile(r"^(\s*)(DETAIL|CONTEXT): .*?(?=\n\s*[A-Z]+: |\n\n|\Z)", re.MULTILINE | re.DOTALL)
# The key of a link for a new password is part of its path.
_KEY_OF_LINK = re.compile(r"(/accounts/password/reset/)[0-9A-Za-z]+-[^/\s]+")
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029]")


class OneLine(logging.Formatter):
    """Escapes control characters in messages. Tracebacks, which hold none of a user's text, keep their lines.

    In both, values of rows that a database adds to its errors are left out, as they may be personal data, and so are
    the keys of links for new passwords. What was answered in words (a status below 500) has no traceback.
    """

    def format(self, record: logging.LogRecord) -> str:
        return super().format(_without_needless_traceback(record))

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802  (the name that logging calls)
        record.message = _cleaned(record.message)
        record.message = _CONTROL.sub(lambda found: f"\\x{ord(found[0]):02x}", record.message)
        return super().formatMessage(record)

    def formatException(self, ei: Any) -> str:  # noqa: N802  (the name that logging calls)
        return _cleaned(super().formatException(ei))


class OneObject(JsonLine):
    """Lines of JSON (``LOG_FORMAT=json``) with the request that they belong to. Leaves out the same as ``OneLine``."""

    def format(self, record: logging.LogRecord) -> str:
        return super().format(_without_needless_traceback(record))

    def clean(self, text: str) -> str:
        return _cleaned(text)

    def context_of(self, record: logging.LogRecord) -> dict[str, str | int]:
        return request_ids.context_of(record)


def _cleaned(text: str) -> str:
    return _KEY_OF_LINK.sub(r"\1-", _VALUES.sub(r"\1\2: left out", text))


def _without_needless_traceback(record: logging.LogRecord) -> logging.LogRecord:
    """Return the record, without the traceback of a request that was refused and told why."""
    if not HTTPStatus.BAD_REQUEST <= getattr(record, "status_code", 0) < HTTPStatus.INTERNAL_SERVER_ERROR:
        return record
    record = copy(record)
    record.exc_info = record.exc_text = None
    return record


class WithoutOutages(logging.Filter):
    """Filters out records of an outage with a traceback, and those of requests answered because of it.

    For these, ``outages.reports`` writes one line per kind, whichever logger they come from.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        if record.exc_info and record.exc_info[1] is not None and reports.report(record.exc_info[1]):
            return False
        answered = getattr(record, "status_code", 0) == HTTPStatus.SERVICE_UNAVAILABLE
        return not (answered and getattr(getattr(record, "request", None), "outage", None))
