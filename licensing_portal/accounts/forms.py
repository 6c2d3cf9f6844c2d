"""Subclasses of allauth's forms: failed attempts are counted, the focus is set, and some fields have other names."""

from typing import Any

from allauth.account import forms as account_forms
from allauth.account.adapter import get_adapter
from allauth.core import context
from allauth.mfa.base import forms as factor_forms
from allauth.mfa.totp import forms as app_forms
from django import forms
from django.conf import settings
from django.contrib.auth.models import User
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from licensing_portal.accounts import attempts
from licensing_portal.accounts.operations import messages
from licensing_portal.accounts.operations.lock_outs import Kind

# allauth's German says "du" here. A text that stands in our code too is translated as we say it.
SAID_OTHERWISE = _("You must type the same password each time.")


def _focus(form: forms.BaseForm, name: str) -> None:
    form.fields[name].widget.attrs["autofocus"] = True


def _focus_code(form: forms.BaseForm) -> None:
    _focus(form, "code")
    form.fields["code"].widget.attrs["inputmode"] = "numeric"


class LoginForm(account_forms.LoginForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _focus(self, "password" if self.data.get("username") else "login")
        if not settings.MAIL_IS_SENT:  # then there is no link to send
            self.fields["password"].help_text = _("Forgotten? Ask an administrator for a new password.")

    def add_prefix(self, field_name: str) -> str:
        """Name the field ``username`` in the page, as password managers and scripts expect."""
        return super().add_prefix("username" if field_name == "login" else field_name)


class ChangePasswordForm(account_forms.ChangePasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _focus(self, "oldpassword")

    def clean_oldpassword(self) -> str:
        """Count a wrong password as on the login page: someone at an unlocked session may be guessing."""
        user = self.user
        at = attempts.attempt_limit(Kind.ACCOUNT, user.get_username(), user, request=context.request)
        with attempts.counted_attempt(at, request=context.request):
            return super().clean_oldpassword()


class ReauthenticateWithPasswordForm(account_forms.ReauthenticateForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _focus(self, "password")


class ResetPasswordForm(account_forms.ResetPasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _focus(self, "email")

    def clean_email(self) -> str:
        """Accept any address. The worker looks up its account, so that response times do not reveal accounts."""
        email: str = get_adapter().clean_email(self.cleaned_data["email"].lower())
        return email

    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        email: str = self.cleaned_data["email"]
        page = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
        link = request.build_absolute_uri(page)
        messages.queue_password_reset(email=email, link=link, language=get_language() or settings.LANGUAGE_CODE)
        return email


class ActivateAppForm(app_forms.ActivateTOTPForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _focus_code(self)


class _CountedCode(forms.Form):
    user: User

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _focus_code(self)

    def clean_code(self) -> Any:
        at = attempts.attempt_limit(Kind.FACTOR, str(self.user.pk), self.user, request=context.request)
        with attempts.counted_attempt(at, request=context.request):
            return super().clean_code()  # type: ignore[misc]  # allauth's form comes next


class AuthenticateForm(_CountedCode, factor_forms.AuthenticateForm):
    pass


class ReauthenticateForm(_CountedCode, factor_forms.ReauthenticateForm):
    pass
