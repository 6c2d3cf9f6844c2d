"""Where allauth asks what is different here."""

import logging
import time
from smtplib import SMTPException
from threading import Thread
from typing import Any

import qrcode
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from licences.gate import client_address
from licensing_portal.accounts import attempts, devices, notices, sealing
from licensing_portal.accounts.models import SignInEvent
from licensing_portal.accounts.operations import events
from licensing_portal.accounts.operations.lock_outs import Kind
from licensing_portal.accounts.single_sign_on import SingleSignOnAdapter

__all__ = ["AccountAdapter", "FactorAdapter", "SingleSignOnAdapter"]

log = logging.getLogger(__name__)
ISSUER = "Xchange Licensing"
JUST_SIGNED_IN = 300  # seconds in which nobody is asked to confirm that it is them
_STAGES = {"allauth.mfa.stages.AuthenticateStage": "licensing_portal.accounts.stages.SecondFactorStage"}


class AccountAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "enter_current_password": gettext_lazy("This is not your present password."),
        "incorrect_password": gettext_lazy("The password is not right."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """Counted from the right, as far as proxies can be trusted; of an IPv6 network its first address."""
        address = client_address(request).partition("/")[0]
        return "0.0.0.0" if address == "unknown" else address  # noqa: S104  (an address that nobody has)

    def get_login_stages(self) -> list[str]:
        return [_STAGES.get(stage, stage) for stage in super().get_login_stages()]

    def is_reauthentication_required(self, *, app: str, **options: Any) -> bool:
        return super().is_reauthentication_required(app=app, **options) and not self._has_just_signed_in()

    def _has_just_signed_in(self) -> bool:
        """Signing in proves as much as confirming does; so whoever was sent to set a factor up need not do both."""
        records = get_authentication_records(self.request, self.request.user)
        return bool(records) and time.time() - records[-1]["at"] < JUST_SIGNED_IN

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """For the login page and for typing the password again alike: both count."""
        name = str(credentials.get("username", ""))
        user = get_user_model().objects.filter(username=name).first()
        with attempts.counted(attempts.door(Kind.ACCOUNT, name, user, request=request), request=request):
            found: User | None = super().authenticate(request, **credentials)
            if found is None:
                events.record(SignInEvent.Kind.FAILED, user=user, request=request)
                raise ValidationError(_("The username or the password is not right."), code="wrong")
        return found

    def send_notification_mail(
        self, template_prefix: str, user: User, context: dict[str, Any] | None = None, email: str | None = None
    ) -> None:
        """One message for all changes of an account, with a sentence for each."""
        device = devices.device_name(self.request.META.get("HTTP_USER_AGENT", ""))
        more = {"device": device, "user": user, **(context or {})}
        if template_prefix in notices.CHANGES:
            more["change"] = notices.CHANGES[template_prefix]
            template_prefix = "account/email/changed"
        super().send_notification_mail(template_prefix, user, more, email)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        _send(self.render_mail(template_prefix, email, context))

    def send_password_reset_mail(self, user: User, email: str, context: dict[str, Any]) -> None:
        """To the address that the account has, which may read otherwise than what was typed.

        Beside the answer: the time that a mail server takes would tell that there is such an account. Not to those
        who come by single sign-on only: a password would be a second way in.
        """
        if user.has_usable_password():
            message = self.render_mail("account/email/password_reset_key", user.email, context)
            Thread(target=_send, args=(message,)).start()


def _send(message: EmailMessage) -> None:
    """A mail server that is down keeps nobody out, and does not tell which addresses are known."""
    try:
        message.send()
    except (SMTPException, OSError) as error:  # whose text may name the address
        log.error("a message could not be sent: %s", type(error).__name__)


class FactorAdapter(DefaultMFAAdapter):
    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": gettext_lazy(
            "The code is not right, or it was used already. Wait until the app shows the next one."
        ),
    }

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:
        """A proposal: the device that the passkey is most likely on."""
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
        """Drawn into the page: the Content-Security-Policy has no place for images in ``data:`` addresses."""
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
