"""Users and roles in the administration.

Not in ``admin.py``: Django's user admin needs the site that is defined there.
"""

from http import HTTPStatus
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.forms import AdminPasswordChangeForm, AdminUserCreationForm, UserChangeForm
from django.contrib.auth.models import Group, Permission, User
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from licences.administration.exporting import ExportAdminMixin
from licences.administration.resources import Column, ExportTable
from licences.administration.shown_facts import ShownFactsForm
from licences.domain.errors import Refusal
from licences.forms.fields import ParagraphField
from licences.operations.reasons import require_reason
from licences.roles import ROLE_NAMES
from licences.wording.sentences import refusal_sentence
from licensing_portal.accounts import notices, second_factor, usernames
from licensing_portal.accounts.operations import factors, invitations, passwords, people, sessions
from licensing_portal.accounts.people import SignedInRequest
from licensing_portal.permission_words import permission_in_words

admin.site.unregister([User, Group])


def _role(group: Group) -> str:
    return str(ROLE_NAMES.get(group.name, group.name))


def _roles(user: User) -> str:
    return ", ".join(sorted(_role(group) for group in user.groups.all()))


def _permissions(group: Group) -> str:
    return ", ".join(sorted(permission.codename for permission in group.permissions.all()))


def _with_permissions_in_words(field: Any, db_field: Any) -> Any:
    """Name the permissions to choose from in the reader's language, if the field of a form has any."""
    if db_field.remote_field.model is Permission:
        field.label_from_instance = permission_in_words
    return field


class UserTable(ExportTable):
    prefetch = ("groups",)

    roles = Column(label=_("roles"), read=_roles)

    class Meta:
        model = User
        export_order = (
            "username first_name last_name email roles is_active is_staff is_superuser last_login date_joined"
        ).split()


class GroupTable(ExportTable):
    prefetch = ("permissions",)

    name = Column(label=_("role"), read=_role)
    permissions = Column(label=_("permissions"), read=_permissions)

    class Meta:
        model = Group


def _usable_password() -> forms.ChoiceField:
    """Django's own field, in words that have a German translation."""
    return forms.ChoiceField(
        label=_("How the user logs in"),
        required=False,
        initial="true",
        choices={"true": _("With a password"), "false": _("With single sign-on only")},
        widget=forms.RadioSelect(attrs={"class": "radiolist inline"}),
    )


INVITE = "invite"


