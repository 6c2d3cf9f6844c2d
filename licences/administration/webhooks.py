"""Webhooks in the administration: created, changed, tested, their secret rotated, events sent again
(docs/integration.md#webhooks)."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminDateWidget
from django.core.exceptions import ValidationError
from django.db.models import Field, Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from licences import operations
from licences.administration.exporting import ExportAdminMixin
from licences.administration.resources import Column, ExportTable
from licences.administration.shown_facts import ShownFactsForm
from licences.administration.shown_once import ShowsSecretOnce
from licences.domain.errors import Refusal
from licences.domain.staff_identity import StaffIdentity
from licences.domain.webhook_addresses import LONGEST_URL
from licences.forms.fields import LineField
from licences.models import Event, Webhook
from licences.operations.webhooks.endpoints import COMPARED, require_one_secret, require_webhook_url
from licences.operations.webhooks.replaying import events_to_replay, require_switched_on
from licences.queries.webhooks import webhook_counts
from licences.wording.sentences import refusal_sentence

SAVE, TEST, ROTATE, REPLAY = "save", "test", "rotate", "replay"


class WebhookTable(ExportTable):
    url = Column(ticked=False)
    kinds = Column(read=lambda webhook: ", ".join(webhook.kinds))

    class Meta:
        model = Webhook
        export_order = "name url kinds enabled created_at created_by last_success_at last_failure_at".split()


def _kinds() -> list[tuple[str, str]]:
    """The kinds of events, with the names that messages and docs/events.md have for them."""
    return [(kind, f"{label} ({kind})") for kind, label in Event.Kind.choices]


class WebhookForm(ShownFactsForm):
    """Name, address and kinds of events of a webhook."""

    name = LineField(label=_("Name"), max_length=100, help_text=_("Such as: ERP."))
    url = LineField(
        label=_("Address"),
        max_length=LONGEST_URL,
        help_text=_("Begins with https://. It must not lead into a private network."),
        widget=forms.TextInput(attrs={"class": "vLargeTextField"}),
    )
    kinds = forms.MultipleChoiceField(
        label=_("Kinds of events"),
        choices=_kinds,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Tick at least one kind of event.")},
    )

    class Meta:
        model = Webhook
        fields: tuple[str, ...] = ("name", "url", "kinds")

    def clean_url(self) -> str:
        url: str = self.cleaned_data["url"]
        try:
            require_webhook_url(url)
        except Refusal as refusal:
            raise ValidationError(refusal_sentence(refusal), code=refusal.code) from None
        return url

    def _values(self, record: Model) -> dict[str, str]:
        values: dict[str, Any] = super()._values(record)
        return {name: _as_line(value) for name, value in values.items()}

    def _typed(self, field: Field) -> str:
        return _as_line(super()._typed(field))

    def _posted(self, field: Field, stored: Model) -> list[str]:
        return list(stored.kinds) if field.name == "kinds" else super()._posted(field, stored)  # type: ignore[attr-defined]


def _as_line(value: Any) -> str:
    return ", ".join(value) if isinstance(value, list) else value


class ChangeWebhookForm(WebhookForm):
    """Changes a webhook, or does something with it."""

    enabled = forms.BooleanField(
        label=_("Switched on"),
        required=False,
        help_text=_("What happens while it is switched off is not sent. You can send it again below."),
    )
    act = forms.ChoiceField(
        label=_("What to do"),
        choices=[
            (SAVE, _("Save the changes above")),
            (TEST, _("Send a test message")),
            (ROTATE, _("Rotate the secret: create a new one, and let this one sign for a while")),
            (REPLAY, _("Send the events of these days again")),
        ],
        initial=SAVE,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what to do.")},
    )
    overlap = forms.TypedChoiceField(
        label=_("The old secret also signs for"),
        choices=[(1, _("1 hour")), (24, _("1 day")), (168, _("7 days"))],
        coerce=int,
        initial=24,
        required=False,
        empty_value="24",
    )
    first_day = forms.DateField(label=_("First day"), required=False, widget=AdminDateWidget)
    last_day = forms.DateField(label=_("Last day"), required=False, widget=AdminDateWidget)

    class Meta(WebhookForm.Meta):
        fields = ("name", "url", "kinds", "enabled")

    def clean(self) -> dict[str, Any]:
        """Judge as the operation will, with the webhook locked until it is done."""
        cleaned = super().clean()
        act = cleaned.get("act")
        if self.errors or act == SAVE:
            return cleaned
        if changed := [self.fields[name].label for name in COMPARED if name in self.changed_data]:
            words = _("You have also changed something: %(fields)s. Save these changes first, then come back for this.")
            named = ", ".join(str(each) for each in changed)
            raise ValidationError(words, code="changed-too", params={"fields": named})
        try:
            self._judge(str(act), cleaned)
        except Refusal as refusal:
            self.add_error("act", ValidationError(refusal_sentence(refusal), code=refusal.code))
        return cleaned

    def _judge(self, act: str, cleaned: dict[str, Any]) -> None:
        if act == ROTATE:
            require_one_secret(self.instance.pk)
            return
        webhook = require_switched_on(self.instance.pk)
        if act == REPLAY and self._has_days(cleaned):
            events_to_replay(webhook, **span_of(cleaned))

    def _has_days(self, cleaned: dict[str, Any]) -> bool:
        for name in ("first_day", "last_day"):
            if not cleaned.get(name):
                self.add_error(name, ValidationError(_("Choose a day."), code="required"))
        if not self.errors and cleaned["last_day"] < cleaned["first_day"]:
            words = _("The last day comes before the first.")
            self.add_error("last_day", ValidationError(words, code="days-reversed"))
        return not self.errors


def span_of(cleaned: dict[str, Any]) -> dict[str, datetime]:
    """The days that were typed, as moments of the portal's time zone."""
    return {"since": _start_of(cleaned["first_day"]), "until": _start_of(cleaned["last_day"] + timedelta(days=1))}


