"""Notes about serials and customers, in the administration."""

from django.contrib import admin

from licences.administration.read_only import ReadOnlyAdmin
from licences.administration.resources import Column, ExportTable
from licences.models import Note


class NoteTable(ExportTable):
    serial = Column("serial__code", is_code=True)
    customer = Column("customer_id")

    class Meta:
        model = Note
        export_order = ("serial", "customer", "text", "written_by", "written_at")


@admin.register(Note)
class NoteAdmin(ReadOnlyAdmin):
    export_table = NoteTable
    list_display = ["id", "serial", "customer", "written_by", "written_at"]
    list_select_related = ["serial", "customer"]
    search_fields = ["=serial__code", "=written_by"]
