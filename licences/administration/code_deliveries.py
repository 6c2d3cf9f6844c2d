"""Unlock codes that were sent by e-mail, in the administration, and their export."""

from django.contrib import admin
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from licences.administration.read_only import ReadOnlyAdmin
from licences.administration.resources import Column, ExportTable
from licences.domain.codes import grouped
from licences.models import CodeDelivery
from licences.wording.deliveries import failure_sentence


def _failure(delivery: CodeDelivery) -> str:
    """Why the latest attempt failed; empty if none did."""
    return failure_sentence(delivery.failure) if delivery.failure else ""


class CodeDeliveryTable(ExportTable):
    serial = Column("unlock_code__serial__code", is_code=True)
    sequence = Column("unlock_code__sequence")
    failure = Column(label=_("error"), read=_failure)

    class Meta:
        model = CodeDelivery
        export_order = "serial sequence address language queued_by queued_at state attempts ended_at failure".split()


@admin.register(CodeDelivery)
class CodeDeliveryAdmin(ReadOnlyAdmin):
    export_table = CodeDeliveryTable
    list_display = ["id", "serial", "address", "state", "queued_at", "queued_by", "ended_at"]
    list_filter = ["state", "language"]
    list_select_related = ["unlock_code__serial"]
    search_fields = ["=unlock_code__serial__code", "=address", "=queued_by"]
    serial_path = "unlock_code__serial"
    fields = [
        "sheet",
        ("address", "language"),
        ("queued_by", "queued_at"),
        ("state", "attempts", "ended_at"),
        "error",
    ]
    readonly_fields = ["sheet", "error"]

    @admin.display(description=_("serial number"), ordering="unlock_code__serial__code")
    def serial(self, delivery: CodeDelivery) -> SafeString:
        found = delivery.unlock_code.serial
        return format_html('<a class="code" href="{}">{}</a>', found.get_absolute_url(), grouped(found.code))

    @admin.display(description=_("unlock code"))
    def sheet(self, delivery: CodeDelivery) -> SafeString:
        """A link to the sheet; the code itself stands only there."""
        return format_html('<a href="{}">{}</a>', delivery.unlock_code.get_absolute_url(), delivery.unlock_code)

    @admin.display(description=_("error"), empty_value="–")
    def error(self, delivery: CodeDelivery) -> str:
        return _failure(delivery)
