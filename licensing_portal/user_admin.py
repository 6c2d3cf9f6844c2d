"""Users in the admin. Apart from ``admin.py``, since Django's own user admin needs the site that is defined there."""

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import User
from django.http import HttpRequest

admin.site.unregister(User)


@admin.register(User)
class PortalUserAdmin(UserAdmin):
    """Administrators give roles; single permissions and superuser rights are for superusers only."""

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        own = tuple(super().get_readonly_fields(request, obj))
        return own if request.user.is_superuser else (*own, "is_superuser", "user_permissions")
