"""Users and roles in the admin.

Apart from ``admin.py``, since Django's own user admin needs the site that is defined there.
"""

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, User
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from licences.admin_export import Exporting
from licences.resources import Column, ExportTable
from licences.roles import ROLE_NAMES

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
