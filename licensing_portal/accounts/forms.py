"""allauth's forms where ours differ: names of fields, and attempts at a second factor that all workers count."""

from typing import Any

from allauth.account import forms as account_forms
from allauth.core import context
from allauth.mfa.base import forms as factor_forms
from django import forms
from django.contrib.auth.models import User

from licensing_portal.accounts import attempts
from licensing_portal.accounts.operations.lock_outs import Door, Kind


class LoginForm(account_forms.LoginForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].widget.attrs["autofocus"] = True

    def add_prefix(self, field_name: str) -> str:
        """In the page the field is ``username``, as password managers and scripts know it."""
        return super().add_prefix("username" if field_name == "login" else field_name)


class _CountedCode(forms.Form):
    user: User

    def clean_code(self) -> Any:
        door = Door(Kind.FACTOR, str(self.user.pk), self.user)
        with attempts.counted(door, request=context.request):
            return super().clean_code()  # type: ignore[misc]  # allauth's form comes next


class AuthenticateForm(_CountedCode, factor_forms.AuthenticateForm):
    pass


class ReauthenticateForm(_CountedCode, factor_forms.ReauthenticateForm):
    pass
