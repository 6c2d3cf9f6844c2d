from django.contrib.auth.management.commands import createsuperuser
from django.core.exceptions import ValidationError

from licensing_portal.accounts import usernames


class Command(createsuperuser.Command):
    """Django's command, which also refuses a name that looks like another user's."""

    def _validate_username(self, username: str, verbose_field_name: str, database: str) -> str | None:
        error: str | None = super()._validate_username(  # type: ignore[misc]  # which the stubs leave out
            username, verbose_field_name, database
        )
        if error:
            return error
        try:
            usernames.refuse_look_alike(username)
        except ValidationError as refused:
            return f"Error: {' '.join(refused.messages)}"
        return None
