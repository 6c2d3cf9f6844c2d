"""System checks of a deployment that Django does not make (``manage.py check --deploy``)."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Info, Tags, Warning, register
from django.http.request import validate_host
from django.utils.translation import gettext as _

from licensing_portal import open_files


@register(Tags.security, deploy=True)
def address(app_configs: Sequence[Any] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """Check ``PORTAL_URL``, which stands in licence files, problem documents and e-mails."""
    parts = urlsplit(settings.PORTAL_URL)
    found: list[CheckMessage] = []
    if parts.scheme != "https":
        hint = _("Set PORTAL_URL to the address that people type, beginning with https://.")
        found.append(Warning(_("PORTAL_URL does not begin with https://."), hint=hint, id="licensing_portal.W001"))
    if not validate_host(parts.hostname or "", settings.ALLOWED_HOSTS):
        hint = _("Add the host of PORTAL_URL to ALLOWED_HOSTS.")
        found.append(Error(_("The portal does not answer to its own address."), hint=hint, id="licensing_portal.E001"))
    return found


@register(Tags.security, deploy=True)
def proxies(app_configs: Sequence[Any] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """Check ``TRUSTED_PROXY_COUNT``. gunicorn does no TLS: without a trusted proxy, HTTPS is never recognised and rate
    limits count the proxy.
    """
    if settings.TRUSTED_PROXY_COUNT or not settings.PORTAL_URL.startswith("https://"):
        return []
    words = _(
        "TRUSTED_PROXY_COUNT is 0 and PORTAL_URL begins with https://. Every request is redirected to HTTPS, those "
        "over HTTPS too, and rate limits take all callers for one."
    )
    hint = _(
        "Set TRUSTED_PROXY_COUNT to the number of proxies in front of the portal: 1 for one. The outermost sets "
        "X-Forwarded-For and X-Forwarded-Proto anew, as docs/deploy/nginx.conf and docs/deploy/Caddyfile do; each "
        "further one appends to X-Forwarded-For. Nobody reaches gunicorn except through them."
    )
    return [Warning(words, hint=hint, id="licensing_portal.W002")]


@register(Tags.security, deploy=True)
def demo(app_configs: Sequence[Any] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """Refuse the demo in production: it makes its own secrets, and its users' passwords are known."""
    hint = _("Unset DEMO, and set the secrets that the portal then asks for.")
    return [Warning(_("The demo is on."), hint=hint, id="licensing_portal.W003")] if settings.DEMO else []


@register(Tags.security, deploy=True)
def second_factor(app_configs: Sequence[Any] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """Warn if second factors are optional: passwords can be phished, and unlock codes are worth money."""
    if settings.SECOND_FACTOR == "required":
        return []
    hint = _("Unset SECOND_FACTOR, or set it to required.")
    return [Warning(_("A password alone lets in those who make codes."), hint=hint, id="licensing_portal.W004")]


@register(Tags.security, deploy=True)
def secrets_and_records(app_configs: Sequence[Any] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """Check that other users of the machine cannot read files with secrets or records."""
    found: list[CheckMessage] = []
    for path, mode, wanted in open_files.files_open_to_others():
        said = {"path": path, "mode": f"{mode:04o}"}
        words = _("Other users of this machine can read or change %(path)s: its mode is %(mode)s.") % said
        found.append(Error(words, hint=f"chmod {wanted:04o} '{path}'", id="licensing_portal.E003"))
    return found


@register(Tags.security, deploy=True)
def mail(app_configs: Sequence[Any] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """Refuse e-mails that a setting wants and that cannot be sent.

    ``EMAIL_URL=none`` alone is no failure: it was set on purpose, and ``DECISION_EMAIL_SECONDS`` is 0 then unless it is
    set too.
    """
    if settings.MAIL_IS_SENT:
        return []
    if settings.DECISION_EMAIL_SECONDS:
        words = _("DECISION_EMAIL_SECONDS lets the portal send e-mail to supervisors, and EMAIL_URL is none.")
        hint = _("Set EMAIL_URL to a mail server, or DECISION_EMAIL_SECONDS to 0.")
        return [Error(words, hint=hint, id="licensing_portal.E004")]
    words = _("The portal sends no e-mail: no links for forgotten passwords, no messages about new devices or changes.")
    return [Info(words, hint=_("Set EMAIL_URL to a mail server."), id="licensing_portal.I001")]
