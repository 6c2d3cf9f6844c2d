"""The small web server of ``manage.py metrics``. It answers one request at a time, so figures are asked for once."""

import socket
from http import HTTPStatus
from pathlib import Path
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from prometheus_client import CollectorRegistry, make_wsgi_app
from prometheus_client.multiprocess import MultiProcessCollector

from licensing_portal.metrics.database_figures import DatabaseFigures

PATH = "/metrics"


class _QuietHandler(WSGIRequestHandler):
    timeout = 10  # seconds, for a caller that connects and sends nothing

    def log_message(self, format: str, *arguments: Any) -> None:
        pass


class _ServerOfSixes(WSGIServer):
    address_family = socket.AF_INET6


def metrics_registry(folder: str) -> CollectorRegistry:
    """Return what there is to collect: the counters in ``folder``, if one is named, and the database's figures."""
    registry = CollectorRegistry()
    if folder:
        Path(folder).mkdir(mode=0o700, parents=True, exist_ok=True)
        MultiProcessCollector(registry, path=folder)
    registry.register(DatabaseFigures())
    return registry


def metrics_server(host: str, port: int, *, folder: str) -> WSGIServer:
    """Return a server that listens and does not serve yet. ``OSError``: the address is taken or not of this machine."""
    metrics = make_wsgi_app(metrics_registry(folder))

    def application(environ: dict[str, Any], start_response: Any) -> Any:
        if environ["PATH_INFO"] != PATH:
            start_response(f"{HTTPStatus.NOT_FOUND.value} Not Found", [("Content-Type", "text/plain")])
            return [f"The metrics are at {PATH}.\n".encode()]
        return metrics(environ, start_response)

    kind = _ServerOfSixes if ":" in host else WSGIServer
    return make_server(host, port, application, server_class=kind, handler_class=_QuietHandler)
