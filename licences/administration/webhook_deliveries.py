"""The messages of webhooks in the administration: what became of each, and sending some again."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from licences import operations
from licences.administration.paging import WHOLE_TEXT
from licences.administration.read_only import ReadOnlyAdmin
from licences.administration.resources import Column, ExportTable
from licences.domain.codes import SERIAL_LENGTH, grouped
from licences.domain.errors import Refusal
from licences.domain.staff_identity import StaffIdentity
from licences.domain.webhooks import TEST
from licences.models import Event, WebhookDelivery
from licences.wording.sentences import refusal_sentence
from licences.wording.webhooks import webhook_failure_sentence


class WebhookDeliveryTable(ExportTable):
    webhook = Column("webhook__name", _("webhook"))
    serial = Column(is_code=True)
    failure = Column(label=_("error"), read=lambda delivery: webhook_failure_sentence(delivery.failure))

    class Meta:
        model = WebhookDelivery
        export_order = "webhook message kind serial state queued_at attempts tried_at ended_at status failure".split()


@admin.register(WebhookDelivery)
class WebhookDeliveryAdmin(ReadOnlyAdmin):
    export_table = WebhookDeliveryTable
    list_display = ["id", "webhook", "what", "shown_serial", "state", "last_try", "error"]
    list_filter = ["state", "webhook"]
    list_select_related = ["webhook"]
    search_columns = {SERIAL_LENGTH: "serial", WHOLE_TEXT: "message"}
    search_fields = ["=serial", "=message"]
    fields = [
        ("webhook", "message"),
        ("what", "event", "shown_serial"),
        ("state", "queued_at", "due_at", "ended_at"),
        ("attempts", "last_try", "milliseconds"),
        ("status", "error"),
        "excerpt",
        "body",
    ]
    readonly_fields = ["what", "shown_serial", "error"]
    actions = ["send_again"]

    @admin.display(description=_("kind"))
    def what(self, delivery: WebhookDelivery) -> str:
        return str(_("Test") if delivery.kind == TEST else Event.Kind(delivery.kind).label)

    @admin.display(description=_("serial number"))
    def shown_serial(self, delivery: WebhookDelivery) -> str:
        return grouped(delivery.serial) if delivery.serial else "–"

    @admin.display(description=_("last try"), ordering="tried_at")
    def last_try(self, delivery: WebhookDelivery) -> Any:
        """The time of the last try, or that there was none before the message was given up."""
        if delivery.tried_at is None and delivery.state == WebhookDelivery.State.PARKED:
            return _("never tried")
        return delivery.tried_at

    @admin.display(description=_("error"), empty_value="–")
    def error(self, delivery: WebhookDelivery) -> str:
        return webhook_failure_sentence(delivery.failure)

    def get_queryset(self, request: HttpRequest) -> QuerySet[WebhookDelivery]:
        return super().get_queryset(request).select_related("webhook")

    def has_replay_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("licences.change_webhook")

    @admin.action(description=_("Send again"), permissions=["replay"])
    def send_again(self, request: HttpRequest, rows: QuerySet[WebhookDelivery]) -> Any:
        """Send the chosen messages again, in the order of their events; say of the others why not."""
        by, count, refused = StaffIdentity(request.user.get_username(), request.user.pk), 0, {}
        for pk in rows.order_by("event_id", "pk").values_list("pk", flat=True):
            try:
                operations.replay_message(delivery_id=pk, by=by)
                count += 1
            except Refusal as refusal:
                refused[refusal.code] = refusal_sentence(refusal)
        for sentence in refused.values():
            self.message_user(request, sentence, messages.WARNING)
        if count:
            words = ngettext("%(count)s message is sent again.", "%(count)s messages are sent again.", count)
            self.message_user(request, words % {"count": count}, messages.SUCCESS)
