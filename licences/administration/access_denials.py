"""Access denials in the administration, and their export."""

from django.contrib import admin

from licences.administration.read_only import ReadOnlyAdmin
from licences.administration.resources import Column, ExportTable
from licences.models import RefusedAccess


class RefusedAccessTable(ExportTable):
    username = Column()
    method = Column()
    page = Column()
    why = Column()
    times = Column()
    first_at = Column()
    last_at = Column()

    class Meta:
        model = RefusedAccess


@admin.register(RefusedAccess)
class RefusedAccessAdmin(ReadOnlyAdmin):
    export_table = RefusedAccessTable
    list_display = ["username", "method", "page", "why", "times", "first_at", "last_at"]
    list_filter = ["why"]
    search_fields = ["=username"]
