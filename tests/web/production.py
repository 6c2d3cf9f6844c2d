"""The settings of a production portal, as the settings file itself makes them, and how to put them on."""

import json
import os
import subprocess
import sys
from functools import cache
from typing import Any

from django.conf import settings

HOST = "licensing.example.com"
ENVIRONMENT = {
    "DEMO": "0",
    "DEBUG": "0",
    "SECRET_KEY": "tests-only-" + "k" * 60,
    "UNLOCK_KEYS": "1:" + "0f" * 32,
    "LICENCE_SIGNING_KEY": os.environ["LICENCE_SIGNING_KEY"],
    "MFA_ENCRYPTION_KEY": "Zm9yLXRlc3RzLW9ubHktZm9yLXRlc3RzLW9ubHktMDA=",
    "PORTAL_URL": f"https://{HOST}",
    "TRUSTED_PROXY_COUNT": "1",
    "DATABASE_URL": "sqlite://:memory:",
    "EMAIL_URL": "smtp+tls://portal:secret@mail.example.com:587",
}
# What concerns the web. Others (databases, apps, folders) stay those of the tests.
_BEGINNINGS = ("SECURE_", "SESSION_COOKIE_", "CSRF_COOKIE_", "LANGUAGE_COOKIE_", "CSRF_TRUSTED_")
_NAMES = (
    "ALLOWED_HOSTS",
    "CONTENT_SECURITY_POLICY",
    "MESSAGE_STORAGE",
    "X_FRAME_OPTIONS",
    "MIDDLEWARE",
    "DEMO",
    "DEBUG",
)
_SHOW = """
import json
from licensing_portal import settings
from sys import argv
begins = tuple(argv[1].split(","))
names = argv[2].split(",")
print(json.dumps({n: v for n, v in vars(settings).items() if n.startswith(begins) or n in names}))
"""


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Python in a production environment, which ``environment`` changes. An empty value removes a variable."""
    ours = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "ALLOWED_HOSTS")}
    ours.pop("DJANGO_SETTINGS_MODULE", None)
    chosen = {name: value for name, value in {**ours, **ENVIRONMENT, **environment}.items() if value}
    return subprocess.run(
        [sys.executable, *arguments], cwd=settings.BASE_DIR, env=chosen, capture_output=True, text=True, timeout=120
    )


@cache
def web_settings(**environment: str) -> dict[str, Any]:
    shown = run("-c", _SHOW, ",".join(_BEGINNINGS), ",".join(_NAMES), **environment)
    assert shown.returncode == 0, shown.stderr
    values: dict[str, Any] = json.loads(shown.stdout)
    return values


HTTPS, HTTP = {"host": HOST, "x-forwarded-proto": "https"}, {"host": HOST, "x-forwarded-proto": "http"}


def put_on(settings_fixture: Any) -> None:
    """Let the portal of a test answer as one in production."""
    for name, value in web_settings().items():
        setattr(settings_fixture, name, value)
