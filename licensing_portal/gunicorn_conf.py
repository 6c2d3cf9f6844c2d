"""gunicorn -c python:licensing_portal.gunicorn_conf licensing_portal.wsgi

Sync workers with persistent database connections measured faster here than threads or ASGI. In production, a buffering
proxy stands in front for TLS and for slow or large uploads.
"""

import multiprocessing
import os
import subprocess
import sys
from typing import Any

from licensing_portal.folders import portal_folder

bind = os.environ.get("BIND", "127.0.0.1:8000")
_FOLDER = portal_folder()
_asked = os.environ.get("WEB_CONCURRENCY", "")
workers = int(_asked) if _asked.isdecimal() and int(_asked) else min(2 * multiprocessing.cpu_count(), 8)
forwarded_allow_ips = ""  # X-Forwarded-Proto is for Django to believe, as TRUSTED_PROXY_COUNT says
worker_class = "sync"
preload_app = False
timeout = 60  # longer than SQLite waits for a lock, so that whoever waited is told
graceful_timeout = 20
max_requests = 20_000
max_requests_jitter = 2_000
limit_request_line = 8190  # bytes, of an address with its query
limit_request_fields = 60
limit_request_field_size = 8190
accesslog = None
errorlog = "-"
control_socket_disable = True


def _wants_json() -> bool:
    """Whether ``LOG_FORMAT`` is ``json``, in the environment or in ``.env``, as the settings will read it."""
    told = os.environ.get("LOG_FORMAT", "")
    file = _FOLDER / ".env"
    if not told and file.is_file():
        lines = [line.strip().removeprefix("export ") for line in file.read_text(encoding="utf-8").splitlines()]
        told = next((line.partition("=")[2] for line in lines if line.startswith("LOG_FORMAT=")), "")
    return told.strip(" '\"") == "json"


if _wants_json():
    logger_class = "licensing_portal.gunicorn_logs.JsonLogger"


def on_starting(server: Any) -> None:
    """Check the settings once before workers start, in a process of its own so that gunicorn's master stays small."""
    environment = {**os.environ, "BIND": ",".join(server.cfg.bind)}
    command = [sys.executable, "-c", "import licensing_portal.wsgi"]
    if subprocess.run(command, cwd=_FOLDER, env=environment, check=False).returncode:  # noqa: S603
        sys.exit(1)


def when_ready(server: Any) -> None:
    """With WORKER=1, as in the demo, run a background worker beside the server; it ends with the server."""
    if os.environ.get("WORKER", "").lower() in ("1", "true", "yes", "on"):
        subprocess.Popen([sys.executable, "-m", "licensing_portal.worker_beside"], cwd=_FOLDER)


def post_fork(server: Any, worker: Any) -> None:
    """Limit statements, so that one that takes too long ends with a message instead of a killed worker. Commands and
    imports have no limit.
    """
    os.environ.setdefault("DATABASE_STATEMENT_SECONDS", str(timeout - 10))


def post_worker_init(worker: Any) -> None:
    """Load all pages now, and not while the first request waits.

    During a long download, tell gunicorn that the worker is alive.
    """
    from django.urls import get_resolver

    from licences import downloads
    from licensing_portal.logs import OneObject, WithoutOutages

    get_resolver().url_patterns  # noqa: B018
    worker.log.error_log.addFilter(WithoutOutages())
    if _wants_json():
        for handler in worker.log.error_log.handlers:
            handler.setFormatter(OneObject())
    downloads.heartbeat = worker.notify


def worker_exit(server: Any, worker: Any) -> None:
    """Store what a process has counted, before it ends."""
    if "licences.api.call_counts" in sys.modules:
        sys.modules["licences.api.call_counts"].store_counted_calls()
