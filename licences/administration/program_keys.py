"""Keys for programs in the administration: created, shown once, rotated and revoked, by the operations
(docs/security.md#keys-for-programs)."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AdminDateWidget
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from licences import operations
from licences.administration.exporting import ExportAdminMixin
from licences.administration.resources import Column, ExportTable
from licences.administration.shown_once import ShowsSecretOnce
from licences.domain.errors import Refusal
from licences.domain.program_keys import parse_networks, require_life
from licences.domain.staff_identity import StaffIdentity
from licences.forms.fields import LineField, ParagraphField
from licences.models import ProgramKey
from licences.operations.program_keys import require_not_rotated, require_usable_key
from licences.operations.reasons import require_reason
from licences.wording.sentences import refusal_sentence

ROTATE, REVOKE = "rotate", "revoke"
_EXPIRES_ON = _("Last day")
USUAL_LIFE = timedelta(days=365)


class ProgramKeyTable(ExportTable):
    key = Column(read=lambda key: key.shown_prefix, label=_("key"))
    scopes = Column(read=lambda key: ", ".join(key.scopes))
    networks = Column(read=lambda key: ", ".join(key.networks))

    class Meta:
        model = ProgramKey
        export_order = (
            "name owner key scopes networks created_at created_by expires_at last_used_at revoked_at revoked_by "
            "revoked_reason"
        ).split()


def _end_of(day: date) -> datetime:
    """The moment at which a day is over, in the portal's time zone."""
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time()))


def _usual_last_day() -> date:
    return timezone.localdate() + USUAL_LIFE


class _LastDayForm(forms.ModelForm):
    """Base of the forms: the last day of a key."""

    expires_on = forms.DateField(label=_EXPIRES_ON, initial=_usual_last_day, widget=AdminDateWidget)

    def clean_expires_on(self) -> date | None:
        day: date | None = self.cleaned_data["expires_on"]
        if day is not None:
            _as_error(lambda: require_life(_end_of(day), now=timezone.now()))
        return day


