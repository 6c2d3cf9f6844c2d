"""What a user may do, asked once per request."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser, Permission
from django.db.models import Model, Q


class OneQueryBackend(ModelBackend):
    """Django's own backend, but for the number of queries: rights of the user and of the user's roles in one."""

    def get_all_permissions(self, user_obj: AbstractBaseUser | AnonymousUser, obj: Model | None = None) -> set[str]:
        user: Any = user_obj
        if not user.is_active or user.is_anonymous or obj is not None:
            return set()
        if user.is_superuser:
            return super().get_all_permissions(user)
        if not hasattr(user, "_perm_cache"):
            held = Permission.objects.filter(Q(group__user=user) | Q(user=user)).order_by()
            names = held.values_list("content_type__app_label", "codename").distinct()
            user._perm_cache = {f"{label}.{codename}" for label, codename in names}
        permissions: set[str] = user._perm_cache
        return permissions
