"""gunicorn -c licensing_portal/gunicorn_conf.py licensing_portal.wsgi

Sync workers with persistent database connections measured faster here than threads or ASGI.
A buffering proxy stands before them in production, for TLS and for slow or large uploads.
"""

import multiprocessing
import os

bind = os.environ.get("BIND", "127.0.0.1:8000")
workers = int(os.environ.get("WEB_CONCURRENCY", min(2 * multiprocessing.cpu_count(), 8)))
worker_class = "sync"
preload_app = False
timeout = 30
graceful_timeout = 20
max_requests = 20_000
max_requests_jitter = 2_000
limit_request_line = 8190
accesslog = None
errorlog = "-"
control_socket_disable = True