def _start_of(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))


@admin.register(Webhook)
class WebhookAdmin(ShowsSecretOnce, ExportAdminMixin, admin.ModelAdmin):
    """Webhooks are kept; one that is not wanted any more is switched off."""

    shown_template = "admin/licences/webhook_secret_shown.html"
    shown_title = _("New secret")

    export_table = WebhookTable
    list_display = ["name", "host", "enabled", "last_success_at", "last_failure_at", "not_arrived"]
    search_fields = ["name"]
    facts = ["gone", "messages", "old_secret_until", "last_success_at", "last_failure_at", "created_at", "created_by"]
    shown = ["name", "url", "kinds_in_words", "enabled"]

    @admin.display(description=_("host"))
    def host(self, webhook: Webhook) -> str:
        """The address without its path, which may hold a secret of the receiver."""
        return webhook.url.split("/")[2]

    @admin.display(description=_("not arrived"))
    def not_arrived(self, webhook: Webhook) -> str:
        counts = webhook_counts(webhook)
        return str(_("waiting: %(waiting)s, parked: %(parked)s")) % {
            "waiting": counts.waiting,
            "parked": counts.parked,
        }

    @admin.display(description=_("messages"))
    def messages(self, webhook: Webhook) -> SafeString:
        address = reverse("admin:licences_webhookdelivery_changelist")
        return format_html(
            '<a href="{}?webhook__id__exact={}">{}</a> ({})',
            address, webhook.pk, _("All messages"), self.not_arrived(webhook),
        )  # fmt: skip

    @admin.display(description=_("receiver"))
    def gone(self, webhook: Webhook) -> str:
        if webhook.gone_at is None or webhook.enabled:
            return "–"
        words = _(
            "On %(at)s it said that nothing must be sent to this address any more (410), so the webhook was switched "
            "off. Enter the new address, and tick “Switched on”."
        )
        return str(words) % {"at": date_format(timezone.localtime(webhook.gone_at), "DATETIME_FORMAT")}

    @admin.display(description=_("kinds of events"))
    def kinds_in_words(self, webhook: Webhook) -> str:
        return ", ".join(str(Event.Kind(kind).label) for kind in webhook.kinds)

    def get_form(self, request: HttpRequest, obj: Webhook | None = None, change: bool = False, **options: Any) -> Any:
        return super().get_form(request, obj, change, form=ChangeWebhookForm if change else WebhookForm, **options)

    def get_readonly_fields(self, request: HttpRequest, obj: Webhook | None = None) -> list[str]:
        if obj is None:
            return []
        return self.facts if self.has_change_permission(request, obj) else [*self.shown, *self.facts]

    def get_fieldsets(self, request: HttpRequest, obj: Webhook | None = None) -> Any:
        if obj is None:
            return [(None, {"fields": ["name", "url", "kinds", "shown"]})]
        if not self.has_change_permission(request, obj):
            return [(None, {"fields": [*self.shown, *self.facts]})]
        return [
            (_("State"), {"fields": self.facts}),
            (None, {"fields": ["name", "url", "enabled", "kinds", "shown"]}),
            (_("Save, test, rotate or send again"), {"fields": ["act", "overlap", ("first_day", "last_day")]}),
        ]

    def has_delete_permission(self, request: HttpRequest, obj: Webhook | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        by, typed = StaffIdentity(request.user.get_username(), request.user.pk), form.cleaned_data
        if not change:
            about = {name: typed[name] for name in ("name", "url", "kinds")}
            obj.issued = operations.create_webhook(**about, by=by)
            obj.pk = obj.issued.record.pk  # what the administration logs and links to
            obj.refresh_from_db()
        elif typed["act"] == SAVE:
            operations.change_webhook(webhook_id=obj.pk, **{name: typed[name] for name in COMPARED}, by=by)
        else:
            self._act(request, obj, typed, by=by)

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        """Say of an act only what came of it: nothing about the webhook was changed."""
        if request.POST.get("act") in (TEST, REPLAY):
            return redirect(request.path)
        return super().response_change(request, obj)

    def _act(self, request: HttpRequest, obj: Any, typed: dict[str, Any], *, by: str) -> None:
        if typed["act"] == ROTATE:
            overlap = timedelta(hours=int(typed["overlap"]))
            obj.issued = operations.rotate_webhook_secret(webhook_id=obj.pk, overlap=overlap, by=by)
        elif typed["act"] == TEST:
            operations.send_test_message(webhook_id=obj.pk, by=by)
            words = _("The worker sends the test message within seconds. “All messages” shows what became of it.")
            self.message_user(request, words, messages.SUCCESS)
        else:
            count = operations.replay_span(webhook_id=obj.pk, **span_of(typed), by=by)
            said = ngettext("%(count)s message is sent again.", "%(count)s messages are sent again.", count)
            self.message_user(request, said % {"count": count}, messages.SUCCESS)
