"""Adapters that change allauth's behaviour: accounts, second factors."""

import time
from typing import Any

import qrcode
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils import translation
from django.utils.html import format_html
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from licences.throttling import client_address
from licensing_portal.accounts import attempts, devices, notices, sealing, usernames
from licensing_portal.accounts.models import SignInEvent
from licensing_portal.accounts.operations import events, languages
from licensing_portal.accounts.operations.lock_outs import Kind
from licensing_portal.accounts.single_sign_on import SingleSignOnAdapter

__all__ = ["AccountAdapter", "FactorAdapter", "SingleSignOnAdapter"]

ISSUER = "Xchange Licensing"
JUST_SIGNED_IN = 300  # seconds in which nobody is asked to confirm that it is them
_STAGES = {"allauth.mfa.stages.AuthenticateStage": "licensing_portal.accounts.stages.SecondFactorStage"}


class AccountAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "enter_current_password": gettext_lazy("This is not your current password."),
        "incorrect_password": gettext_lazy("Wrong password."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def clean_username(self, username: str, shallow: bool = False) -> str:
        """Check a user name for single sign-on, which tries several: refuse names that look like another user's."""
        cleaned: str = super().clean_username(username, shallow)
        usernames.refuse_look_alike(cleaned)
        return cleaned

    def is_safe_url(self, url: str | None) -> bool:
        """Return whether ``next`` may lead there: only within this portal, at the requested host, and never to plain
        HTTP.
        """
        request = context.request
        secure = request.is_secure() or settings.SECURE_SSL_REDIRECT
        return url_has_allowed_host_and_scheme(url, allowed_hosts={request.get_host()}, require_https=secure)

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return the client's address as trusted proxies report it; of an IPv6 network, its first address."""
        address = client_address(request).partition("/")[0]
        return "0.0.0.0" if address == "unknown" else address  # noqa: S104  (an address that nobody has)

    def get_login_stages(self) -> list[str]:
        return [_STAGES.get(stage, stage) for stage in super().get_login_stages()]

    def is_reauthentication_required(self, *, app: str, **options: Any) -> bool:
        return super().is_reauthentication_required(app=app, **options) and not self._has_just_signed_in()

    def _has_just_signed_in(self) -> bool:
        """Return whether the user logged in a moment ago. They need not reauthenticate as well to set up a second
        factor.
        """
        records = get_authentication_records(self.request, self.request.user)
        return bool(records) and abs(time.time() - records[-1]["at"]) < JUST_SIGNED_IN

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """Authenticate on the login page and on reauthentication; both count failed attempts."""
        user = usernames.find_user(str(credentials.get("username", "")))
        if user is not None:
            credentials["username"] = user.get_username()
        name = str(credentials.get("username", ""))
        with attempts.counted_attempt(
            attempts.attempt_limit(Kind.ACCOUNT, name, user, request=request), request=request
        ):
            found: User | None = super().authenticate(request, **credentials)
            if found is None:
                events.record_sign_in_event(SignInEvent.Kind.FAILED, user=user, request=request)
                raise ValidationError(_("Wrong username or password."), code="wrong")
        return found

    def send_notification_mail(
        self, template_prefix: str, user: User, context: dict[str, Any] | None = None, email: str | None = None
    ) -> None:
        """Send one kind of message for all changes of an account, with a sentence for each change."""
        device = devices.device_name(self.request.META.get("HTTP_USER_AGENT", ""))
        more = {"device": device, "user": user, **(context or {})}
        if template_prefix in notices.CHANGES:
            more["change"] = notices.CHANGES[template_prefix]
            template_prefix = "account/email/changed"
        is_own = self.request.user == user or not self.request.user.is_authenticated
        with translation.override(translation.get_language() if is_own else languages.language_of(user)):
            super().send_notification_mail(template_prefix, user, more, email)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        self.render_mail(template_prefix, email, context).send()


class FactorAdapter(DefaultMFAAdapter):
    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": gettext_lazy("Wrong code, or already used. Wait until the app shows the next one."),
    }

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:
        """Return a suggested name: the device that the passkey is most likely stored on."""
        return devices.device_name(context.request.META.get("HTTP_USER_AGENT", ""))

    def get_totp_label(self, user: User) -> str:
        return user.get_username()

    def get_totp_issuer(self) -> str:
        return ISSUER

    def encrypt(self, text: str) -> str:
        return sealing.seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        return sealing.unseal(encrypted_text)

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return super().get_public_key_credential_rp_entity() | {"name": ISSUER}

    def build_totp_svg(self, url: str) -> SafeString:
        """Return the QR code as SVG for the page itself: the Content-Security-Policy forbids images
        in ``data:`` URLs.
        """
        code = qrcode.QRCode(border=4, error_correction=qrcode.constants.ERROR_CORRECT_M)
        code.add_data(url)
        code.make(fit=True)
        rows = code.get_matrix()
        path = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark)
        return format_html(
            '<svg class="qr-code" viewBox="0 0 {0} {0}" role="img" aria-label="{1}"><path d="{2}"/></svg>',
            len(rows),
            _("QR code for the authenticator app"),
            path,
        )
