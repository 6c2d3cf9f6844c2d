"""``manage.py metrics``: serve the metrics for Prometheus at an address of their own (docs/watching.md#metrics)."""

import signal
from argparse import ArgumentParser
from threading import Thread
from types import FrameType
from typing import Any
from wsgiref.simple_server import WSGIServer

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from licensing_portal.environment import host_and_port
from licensing_portal.metrics.database_figures import STATEMENT_SECONDS
from licensing_portal.metrics.server import PATH, metrics_server


class Command(BaseCommand):
    help = "Serve metrics for Prometheus, at METRICS_BIND. Let nobody but Prometheus reach that address."
    requires_system_checks = []  # they load every page

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--bind", default=settings.METRICS_BIND, help="address and port; default: METRICS_BIND")

    def handle(self, *args: Any, bind: str, **options: Any) -> None:
        for alias in connections:
            connections[alias].settings_dict["STATEMENT_SECONDS"] = STATEMENT_SECONDS
        try:
            host, port = host_and_port("--bind", bind)
            server = metrics_server(host, port, folder=settings.METRICS_DIR)
        except ImproperlyConfigured as error:
            raise CommandError(str(error)) from None
        except OSError as error:
            raise CommandError(f"{bind}: {error.strerror}.") from None
        if not settings.METRICS_DIR:
            self.stderr.write(
                "METRICS_DIR is not set: requests are not counted, only the database's figures are served."
            )
        self.stdout.write(f"Metrics at http://{bind}{PATH}")
        _end_with_signals(server)
        server.serve_forever()
        server.server_close()


def _end_with_signals(server: WSGIServer) -> None:
    """Have SIGTERM and Ctrl+C end the server once it has answered; an exception would be lost within an answer."""

    def end(number: int, frame: FrameType | None) -> None:
        Thread(target=server.shutdown).start()  # it waits until the server has ended, which this thread runs

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
