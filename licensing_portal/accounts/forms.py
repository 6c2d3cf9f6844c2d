"""allauth's forms where ours differ: what is counted, where the focus is, and names of fields."""

from typing import Any

from allauth.account import forms as account_forms
from allauth.core import context
from allauth.mfa.base import forms as factor_forms
from allauth.mfa.totp import forms as app_forms
from django import forms
from django.contrib.auth.models import User
from django.utils.translation import gettext_lazy as _

from licensing_portal.accounts import attempts
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

    def add_prefix(self, field_name: str) -> str:
        """In the page the field is ``username``, as password managers and scripts know it."""
        return super().add_prefix("username" if field_name == "login" else field_name)


class ChangePasswordForm(account_forms.ChangePasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _focus(self, "oldpassword")

    def clean_oldpassword(self) -> str:
        """A wrong one counts as at the login page: whoever found an open session may be guessing."""
        user = self.user
        at = attempts.door(Kind.ACCOUNT, user.get_username(), user, request=context.request)
        with attempts.counted(at, request=context.request):
            return super().clean_oldpassword()


class ReauthenticateWithPasswordForm(account_forms.ReauthenticateForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _focus(self, "password")


class ResetPasswordForm(account_forms.ResetPasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _focus(self, "email")


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
        at = attempts.door(Kind.FACTOR, str(self.user.pk), self.user, request=context.request)
        with attempts.counted(at, request=context.request):
            return super().clean_code()  # type: ignore[misc]  # allauth's form comes next


class AuthenticateForm(_CountedCode, factor_forms.AuthenticateForm):
    pass


class ReauthenticateForm(_CountedCode, factor_forms.ReauthenticateForm):
    pass