class NewKeyForm(_LastDayForm):
    """What a new key is for."""

    name = LineField(label=_("Program"), max_length=100, help_text=_("Such as: ticket desk."))
    owner = LineField(label=_("Owner"), max_length=150, help_text=_("Who answers for the program: a person or team."))
    scopes = forms.MultipleChoiceField(
        label=_("Scopes"),
        choices=ProgramKey.ScopeChoice.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Tick at least one scope.")},
    )
    networks = forms.CharField(
        label=_("Allowed addresses"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Addresses or networks, one per line, such as 192.0.2.0/24. Empty: any address."),
    )

    class Meta:
        model = ProgramKey
        fields = ("name", "owner", "scopes", "networks")

    def clean_networks(self) -> list[str]:
        networks: list[str] = _as_error(lambda: parse_networks(self.cleaned_data["networks"]))
        return networks


class EndKeyForm(_LastDayForm):
    """Rotates a key or revokes it."""

    act = forms.ChoiceField(
        label=_("What to do"),
        choices=[
            (ROTATE, _("Rotate: create a new key, and let this one end later")),
            (REVOKE, _("Revoke: this key ends at once")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what to do.")},
    )
    expires_on = forms.DateField(
        label=_("Last day of the new key"), required=False, initial=_usual_last_day, widget=AdminDateWidget
    )
    overlap = forms.TypedChoiceField(
        label=_("The old key works for"),
        choices=[(1, _("1 hour")), (24, _("1 day")), (168, _("7 days"))],
        coerce=int,
        initial=24,
        required=False,
        empty_value="24",
    )
    reason = ParagraphField(
        label=_("Reason for revoking"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )

    class Meta:
        model = ProgramKey
        fields = ()

    def clean(self) -> dict[str, Any]:
        """Judge as the operation will, with the key locked until it is done."""
        cleaned = super().clean() or {}
        act = cleaned.get("act")
        if act == ROTATE and not cleaned.get("expires_on") and "expires_on" not in self.errors:
            self.add_error("expires_on", ValidationError(_("Choose a day."), code="required"))
        try:
            key = require_usable_key(self.instance.pk)
            if act == ROTATE:
                require_not_rotated(key)
            if act == REVOKE:
                require_reason(cleaned.get("reason", ""))
        except Refusal as refusal:
            field = "reason" if refusal.field == "reason" else None
            self.add_error(field, ValidationError(refusal_sentence(refusal), code=refusal.code))
        return cleaned


def _as_error(judge: Any) -> Any:
    """The result of a judgement, whose refusal becomes an error of the field."""
    try:
        return judge()
    except Refusal as refusal:
        raise ValidationError(refusal_sentence(refusal), code=refusal.code) from None


@admin.register(ProgramKey)
class ProgramKeyAdmin(ShowsSecretOnce, ExportAdminMixin, admin.ModelAdmin):
    """Keys are created, rotated and revoked by the operations. What a key may do never changes."""

    shown_template = "admin/licences/program_key_shown.html"
    shown_title = _("New key")

    export_table = ProgramKeyTable
    list_display = ["name", "owner", "key", "allowed", "expires_at", "last_used_at", "revoked_at"]
    search_fields = ["name", "owner", "=handle"]
    facts = ["name", "owner", "key", "allowed", "from_addresses", "replaces", "created_at", "created_by", "expires_at",
             "last_used_at", "revoked_at", "revoked_by", "revoked_reason"]  # fmt: skip

    @admin.display(description=_("key"), ordering="handle")
    def key(self, record: ProgramKey) -> str:
        return record.shown_prefix

    @admin.display(description=_("scopes"))
    def allowed(self, record: ProgramKey) -> str:
        return ", ".join(record.scopes)

    @admin.display(description=_("allowed addresses"))
    def from_addresses(self, record: ProgramKey) -> str:
        return ", ".join(record.networks) or str(_("any address"))

    def get_form(
        self, request: HttpRequest, obj: ProgramKey | None = None, change: bool = False, **options: Any
    ) -> Any:
        return super().get_form(request, obj, change, form=EndKeyForm if change else NewKeyForm, **options)

    def get_readonly_fields(self, request: HttpRequest, obj: ProgramKey | None = None) -> list[str]:
        return self.facts if obj else []

    def get_fieldsets(self, request: HttpRequest, obj: ProgramKey | None = None) -> Any:
        """The facts, and below them what may be done, for those who may do it."""
        if obj is None:
            return [(None, {"fields": ["name", "owner", "scopes", "networks", "expires_on"]})]
        facts = [(None, {"fields": self.facts})]
        if not self.has_change_permission(request, obj):
            return facts
        return [*facts, (_("Rotate or revoke"), {"fields": ["act", "expires_on", "overlap", "reason"]})]

    def has_change_permission(self, request: HttpRequest, obj: ProgramKey | None = None) -> bool:
        """A key that has ended is only read."""
        has_ended = obj is not None and (obj.revoked_at is not None or obj.expires_at <= timezone.now())
        return super().has_change_permission(request, obj) and not has_ended

    def has_delete_permission(self, request: HttpRequest, obj: ProgramKey | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        by, typed = StaffIdentity(request.user.get_username(), request.user.pk), form.cleaned_data
        if change and typed["act"] == REVOKE:
            operations.revoke_program_key(key_id=obj.pk, reason=typed["reason"], by=by)
            return
        expires_at = _end_of(typed["expires_on"])
        if change:
            overlap = timedelta(hours=int(typed["overlap"]))
            issued = operations.rotate_program_key(key_id=obj.pk, expires_at=expires_at, overlap=overlap, by=by)
        else:
            about = {name: typed[name] for name in ("name", "owner", "scopes", "networks")}
            issued = operations.create_program_key(**about, expires_at=expires_at, by=by)
            obj.pk = issued.record.pk  # what the administration logs and links to
            obj.refresh_from_db()
        obj.issued = issued

    def shown_context(self, issued: operations.IssuedKey) -> dict[str, Any]:
        return {"old": issued.record.replaces}
