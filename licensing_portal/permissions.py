"""Who a user is and may do: two queries per request, compiled once."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser, Permission, User
from django.db.models import Model, QuerySet

from licences.compiled import Compiled, Given


class OneQueryBackend(ModelBackend):
    """Django's own backend, but for the number of queries: rights of the user and of the user's roles in one."""

    def get_user(self, user_id: Any) -> User | None:
        user = _USER.first(pk=user_id)
        return user if user is not None and self.user_can_authenticate(user) else None

    def get_all_permissions(self, user_obj: AbstractBaseUser | AnonymousUser, obj: Model | None = None) -> set[str]:
        user: Any = user_obj
        if not user.is_active or user.is_anonymous or obj is not None:
            return set()
        if user.is_superuser:
            return super().get_all_permissions(user)
        if not hasattr(user, "_perm_cache"):
            user._perm_cache = {f"{label}.{codename}" for label, codename in _RIGHTS.rows(user=user.pk)}
        permissions: set[str] = user._perm_cache
        return permissions


def _rights() -> QuerySet[Any]:
    names = ("content_type__app_label", "codename")
    user = Given("user", like=0)
    of_roles = Permission.objects.filter(group__user=user).order_by().values_list(*names)
    return of_roles.union(Permission.objects.filter(user=user).order_by().values_list(*names))


_USER = Compiled(lambda: User.objects.filter(pk=Given("pk", like=0)))
_RIGHTS: Compiled[Any] = Compiled(_rights)
