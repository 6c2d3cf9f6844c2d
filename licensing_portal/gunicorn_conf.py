"""gunicorn -c licensing_portal/gunicorn_conf.py licensing_portal.wsgi

Sync workers with persistent database connections measured faster here than threads or ASGI.
A buffering proxy stands before them in production, for TLS and for slow or large uploads.
"""

import multiprocessing
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

bind = os.environ.get("BIND", "127.0.0.1:8000")
workers = int(os.environ.get("WEB_CONCURRENCY", min(2 * multiprocessing.cpu_count(), 8)))
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


def when_ready(server: Any) -> None:
    """With WORKER=1, as the demo has it, a worker for the background runs beside the server and ends with it."""
    if os.environ.get("WORKER") == "1":
        manage = Path(__file__).resolve().parent.parent / "manage.py"
        subprocess.Popen([sys.executable, str(manage), "worker", "--with-parent", "--verbosity", "0"])  # noqa: S603


def post_worker_init(worker: Any) -> None:
    """Pages are loaded now, and not while the first request waits.

    A download that takes long shows gunicorn that its worker lives.
    """
    from django.urls import get_resolver

    from licences import downloads

    get_resolver().url_patterns  # noqa: B018
    downloads.sign_of_life = worker.notify