class UserAddForm(AdminUserCreationForm):
    """A new user: with a password, with single sign-on only, or by an invitation that is sent by e-mail."""

    usable_password = _usable_password()
    email = forms.EmailField(
        label=_("E-mail address"), required=False, help_text=_("Needed for an invitation and for forgotten passwords.")
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.is_invited = False
        if settings.MAIL_IS_SENT:
            field: Any = self.fields["usable_password"]
            field.choices = [*field.choices, (INVITE, _("With a password that they choose: send an invitation"))]

    def clean(self) -> dict[str, Any]:
        self.is_invited = self.cleaned_data.get("usable_password") == INVITE
        if self.is_invited:
            self.cleaned_data["usable_password"] = "false"  # noqa: S105  (a choice of Django's field)
            if not self.cleaned_data.get("email") and "email" not in self.errors:
                self.add_error("email", _("Enter the address to which the invitation is sent."))
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        return cleaned

    def clean_username(self) -> str:
        username = super().clean_username()  # None where it has found that somebody has just that name
        return _unmistakable(username, None) if username else ""


class UserPasswordForm(AdminPasswordChangeForm):
    usable_password = _usable_password()


class UserForm(ShownFactsForm, UserChangeForm):
    not_compared = ("password", "last_login", "date_joined")
    activity_reason = ParagraphField(
        label=_("Reason"), required=False, max_length=500,
        help_text=_("Needed if the account is deactivated or activated again."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if "is_active" in self.changed_data and "activity_reason" in cleaned:
            try:
                cleaned["activity_reason"] = require_reason(cleaned["activity_reason"])
            except Refusal as refusal:
                self.add_error("activity_reason", forms.ValidationError(refusal_sentence(refusal), code=refusal.code))
        return cleaned

    def clean_username(self) -> str:
        return _unmistakable(self.cleaned_data["username"], self.instance)


def _unmistakable(username: str, user: User | None) -> str:
    """Refuse a name that looks like another user's. A name that the user has already is not checked."""
    if user is None or username != user.get_username():
        usernames.refuse_look_alike(username, of_others_than=user)
    return username


_HAS_FACTOR = Exists(Authenticator.objects.filter(user=OuterRef("pk"), type__in=second_factor.FACTORS))


class SecondFactorFilter(admin.SimpleListFilter):
    """Users with or without an authenticator app or passkey."""

    title = _("second factor")
    parameter_name = "factor"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("1", _("Yes")), ("0", _("No"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> QuerySet[User]:
        if self.value() not in ("0", "1"):
            return queryset
        return queryset.filter(_HAS_FACTOR if self.value() == "1" else ~_HAS_FACTOR)


class RoleFilter(admin.RelatedFieldListFilter):
    """Users of a role, by the names that pages have for roles."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.title = _("roles")

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> Any:
        return sorted(((group.pk, _role(group)) for group in Group.objects.all()), key=lambda choice: choice[1])


def with_second_factor(users: QuerySet[User]) -> QuerySet[User]:
    """Add to each user whether they have a second factor that they log in with, as ``has_second_factor``."""
    return users.annotate(has_second_factor=_HAS_FACTOR)


def _read_only(fields: Any) -> list[Any]:
    """The fields of a form, with the permissions in words instead of those to choose from."""
    return ["shown_permissions" if name == "user_permissions" else name for name in fields]


_FIELDSETS: Any = UserAdmin.fieldsets  # name and password, person, permissions, dates


@admin.register(User)
class PortalUserAdmin(ExportAdminMixin, UserAdmin):
    """Administrators give roles to others, but not to themselves.

    Single permissions, superusers and their passwords are for superusers only.
    """

    export_table = UserTable
    add_form = UserAddForm
    change_password_form = UserPasswordForm
    form = UserForm
    actions = ["remove_second_factors", "end_sessions", "send_invitations"]
    list_display = ("username", "shown_name", "shown_roles", "last_login", "second_factor", "is_active")
    list_filter = ("is_active", ("groups", RoleFilter), SecondFactorFilter, "is_superuser")
    add_fieldsets = (
        (None, {"classes": ("wide",), "fields": ("username", "usable_password", "email", "password1", "password2")}),
    )
    fieldsets = (
        *_FIELDSETS[:2],
        (
            _FIELDSETS[2][0],
            {"fields": ("is_active", "activity_reason", "is_staff", "is_superuser", "groups", "user_permissions")},
        ),
        *_FIELDSETS[3:],
    )

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        """Roles to tick, by the names that pages have for them."""
        if db_field.name != "groups":
            return _with_permissions_in_words(super().formfield_for_manytomany(db_field, request, **options), db_field)
        field: Any = super().formfield_for_manytomany(db_field, request, **options, widget=forms.CheckboxSelectMultiple)
        field.label_from_instance = _role
        field.label = capfirst(_("roles"))
        field.help_text = _("A user may do what each of the roles ticked here allows.")
        return field

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        return with_second_factor(super().get_queryset(request).prefetch_related("groups"))

    @admin.display(description=_("name"), ordering="last_name")
    def shown_name(self, user: User) -> str:
        return user.get_full_name()

    @admin.display(description=_("roles"))
    def shown_roles(self, user: User) -> str:
        return ", ".join(filter(None, [_roles(user), str(_("superuser")) if user.is_superuser else ""]))

    @admin.display(description=_("user permissions"))
    def shown_permissions(self, user: User) -> str:
        return ", ".join(map(permission_in_words, user.user_permissions.select_related("content_type")))

    @admin.display(description=_("second factor"), boolean=True, ordering="has_second_factor")
    def second_factor(self, user: Any) -> bool:
        return bool(user.has_second_factor)

    @admin.action(description=_("Send an invitation by e-mail"), permissions=["change"])
    def send_invitations(self, request: SignedInRequest, users: QuerySet[User]) -> None:
        for user in self._within_reach(request, users):
            self._invite(request, user)

    def _invite(self, request: SignedInRequest, user: User) -> None:
        """Send an invitation, and say so or why not."""
        try:
            invitations.invite_user(user, by=request.user.get_username())
        except Refusal as refusal:
            self.message_user(request, refusal_sentence(refusal), messages.ERROR)
        else:
            sentence = _("An invitation to %(address)s is on its way.")
            self.message_user(request, sentence % {"address": user.email}, messages.SUCCESS)

    @admin.action(description=_("Remove second factors (lost phone) and end sessions"), permissions=["change"])
    def remove_second_factors(self, request: SignedInRequest, users: QuerySet[User]) -> None:
        count = 0
        for user in self._within_reach(request, users):
            removed = factors.remove_factors(user, by=request.user.get_username())
            count += removed
            if removed:
                self._tell(request, user, "factors")
        sentence = ngettext("%(count)s second factor was removed.", "%(count)s second factors were removed.", count)
        self.message_user(request, sentence % {"count": count}, messages.SUCCESS)

    @admin.action(description=_("End sessions"), permissions=["change"])
    def end_sessions(self, request: SignedInRequest, users: QuerySet[User]) -> None:
        people = self._within_reach(request, users)
        count = sum([sessions.end_sessions(user, by=request.user.get_username()) for user in people])
        sentence = ngettext("%(count)s session has ended.", "%(count)s sessions have ended.", count)
        self.message_user(request, sentence % {"count": count}, messages.SUCCESS)

    def user_change_password(  # type: ignore[override]  # whoever comes here has logged in
        self, request: SignedInRequest, id: str, form_url: str = ""
    ) -> HttpResponse:
        """Set another user's password. One's own is changed on the account's page, which asks for the current one."""
        user = self.get_object(request, unquote(id))
        if user == request.user:
            return redirect("account_change_password")
        answer = super().user_change_password(request, id, form_url)
        if user is not None and request.method == "POST" and answer.status_code == HTTPStatus.FOUND:
            passwords.record_password_set(user, by=request.user)
            self._tell(request, user, "password")
        return answer

    def save_model(  # type: ignore[override]
        self, request: SignedInRequest, obj: User, form: Any, change: bool
    ) -> None:
        super().save_model(request, obj, form, change)
        by = request.user.get_username()
        if not change:
            people.record_account(obj, by=by)
            if form.is_invited:
                self._invite(request, obj)
        elif "is_active" in form.changed_data:
            reason = form.cleaned_data.get("activity_reason", "")
            people.record_activity_change(obj, is_active=obj.is_active, reason=reason, by=by)
        former = form.initial.get("email", "") if change else ""
        if "email" in form.changed_data and former:
            self._tell(request, obj, "address", email=former)

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> Any:
        """Add the hidden field with what the form showed."""
        fieldsets = super().get_fieldsets(request, obj)
        if not request.user.is_superuser:
            fieldsets = [(name, {**traits, "fields": _read_only(traits["fields"])}) for name, traits in fieldsets]
        return fieldsets if obj is None else [*fieldsets, (None, {"fields": ("shown",)})]

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
        of_oneself = ("groups", "is_staff", "is_active") if obj == request.user else ()
        return (*own, "is_superuser", "shown_permissions", *of_oneself)


@admin.register(Group)
class PortalGroupAdmin(ExportAdminMixin, GroupAdmin):
    export_table = GroupTable
    form = ShownFactsForm
    list_display = ("shown_role",)

    def formfield_for_manytomany(self, db_field: Any, request: Any = None, **options: Any) -> Any:
        return _with_permissions_in_words(super().formfield_for_manytomany(db_field, request, **options), db_field)

    @admin.display(description=_("role"), ordering="name")
    def shown_role(self, group: Group) -> str:
        return _role(group)
