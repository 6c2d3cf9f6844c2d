"""Re-licensing requests, checks and decisions in the administration, and their exports."""

from typing import Any

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from licences.administration.read_only import ReadOnlyAdmin, ReadOnlyInline
from licences.administration.resources import SEE_CODES, Column, ExportTable
from licences.domain.codes import grouped
from licences.models import (
    CheckedItem,
    ChecklistCheck,
    ItemResolution,
    ReleaseCodeUse,
    Relicensing,
)
from licences.wording.sentences import sentence


class RelicensingTable(ExportTable):
    id = Column(label=_("request"))
    serial = Column("serial__code", is_code=True)
    unlock_code = Column("unlock_code__sequence", _("number of the unlock code"))

    class Meta:
        model = Relicensing
        export_order = (
            "id serial purpose outcome caller_name callback_number ticket_reference unlock_code opened_by "
            "opened_at closed_by closed_at"
        ).split()


class ChecklistCheckTable(ExportTable):
    request = Column("request_id")
    number = Column(label=_("check"))

    class Meta:
        model = ChecklistCheck
        export_order = ("request", "number", "release_code_unavailable", "checked_by", "checked_at")


@admin.display(description=_("reason"))
def _shown_reason(item: CheckedItem) -> str:
    return _reason_sentence(item) if item.reason else "–"


def _reason_sentence(item: CheckedItem) -> str:
    """The reason of a verdict as a sentence."""
    return sentence(item.reason, item.parameters)


class CheckedItemTable(ExportTable):
    """The caller's answer and the record it was compared with may be a release code, so both need a permission."""

    request = Column("checklist__request_id")
    number = Column("checklist__number", _("check"))
    item = Column()
    said = Column(needs=SEE_CODES)
    on_record = Column(needs=SEE_CODES)
    verdict = Column()
    reason = Column(label=_("reason"), read=_reason_sentence)

    class Meta:
        model = CheckedItem


class ItemResolutionTable(ExportTable):
    request = Column("checked_item__checklist__request_id")
    number = Column("checked_item__checklist__number", _("check"))
    item = Column("checked_item__item")

    class Meta:
        model = ItemResolution
        export_order = ("request", "number", "item", "kind", "reason", "resolved_by", "resolved_at")


class ReleaseCodeUseTable(ExportTable):
    request = Column("request_id")
    serial = Column("installation__serial__code", is_code=True)
    site_id = Column("installation__site_id", is_code=True)
    release_code = Column(needs=SEE_CODES, is_code=True)
    used_at = Column()

    class Meta:
        model = ReleaseCodeUse


class CheckInline(ReadOnlyInline):
    model = ChecklistCheck
    fields = ["number", "release_code_unavailable", "checked_by", "checked_at"]
    show_change_link = True


@admin.register(Relicensing)
class RelicensingAdmin(ReadOnlyAdmin):
    export_table = RelicensingTable
    list_display = ["id", "serial_code", "purpose", "outcome", "opened_by", "opened_at", "closed_at"]
    list_filter = ["outcome", "purpose"]
    list_select_related = ["serial"]
    search_fields = ["=serial__code", "=opened_by"]
    inlines = [CheckInline]

    @admin.display(description=_("serial number"), ordering="serial__code")
    def serial_code(self, request_: Relicensing) -> str:
        return grouped(request_.serial.code) if request_.serial else "–"


class CheckedItemInline(ReadOnlyInline):
    model = CheckedItem
    fields = ["item", "said", "on_record", "verdict", "shown_reason"]
    readonly_fields = ["shown_reason"]

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> Any:
        """The fields without those that the user may not see."""
        withheld = {column.attribute for column in CheckedItemTable(request.user).withheld}
        return [name for name in super().get_fields(request, obj) if name not in withheld]

    @admin.display(description=_("reason"))
    def shown_reason(self, item: CheckedItem) -> str:
        return _shown_reason(item)


@admin.register(ChecklistCheck)
class ChecklistCheckAdmin(ReadOnlyAdmin):
    export_table = ChecklistCheckTable
    list_display = ["request", "number", "checked_by", "checked_at"]
    list_select_related = ["request"]
    inlines = [CheckedItemInline]


@admin.register(CheckedItem)
class CheckedItemAdmin(ReadOnlyAdmin):
    export_table = CheckedItemTable
    list_display = ["checklist", "item", "verdict", _shown_reason]
    list_filter = ["verdict", "item"]
    list_select_related = ["checklist"]


@admin.register(ItemResolution)
class ItemResolutionAdmin(ReadOnlyAdmin):
    export_table = ItemResolutionTable
    list_display = ["checked_item", "kind", "reason", "resolved_by", "resolved_at"]
    list_filter = ["kind"]
    list_select_related = ["checked_item"]


@admin.register(ReleaseCodeUse)
class ReleaseCodeUseAdmin(ReadOnlyAdmin):
    export_table = ReleaseCodeUseTable
    list_display = ["installation", "request", "used_at"]
    list_select_related = ["installation", "request"]
