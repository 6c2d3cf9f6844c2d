"""Log records as JSON, one object a line (docs/watching.md#logs). Imports no Django: gunicorn's master uses it too."""

import json
import logging
from datetime import UTC, datetime
from typing import Any


class JsonLine(logging.Formatter):
    """Formats ``time`` (UTC, RFC 3339), ``level``, ``logger``, ``message``, and the ``traceback`` of a fault.

    Everything that is not ASCII is escaped, so that no text ends the line.
    """

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC)
            .isoformat(timespec="milliseconds")
            .replace("+00:00", "Z"),
            "level": record.levelname,
            "logger": record.name,
            "message": self.clean(record.getMessage()),
            **self.context_of(record),
        }
        if record.exc_info:
            line["traceback"] = self.clean(self.formatException(record.exc_info))
        return json.dumps(line)

    def clean(self, text: str) -> str:
        """Return the text without what no log may hold; a subclass knows what that is."""
        return text

    def context_of(self, record: logging.LogRecord) -> dict[str, str | int]:
        """Return more fields, such as the request that a record belongs to."""
        return {}
