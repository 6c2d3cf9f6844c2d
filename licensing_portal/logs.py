"""Logs in which a line is a line, and an outage of the database is one line a minute."""

import logging
import re
from http import HTTPStatus
from typing import Any

from licensing_portal.outages import reports

# What PostgreSQL adds to an error, up to the next part: "Key (email)=(…) already exists", "COPY …, column name: …".
_VALUES = re.compile(r"^(\s*)(DETAIL|CONTEXT): .*?(?=\n\s*[A-Z]+: |\n\n|\Z)", re.MULTILINE | re.DOTALL)
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029]")


class OneLine(logging.Formatter):
    """Escapes control characters in messages. Tracebacks, which hold none of a user's text, keep their lines.

    In both, values of rows that a database adds to its errors are left out: they may be personal data.
    """

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802  (the name that logging calls)
        record.message = _without_values(record.message)
        record.message = _CONTROL.sub(lambda found: f"\\x{ord(found[0]):02x}", record.message)
        return super().formatMessage(record)

    def formatException(self, ei: Any) -> str:  # noqa: N802  (the name that logging calls)
        return _without_values(super().formatException(ei))


def _without_values(text: str) -> str:
    return _VALUES.sub(r"\1\2: left out", text)


class WithoutOutages(logging.Filter):
    """Filters out records of an outage with a traceback, and those of requests answered because of it.

    For these, ``outages.reports`` writes one line per kind, whichever logger they come from.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        if record.exc_info and record.exc_info[1] is not None and reports.report(record.exc_info[1]):
            return False
        answered = getattr(record, "status_code", 0) == HTTPStatus.SERVICE_UNAVAILABLE
        return not (answered and getattr(getattr(record, "request", None), "outage", None))
