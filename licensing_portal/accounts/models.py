"""Tables of sign-in: events, lock-outs, the shared cache and the mail queue."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class SignInEvent(models.Model):
    """Something that happened to an account's credentials. Written by operations only, read in the administration.

    A typed name that belongs to no account is not stored: it may be a password in the wrong field.
    """

    class Kind(models.TextChoices):
        SIGNED_IN = "signed-in", _("logged in")
        SIGNED_OUT = "signed-out", _("logged out")
        FAILED = "failed", _("wrong name or password")
        FACTOR_FAILED = "factor-failed", _("wrong second factor")
        LOCKED_OUT = "locked-out", _("locked out")
        UNLOCKED = "unlocked", _("unlocked")
        REFUSED = "refused", _("single sign-on refused")
        JOINED = "joined", _("linked to single sign-on")
        FACTOR_ADDED = "factor-added", _("second factor added")
        FACTOR_REMOVED = "factor-removed", _("second factor removed")
        CODES_RENEWED = "codes-renewed", _("new recovery codes")
        PASSWORD_CHANGED = "password-changed", _("password changed")
        PASSWORD_RESET = "password-reset", _("password reset by e-mail")
        SESSIONS_ENDED = "sessions-ended", _("sessions ended")
        CREATED = "created", _("account created")
        LINK_MADE = "link-made", _("link for a new password made on the server")
        INVITED = "invited", _("invited by e-mail")
        DEACTIVATED = "deactivated", _("account deactivated")
        REACTIVATED = "reactivated", _("account activated again")

    at = models.DateTimeField(_("time"), default=timezone.now, db_index=True)
    kind = models.CharField(_("what happened"), max_length=30, choices=Kind)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("user"),
    )
    username = models.CharField(_("username"), max_length=150, blank=True)
    by = models.CharField(_("by"), max_length=150, blank=True, help_text=_("Empty if it was the user themselves."))
    address = models.CharField(_("address"), max_length=45, blank=True)
    detail = models.CharField(_("detail"), max_length=60, blank=True)
    reason = models.CharField(_("reason"), max_length=500, blank=True, db_default="")

    class Meta:
        verbose_name = _("login event")
        verbose_name_plural = _("login events")
        ordering = ["-at"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.username or '–'}"


class LockOut(models.Model):
    """Failed attempts at one account, at its second factor, or from one address, and until when it is locked.

    ``key`` holds a digest of the typed name, whether the account exists or not. ``user`` is set if it exists, so that
    the lock can be found and removed.
    """

    class Kind(models.TextChoices):
        ACCOUNT = "account", _("account")
        FACTOR = "factor", _("second factor")
        ADDRESS = "address", _("address")

    key = models.CharField(max_length=80, unique=True)
    kind = models.CharField(_("what"), max_length=10, choices=Kind)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="+",
        verbose_name=_("user"),
    )
    address = models.CharField(_("address"), max_length=45, blank=True)
    failures = models.PositiveIntegerField(_("failed attempts"), default=0)
    first_at = models.DateTimeField(_("first attempt"), default=timezone.now)
    last_at = models.DateTimeField(_("last attempt"), default=timezone.now, db_index=True)
    locked_until = models.DateTimeField(_("locked until"), null=True, blank=True)

    class Meta:
        verbose_name = _("lock-out")
        verbose_name_plural = _("lock-outs")
        ordering = ["-last_at"]
        permissions = [("unlock", _("Can unlock accounts and addresses"))]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.user or self.address or '–'}"


class CacheEntry(models.Model):
    """The table of Django's database cache, as a model so that ``migrate`` creates it."""

    cache_key = models.CharField(max_length=255, primary_key=True)
    value = models.TextField()
    expires = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = _("cache entry")
        verbose_name_plural = _("cache entries")

    def __str__(self) -> str:
        return self.cache_key


class QueuedMessage(models.Model):
    """E-mail that waits for the worker (``operations.messages``). Shown nowhere: links in it give
    access to an account.
    """

    sealed = models.TextField()
    queued_at = models.DateTimeField(default=timezone.now, db_index=True)
    due_at = models.DateTimeField(db_index=True)
    attempts = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("queued message")
        verbose_name_plural = _("queued messages")

    def __str__(self) -> str:
        return f"{self.pk}"


class FailedMessage(models.Model):
    """E-mail that was given up: why, and its content while it can be sent again. Administrators see a list.

    ``sealed`` is empty for a message with an unlock code: that is sent again from the sheet of the code. ``good_until``
    is when a link in the message ends; null if it has none.
    """

    sealed = models.TextField(blank=True)
    failure = models.CharField(max_length=100)
    attempts = models.PositiveSmallIntegerField()
    queued_at = models.DateTimeField()
    failed_at = models.DateTimeField(db_index=True)
    good_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("failed message")
        verbose_name_plural = _("failed messages")

    def __str__(self) -> str:
        return f"{self.pk}"


class UserLanguage(models.Model):
    """The language in which a user last logged in, for e-mails to them."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    language = models.CharField(max_length=10)

    class Meta:
        verbose_name = _("language of a user")
        verbose_name_plural = _("languages of users")

    def __str__(self) -> str:
        return f"{self.user_id}: {self.language}"
