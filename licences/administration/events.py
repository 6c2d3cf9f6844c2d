"""The event log in the administration, and its export."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from licences.administration.paging import WHOLE_TEXT
from licences.administration.read_only import ReadOnlyAdmin
from licences.administration.resources import Column, ExportTable
from licences.domain.codes import SERIAL_LENGTH, grouped
from licences.models import (
    Event,
)
from licences.wording.people import told


class EventTable(ExportTable):
    serial = Column(is_code=True)
    customer = Column("customer__name", _("customer"))
    personal = Column(ticked=False)
    hash = Column(ticked=False)
    previous_hash = Column(ticked=False)

    class Meta:
        model = Event
        export_order = ("at", "kind", "serial", "customer", "actor", "details", "personal", "hash", "previous_hash")


@admin.register(Event)
class EventAdmin(ReadOnlyAdmin):
    import_export_change_list_template = "admin/licences/event_list.html"
    export_table = EventTable
    list_display = ["at", "kind", "shown_serial", "shown_actor"]
    list_filter = ["kind"]
    search_fields = ["=serial", "=actor"]
    sortable_columns = ("at",)
    search_columns = {SERIAL_LENGTH: "serial", WHOLE_TEXT: "actor"}
    fields = [
        "at",
        "kind",
        "shown_actor",
        "shown_serial",
        "customer",
        "details",
        "personal",
        "hash",
        "previous_hash",
    ]
    readonly_fields = ["shown_serial", "shown_actor", "hash", "previous_hash"]

    @admin.display(description=_("serial number"), ordering="serial")
    def shown_serial(self, event: Event) -> str:
        return grouped(event.serial) if event.serial else "–"

    @admin.display(description=_("who"))
    def shown_actor(self, event: Event) -> str:
        return told(event.actor)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Event]:
        return super().get_queryset(request).select_related("customer")
