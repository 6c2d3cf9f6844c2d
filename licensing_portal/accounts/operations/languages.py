"""The language in which a user reads: that of their latest log-in. E-mails to them are written in it."""

from django.conf import settings
from django.contrib.auth.models import User
from django.utils.translation import get_language

from licensing_portal.accounts.models import UserLanguage


def note_language(user: User) -> None:
    """Store the active language as that of a user."""
    language = get_language() or settings.LANGUAGE_CODE
    UserLanguage.objects.update_or_create(user=user, defaults={"language": language})


def language_of(user: User) -> str:
    """Return the language of a user; that of the portal for one who never logged in."""
    stored = UserLanguage.objects.filter(user=user.pk).values_list("language", flat=True).first()
    return stored if stored in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
