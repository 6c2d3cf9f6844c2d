"""Users and roles in the admin.

Apart from ``admin.py``, since Django's own user admin needs the site that is defined there.
"""

from http import HTTPStatus
from typing import Any

from allauth.account.adapter import get_adapter
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, User
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from licences.admin_export import Exporting
from licences.resources import Column, ExportTable
from licences.roles import ROLE_NAMES
from licensing_portal.accounts import notices
from licensing_portal.accounts.operations import factors, passwords, sessions
from licensing_portal.accounts.people import SignedInRequest

admin.site.unregister([User, Group])


def _role(group: Group) -> str:
    return str(ROLE_NAMES.get(group.name, group.name))


def _roles(user: User) -> str:
    return ", ".join(sorted(_role(group) for group in user.groups.all()))


def _permissions(group: Group) -> str:
    return ", ".join(sorted(permission.codename for permission in group.permissions.all()))


class UserTable(ExportTable):
    prefetch = ("groups",)

    username = Column()
    first_name = Column()
    last_name = Column()
    email = Column()
    roles = Column(label=_("roles"), read=_roles)
    is_active = Column()
    is_staff = Column()
    is_superuser = Column()
    last_login = Column()
    date_joined = Column()

    class Meta:
        model = User


class GroupTable(ExportTable):
    prefetch = ("permissions",)

    name = Column(label=_("role"), read=_role)
    permissions = Column(label=_("permissions"), read=_permissions)

    class Meta:
        model = Group


@admin.register(User)
class PortalUserAdmin(Exporting, UserAdmin):
    """Administrators give roles, but none to themselves.

    Single permissions and superusers, also their passwords, are for superusers only.
    """

    export_table = UserTable
    actions = ["remove_second_factors", "end_sessions"]

    @admin.action(description=_("Remove second factors (lost telephone); their sessions end"), permissions=["change"])
    def remove_second_factors(self, request: SignedInRequest, users: QuerySet[User]) -> None:
        count = 0
        for user in self._within_reach(request, users):
            removed = factors.remove_all(user, by=request.user)
            count += removed
            if removed:
                self._tell(request, user, "factors")
        sentence = ngettext("%(count)s second factor was removed.", "%(count)s second factors were removed.", count)
        self.message_user(request, sentence % {"count": count}, messages.SUCCESS)

    @admin.action(description=_("End sessions"), permissions=["change"])
    def end_sessions(self, request: SignedInRequest, users: QuerySet[User]) -> None:
        people = self._within_reach(request, users)
        count = sum([sessions.end(user, by=request.user.get_username()) for user in people])
        sentence = ngettext("%(count)s session has ended.", "%(count)s sessions have ended.", count)
        self.message_user(request, sentence % {"count": count}, messages.SUCCESS)

    def user_change_password(  # type: ignore[override]  # whoever comes here has logged in
        self, request: SignedInRequest, id: str, form_url: str = ""
    ) -> HttpResponse:
        """Of others. One's own is changed on the page of one's account, which asks for the present one."""
        user = self.get_object(request, unquote(id))
        if user == request.user:
            return redirect("account_change_password")
        answer = super().user_change_password(request, id, form_url)
        if user is not None and request.method == "POST" and answer.status_code == HTTPStatus.FOUND:
            passwords.was_set(user, by=request.user)
            self._tell(request, user, "password")
        return answer

    def save_model(  # type: ignore[override]
        self, request: SignedInRequest, obj: User, form: Any, change: bool
    ) -> None:
        super().save_model(request, obj, form, change)
        former = form.initial.get("email", "") if change else ""
        if "email" in form.changed_data and former:
            self._tell(request, obj, "address", email=former)

    def _tell(self, request: SignedInRequest, user: User, what: str, *, email: str | None = None) -> None:
        context = {"by": request.user.get_username()}
        get_adapter(request).send_notification_mail(notices.BY_ADMINISTRATOR + what, user, context, email)

    def _within_reach(self, request: SignedInRequest, users: QuerySet[User]) -> list[User]:
        return [user for user in users if self.has_change_permission(request, user)]

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        is_above = obj is not None and obj.is_superuser and not request.user.is_superuser
        return super().has_change_permission(request, obj) and not is_above

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        own = tuple(super().get_readonly_fields(request, obj))
        if request.user.is_superuser:
            return own
        of_oneself = ("groups", "is_staff") if obj == request.user else ()
        return (*own, "is_superuser", "user_permissions", *of_oneself)


@admin.register(Group)
class PortalGroupAdmin(Exporting, GroupAdmin):
    export_table = GroupTable
