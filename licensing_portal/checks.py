"""System checks of a deployment (``manage.py check --deploy``): what Django does not look at."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.http.request import validate_host


@register(Tags.security, deploy=True)
def address(app_configs: Sequence[Any] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """The portal's own address: it stands in licence files, problem documents and e-mails."""
    parts = urlsplit(settings.PORTAL_URL)
    found: list[CheckMessage] = []
    if parts.scheme != "https":
        hint = "Set PORTAL_URL to the address that people type, beginning with https://."
        found.append(Warning("PORTAL_URL does not begin with https://.", hint=hint, id="licensing_portal.W001"))
    if not validate_host(parts.hostname or "", settings.ALLOWED_HOSTS):
        hint = "Add the host of PORTAL_URL to ALLOWED_HOSTS."
        found.append(Error("The portal does not answer to its own address.", hint=hint, id="licensing_portal.E001"))
    return found


@register(Tags.security, deploy=True)
def proxies(app_configs: Sequence[Any] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """gunicorn does no TLS: without a proxy that is trusted, HTTPS never arrives and rate limits count the proxy."""
    count = settings.TRUSTED_PROXY_COUNT
    hint = "Set TRUSTED_PROXY_COUNT to the number of proxies in front of the portal: 1 for one."
    if count < 0:
        return [Error("TRUSTED_PROXY_COUNT is negative.", hint=hint, id="licensing_portal.E002")]
    if settings.SECURE_SSL_REDIRECT and count == 0:
        words = "No proxy is trusted, so that every request is redirected to HTTPS, those over HTTPS too."
        return [Warning(words, hint=hint, id="licensing_portal.W002")]
    return []


@register(Tags.security, deploy=True)
def demo(app_configs: Sequence[Any] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """The demo makes its own secrets and knows the passwords of its users."""
    hint = "Unset DEMO, and set the secrets that the portal then asks for."
    return [Warning("The demo is on.", hint=hint, id="licensing_portal.W003")] if settings.DEMO else []


@register(Tags.security, deploy=True)
def second_factor(app_configs: Sequence[Any] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """A password can be talked out of somebody, and an unlock code is worth money."""
    if settings.SECOND_FACTOR == "required":
        return []
    hint = "Unset SECOND_FACTOR, or set it to required."
    return [Warning("A password alone lets in those who make codes.", hint=hint, id="licensing_portal.W004")]
