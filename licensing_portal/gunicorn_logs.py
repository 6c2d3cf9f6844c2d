"""gunicorn's own log as JSON (``LOG_FORMAT=json``), from its first line on."""

from typing import Any

from gunicorn.glogging import Logger

from licensing_portal.json_lines import JsonLine


class JsonLogger(Logger):
    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        for handler in self.error_log.handlers:
            handler.setFormatter(JsonLine())
