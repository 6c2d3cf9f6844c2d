"""Access denials in the administration, and their export."""

from django.contrib import admin

from licences.administration.read_only import ReadOnlyAdmin
from licences.administration.resources import ExportTable
from licences.models import RefusedAccess


class RefusedAccessTable(ExportTable):
    class Meta:
        model = RefusedAccess
        export_order = ("username", "method", "page", "why", "times", "first_at", "last_at")


@admin.register(RefusedAccess)
class RefusedAccessAdmin(ReadOnlyAdmin):
    export_table = RefusedAccessTable
    list_display = ["username", "method", "page", "why", "times", "first_at", "last_at"]
    list_filter = ["why"]
    search_fields = ["=username"]
