"""Read-only lists of sign-in events and lock-outs. allauth's own admin lists show secrets and are not registered."""

from typing import Any

from allauth.account.models import EmailAddress, EmailConfirmation
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from allauth.usersessions.models import UserSession
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from licences.administration.read_only import ReadOnlyAdmin
from licences.administration.resources import Column, ExportTable
from licensing_portal.accounts.detail_words import detail_in_words
from licensing_portal.accounts.models import LockOut, SignInEvent
from licensing_portal.accounts.operations import lock_outs
from licensing_portal.accounts.people import SignedInRequest

for _model in (
    Authenticator,
    EmailAddress,
    EmailConfirmation,
    SocialAccount,
    SocialApp,
    SocialToken,
    UserSession,
):
    if admin.site.is_registered(_model):
        admin.site.unregister(_model)


class SignInEventTable(ExportTable):
    detail = Column(label=_("detail"), read=lambda event: detail_in_words(event.detail))

    class Meta:
        model = SignInEvent
        export_order = ("at", "kind", "username", "by", "address", "detail", "reason")


class LockOutTable(ExportTable):
    user = Column("user__username")

    class Meta:
        model = LockOut
        export_order = ("kind", "user", "address", "failures", "first_at", "last_at", "locked_until")


@admin.register(SignInEvent)
class SignInEventAdmin(ReadOnlyAdmin):
    export_table = SignInEventTable
    list_display = ["at", "kind", "username", "by", "address", "shown_detail"]
    list_filter = ["kind"]
    search_fields = ["=username", "=address"]
    fields = ["at", "kind", "username", "by", "address", "shown_detail", "reason"]

    @admin.display(description=_("detail"), ordering="detail", empty_value="–")
    def shown_detail(self, event: SignInEvent) -> str:
        """How somebody logged in, which factor or limit it was, in the language of the reader."""
        return detail_in_words(event.detail)


@admin.register(LockOut)
class LockOutAdmin(ReadOnlyAdmin):
    export_table = LockOutTable
    list_display = ["kind", "user", "address", "failures", "last_at", "locked_until"]
    list_filter = ["kind"]
    list_select_related = ["user"]
    search_fields = ["=user__username", "=address"]
    fields = ["kind", "user", "address", "failures", "first_at", "last_at", "locked_until"]
    actions = ["unlock"]

    def has_unlock_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("accounts.unlock")

    @admin.action(description=_("Unlock"), permissions=["unlock"])
    def unlock(self, request: SignedInRequest, rows: QuerySet[LockOut]) -> Any:
        count = lock_outs.remove_lock_outs(list(rows.select_related("user")), by=request.user)
        sentence = ngettext("%(count)s lock-out was lifted.", "%(count)s lock-outs were lifted.", count)
        self.message_user(request, sentence % {"count": count}, messages.SUCCESS)
