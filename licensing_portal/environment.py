"""Reads and checks the environment variables behind the settings; all wrong variables are reported at once."""

import ipaddress
import re
import zoneinfo
from collections.abc import Callable
from typing import Any, TypeAlias, TypeVar
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

T = TypeVar("T")
Flag: TypeAlias = bool  # within the class, bool is a method
Whole: TypeAlias = int
_FLAGS = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}
_DATABASES = ("postgres", "postgresql", "sqlite")
_MAIL = ("smtp", "smtps", "smtp+tls", "smtp+ssl")
_MAIL_OF_A_TRIAL = ("consolemail", "filemail", "memorymail", "dummymail")
NO_MAIL = "none"
MOST = 10**15  # beyond any use
_TELEPHONE = re.compile(r"(?=(?:[^0-9]*[0-9]){3,20}[^0-9]*$)\+?[0-9(][0-9 ()/.-]{2,30}")


class Environment(environ.FileAwareEnv):
    """Environment variables. Each may also be given as ``NAME_FILE``, the path of a file that holds the value.

    An invalid value is noted, and its default is used until ``finish`` reports all of them.
    """

    def __init__(self) -> None:
        super().__init__()
        self.problems: list[str] = []

    def take(self, read: Callable[[], T], instead: T) -> T:
        """Return what ``read`` returns; if it raises ``ImproperlyConfigured``, note that and return ``instead``."""
        try:
            return read()
        except ImproperlyConfigured as error:
            self.problems.append(str(error))
            return instead

    def finish(self) -> None:
        """Raise ``ImproperlyConfigured`` with all problems, if there are any."""
        if self.problems:
            lines = "\n".join(f"- {problem}" for problem in dict.fromkeys(self.problems))
            raise ImproperlyConfigured(f"The portal does not start. Its settings are wrong:\n{lines}")

    def get_value(self, var: str, *arguments: Any, **options: Any) -> Any:
        """Read a value as django-environ does. An unreadable file is reported by its variable; texts are trimmed."""
        try:
            value = super().get_value(var, *arguments, **options)
        except (OSError, UnicodeDecodeError) as error:
            why = error.strerror if isinstance(error, OSError) else "it is no text in UTF-8"
            raise ImproperlyConfigured(f"{var}_FILE names a file that cannot be read: {why}.") from None
        return value.strip() if isinstance(value, str) else value

    def text(self, name: str, default: str) -> str:
        """Return the value as it is, or the default if it is not set. An empty value is a problem."""
        value: str = self.take(lambda: self.str(name, default=default), default)
        if not value and default:
            self.problems.append(f"{name} is empty. Give it a value, or take the line out: then it is {default}.")
            return default
        return value

    def int(self, name: str, default: Whole, *, least: Whole = 1, most: Whole = MOST) -> Whole:
        """Return a whole number from ``least`` to ``most``."""
        value = self.take(lambda: self.str(name, default=str(default)), str(default))
        digits = value.removeprefix("-")
        if digits.isascii() and digits.isdigit() and len(digits) < 20 and least <= int(value) <= most:
            return int(value)
        to = f"from {least} to {most}" if most != MOST else f"of {least} or more"
        self.problems.append(f"{name} is a whole number {to}, not '{value}'. Without the line it is {default}.")
        return default

    def bool(self, name: str, default: Flag) -> Flag:
        value = self.take(lambda: self.str(name, default=str(default)), str(default))
        if value.lower() in _FLAGS:
            return _FLAGS[value.lower()]
        self.problems.append(f"{name} is 1 or 0, not '{value}'.")
        return default

    def one_of(self, name: str, default: str, choices: str) -> str:
        """Return one of the words in ``choices``."""
        value: str = self.take(lambda: self.str(name, default=default), default)
        if value in choices.split():
            return value
        self.problems.append(f"{name} is one of: {', '.join(choices.split())}; not '{value}'.")
        return default

    def web_address(self, name: str, default: str) -> str:
        """Return ``https://`` (or ``http://``) and a host, without a path."""
        value = self.text(name, default)
        try:
            parts = urlsplit(value)
            host, _port = parts.hostname, parts.port
        except ValueError:
            parts, host = urlsplit(""), None
        if parts.scheme in ("http", "https") and host and not (parts.path.strip("/") or parts.query or parts.fragment):
            return value
        self.problems.append(f"{name} is an address such as https://licensing.example.com, not '{value}'.")
        return default

    def host_and_port(self, name: str, default: str) -> str:
        """Return an address to listen at, such as ``127.0.0.1:9464`` or ``[::1]:9464``."""
        value = self.text(name, default)
        return value if self.take(lambda: host_and_port(name, value), None) else default

    def telephone(self, name: str, default: str) -> str:
        """Return a telephone number as people write it, or an empty text: then none is mentioned."""
        value: str = self.take(lambda: self.str(name, default=default), default)
        if not value or _TELEPHONE.fullmatch(value):
            return value
        self.problems.append(f"{name} is a telephone number such as +49 30 23125 100, or empty; not '{value}'.")
        return default

    def time_zone(self, name: str, default: str) -> str:
        value = self.text(name, default)
        try:
            zoneinfo.ZoneInfo(value)
        except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
            self.problems.append(f"{name} is a time zone such as Europe/Berlin or UTC, not '{value}'.")
            return default
        return value

    def database(self, name: str, default: str) -> dict[str, Any]:
        """Return a connection as Django takes it. Problems are reported without the value, which
        may hold a password.
        """
        url = self.text(name, default)
        try:
            if url.partition("://")[0] not in _DATABASES:
                raise ValueError
            connection: dict[str, Any] = self.db_url_config(url)
        except (ValueError, ImproperlyConfigured):
            self.problems.append(f"{name} begins with postgres:// or sqlite:///, and names a database.")
            connection = self.db_url_config(default or "sqlite://:memory:")
        return connection

    def mail(self, name: str, *, trial: Flag) -> tuple[Flag, dict[str, Any]]:
        """Return whether mail is sent, and Django's settings for it. Only a ``trial`` may do without a mail server by
        default.

        Production refuses transports that print or drop messages: reset links would stand in the log.
        """
        url = self.take(lambda: self.str(name, default="consolemail://" if trial else ""), "")
        if url == NO_MAIL:
            return False, {"EMAIL_BACKEND": "django.core.mail.backends.dummy.EmailBackend"}
        try:
            if url.partition("://")[0] not in _MAIL + (_MAIL_OF_A_TRIAL if trial else ()):
                raise ValueError
            transport: dict[str, Any] = self.email_url_config(url)
            if url.startswith(_MAIL) and not transport.get("EMAIL_HOST"):
                raise ValueError
        except (ValueError, ImproperlyConfigured):
            is_or = "is not a mail server" if url else "is not set"
            self.problems.append(
                f"{name} {is_or}. Set it to one, such as smtp+tls://user:password@mail.example.com:587; "
                f"or to {NO_MAIL}, which switches off what needs e-mail: links for forgotten passwords, messages about "
                "new devices and changed accounts."
            )
            return False, {"EMAIL_BACKEND": "django.core.mail.backends.dummy.EmailBackend"}
        return True, transport

    def check_server(self, *, demo: Flag) -> None:
        """Note problems with ``BIND``, ``WEB_CONCURRENCY`` and ``WORKER``, which gunicorn's configuration uses."""
        self.int("WEB_CONCURRENCY", 1, most=512)
        self.bool("WORKER", False)
        for address in self.text("BIND", "127.0.0.1:8000").split(","):
            if demo and not is_local(address):
                self.problems.append(
                    f"BIND is '{address.strip()}', and DEMO is on. The demo knows its users' passwords, so it is for "
                    "this machine only: bind to 127.0.0.1, or unset DEMO."
                )


def is_local(bind: str) -> bool:
    """Return whether only this machine reaches a server that listens at ``bind`` (an address or Unix socket, as
    gunicorn takes it).
    """
    text = bind.strip().removeprefix("tcp://")
    if text.startswith(("unix:", "/")):
        return True
    host = text[1:].partition("]")[0] if text.startswith("[") else text.rpartition(":")[0] or text
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def host_and_port(name: str, text: str) -> tuple[str, Whole]:
    """Return the IP address and port of ``127.0.0.1:9464`` or ``[::1]:9464``; raise ``ImproperlyConfigured`` for other
    text. ``name`` is what the message calls it.
    """
    host, _colon, port = text.strip().rpartition(":")
    try:
        address = ipaddress.ip_address(host.removeprefix("[").removesuffix("]"))
        if not (port.isascii() and port.isdigit() and 0 < int(port) < 65536):
            raise ValueError
    except ValueError:
        raise ImproperlyConfigured(
            f"{name} is an IP address and a port such as 127.0.0.1:9464, not '{text}'."
        ) from None
    return str(address), int(port)
