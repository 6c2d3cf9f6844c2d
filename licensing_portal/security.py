"""Security-related settings: secrets, response headers, and options of database connections."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed

from licences.domain.webhook_addresses import AllowedPlace, parse_place
from licences.licence_files import Key, parse_keys

REPORTS = "/csp-reports/"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
        "report-uri": [REPORTS],
        "report-to": "csp",
    }
}

_DENIED = (
    "accelerometer autoplay browsing-topics camera display-capture encrypted-media fullscreen geolocation "
    "gyroscope hid magnetometer microphone midi payment picture-in-picture screen-wake-lock serial usb "
    "xr-spatial-tracking"
).split()

# The headers that Django has no setting for.
HEADERS = {
    "Permissions-Policy": ", ".join(f"{feature}=()" for feature in _DENIED),
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "X-Permitted-Cross-Domain-Policies": "none",
    "Reporting-Endpoints": f'csp="{REPORTS}"',
}
METHODS = {"GET", "HEAD", "POST", "OPTIONS"}
SHORTEST_KEY = 32  # characters


def response_headers(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: response headers for which Django has no setting. Pages hold codes, so no cache keeps them.

    Refuses the method TRACE, which Django treats as harmless like GET, PUT and DELETE, which some views would treat
    like POST, and unknown methods. The API lists its own methods.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        known = request.method in METHODS or request.path.startswith("/api/")
        response = get_response(request) if known else HttpResponseNotAllowed(sorted(METHODS))
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if not request.path.startswith("/static/"):
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    return middleware


def required(env: environ.Env, name: str) -> str:
    """Return the secret ``name`` (or the content of the file ``name_FILE``); raise ``ImproperlyConfigured`` if it is
    missing.
    """
    value = env.str(name, default="").strip()
    if not value:
        raise ImproperlyConfigured(
            f"{name} is not set. Set it (or {name}_FILE, a file that holds it) in the environment or in .env; "
            "for a trial on this machine set DEMO=1, for development DEBUG=1."
        )
    return value


def allowed_hosts(env: environ.Env, *, portal_host: str, local: bool) -> list[str]:
    """Read ``ALLOWED_HOSTS``; the default is the host of ``PORTAL_URL``. ``local``: a demo or development.

    In production, ``*`` is refused: the portal would put any host name into its responses.
    """
    hosts: list[str] = [host.strip() for host in env.list("ALLOWED_HOSTS", default=[]) if host.strip()]
    if not local and any(host.strip(".") in ("", "*") for host in hosts):
        raise ImproperlyConfigured(
            "ALLOWED_HOSTS: '*' lets anybody name the portal as he likes. Give the names that it has, comma separated."
        )
    if hosts:
        return hosts
    return [portal_host, "localhost", "127.0.0.1", "[::1]"] if local else [portal_host]


def sealing_keys(env: environ.Env, *, default: str) -> list[str]:
    """Read ``MFA_ENCRYPTION_KEY``: one or more keys, comma separated; the first encrypts, all decrypt."""
    text = env.str("MFA_ENCRYPTION_KEY", default="").strip() or default
    keys = [key.strip() for key in (text or required(env, "MFA_ENCRYPTION_KEY")).split(",") if key.strip()]
    if any(len(key) < SHORTEST_KEY for key in keys):
        raise ImproperlyConfigured(f"MFA_ENCRYPTION_KEY: each key has {SHORTEST_KEY} characters or more.")
    return keys


def webhook_places(env: environ.Env) -> list[AllowedPlace]:
    """Read ``WEBHOOK_ALLOWED_ADDRESSES``: addresses and networks inside, comma separated, with or without a port."""
    places = []
    for text in env.str("WEBHOOK_ALLOWED_ADDRESSES", default="").split(","):
        try:
            places += [parse_place(text.strip())] if text.strip() else []
        except ValueError:
            raise ImproperlyConfigured(
                f"WEBHOOK_ALLOWED_ADDRESSES: '{text.strip()}' is no address or network. Write 10.1.2.3, 10.1.2.0/24, "
                "10.1.2.3:9443 or [fd00::7]:9443, comma separated; a network has no bits behind its prefix."
            ) from None
    return places


def single_sign_on(env: environ.Env, *, insecure: bool) -> dict[str, Any] | None:
    """Read ``OIDC_SERVER_URL``, ``OIDC_CLIENT_ID``, ``OIDC_CLIENT_SECRET``, ``OIDC_NAME``; None if there is no
    provider.
    """
    server = env.str("OIDC_SERVER_URL", default="").strip()
    if not server:
        return None
    if not (insecure or server.startswith("https://")):
        raise ImproperlyConfigured("OIDC_SERVER_URL begins with https://.")
    return {
        "provider_id": "sso",
        "name": env.str("OIDC_NAME", default="") or "Single sign-on",
        "client_id": required(env, "OIDC_CLIENT_ID"),
        "secret": required(env, "OIDC_CLIENT_SECRET"),
        "settings": {"server_url": server},
    }


def unlock_keys(text: str) -> dict[int, bytes]:
    """Read ``UNLOCK_KEYS``: ``id:hex64`` pairs, comma separated.

    Returns key id (0–15) → 32 bytes, in the order given: the first signs, all verify (docs/codes.md).
    """
    keys: dict[int, bytes] = {}
    for entry in filter(None, (part.strip() for part in text.split(","))):
        key_id, _, hexadecimal = entry.partition(":")
        try:
            number, key = int(key_id), bytes.fromhex(hexadecimal)
        except ValueError:
            number, key = -1, b""
        if not 0 <= number <= 15 or len(key) != 32 or number in keys:
            raise ImproperlyConfigured(
                "UNLOCK_KEYS: each entry is a key id from 0 to 15 (each once), a colon and 64 hexadecimal digits; "
                f"entry {len(keys) + 1} is not."
            )
        keys[number] = key
    return keys


def licence_keys(env: environ.Env) -> dict[str, Key]:
    """Read ``LICENCE_SIGNING_KEYS`` (PEM, or names of PEM files, comma separated), or ``LICENCE_SIGNING_KEY``.

    Returns key id → Ed25519 key, in the given order: the first signs, all are published
    (docs/decisions.md#licence-files-are-fixed).
    """
    name, entries = _licence_entries(env)
    try:
        return parse_keys("\n".join(_pem(entry) for entry in entries))
    except (OSError, ValueError, TypeError) as error:
        raise ImproperlyConfigured(
            f"{name}: each entry is an Ed25519 key in PEM, or the name of a file that holds one; "
            f"the first must be a private key ({error})."
        ) from None


def private_key_files(env: environ.Env) -> list[Path]:
    """Return the files that ``LICENCE_SIGNING_KEYS`` names, without those of public keys."""
    _name, entries = _licence_entries(env)
    paths = [Path(entry) for entry in entries if "-----BEGIN" not in entry]
    return [path.resolve() for path in paths if "PRIVATE KEY" in _pem(str(path))]


def _licence_entries(env: environ.Env) -> tuple[str, list[str]]:
    name = "LICENCE_SIGNING_KEYS" if env.str("LICENCE_SIGNING_KEYS", default="").strip() else "LICENCE_SIGNING_KEY"
    entries = (entry.strip() for entry in required(env, name).split(","))
    return name, [entry for entry in entries if entry]


def _pem(entry: str) -> str:
    return entry if "-----BEGIN" in entry else Path(entry).read_text()


def database_options(database: dict[str, Any], *, var: Path) -> dict[str, Any]:
    """Return connection options that keep data safe with several writers and on power failure.

    SQLite: immediate transactions are the lock (``select_for_update`` is ignored there), full sync keeps a code that
    was read out on the telephone, and recursive triggers let append-only triggers see ``INSERT OR REPLACE``.
    PostgreSQL: connections are kept between requests, and every wait has a limit.
    """
    if database["ENGINE"].endswith("sqlite3"):
        if str(database["NAME"]).startswith(str(var)):
            var.mkdir(parents=True, exist_ok=True)
        pragmas = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA recursive_triggers=ON;"
        return {
            "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 30, "init_command": pragmas},
            "TEST": {"NAME": str(var / "test.sqlite3")},
        }
    return {
        "ENGINE": "licensing_portal.postgresql",
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": _NETWORK | database.get("OPTIONS", {}),
    }


# Seconds, and milliseconds for the last: after which a server that cannot be reached is given up. What the
# address of a database says (``?connect_timeout=10``) holds instead.
_NETWORK = {
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,
}
_REPLICA_NETWORK = {"connect_timeout": 2, "keepalives_idle": 2, "keepalives_interval": 1, "tcp_user_timeout": 3_000}


def replica_options(database: dict[str, Any], *, var: Path) -> dict[str, Any]:
    """Return connection options for a replica. Waits are short, since the primary can answer instead."""
    found = database_options(database, var=var) | {"TEST": {"MIRROR": "default"}}
    if database["ENGINE"].endswith("sqlite3"):
        return found
    network = _NETWORK | _REPLICA_NETWORK | database.get("OPTIONS", {})
    return found | {"OPTIONS": network, "STATEMENT_SECONDS": 3, "ANSWER_SECONDS": 4}
