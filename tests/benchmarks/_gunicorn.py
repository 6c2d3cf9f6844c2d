"""The portal under gunicorn in production's configuration, in processes of its own."""

import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.error import URLError
from urllib.request import urlopen

from django.conf import settings

from licences.management.new_keys import one_line

STARTS_WITHIN = 60  # seconds


@contextmanager
def gunicorn(
    application: str, *, database_url: str, workers: int, signing_key: str, **variables: str
) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """Serve a WSGI application as behind a trusted proxy; gives its port and its process, which ends with the block.

    ``variables``: more environment variables.
    """
    port = _free_port()
    environment = os.environ | {
        "DEMO": "0",
        "DEBUG": "0",
        "DATABASE_URL": database_url,
        "SECRET_KEY": secrets.token_hex(32),
        "MFA_ENCRYPTION_KEY": secrets.token_hex(32),
        "UNLOCK_KEYS": ",".join(f"{key_id}:{key.hex()}" for key_id, key in settings.UNLOCK_KEYS.items()),
        "LICENCE_SIGNING_KEYS": one_line(signing_key),
        "ALLOWED_HOSTS": "localhost,127.0.0.1",
        "PORTAL_URL": settings.PORTAL_URL,
        "EMAIL_URL": "none",
        "TRUSTED_PROXY_COUNT": "1",
        "WEB_CONCURRENCY": str(workers),
        "BIND": f"127.0.0.1:{port}",
        "DJANGO_SETTINGS_MODULE": "licensing_portal.settings",
        "LOG_LEVEL": "CRITICAL",
        **variables,
    }
    command = [sys.executable, "-m", "gunicorn", "--config", "python:licensing_portal.gunicorn_conf", application]
    process = subprocess.Popen(
        command, cwd=settings.BASE_DIR, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _wait_until_ready(port, process)
        yield port, process
    finally:
        process.terminate()
        process.wait(timeout=30)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_ready(port: int, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < until and process.poll() is None:
        try:
            with urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5) as response:
                if response.status == 200:
                    return
        except (URLError, OSError):
            time.sleep(0.1)
    raise RuntimeError("gunicorn did not start")
