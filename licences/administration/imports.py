"""Imports in the administration, and their export."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from licences.administration.read_only import ReadOnlyAdmin
from licences.administration.resources import Column, ExportTable
from licences.models import (
    FileImport,
)


class FileImportTable(ExportTable):
    id = Column(label=_("import"))
    rejected = Column(label=_("rows rejected"), read=lambda file_import: file_import.counts.get("rejected", 0))

    class Meta:
        model = FileImport
        export_order = (
            "id file_name kind state size sha256 uploaded_by uploaded_at confirmed_by ended_at rows_read "
            "rows_applied rejected"
        ).split()


@admin.register(FileImport)
class FileImportAdmin(ReadOnlyAdmin):
    export_table = FileImportTable
    list_display = ["file_name", "kind", "state", "uploaded_by", "uploaded_at", "rows_read", "rows_applied"]
    list_filter = ["state", "kind"]
    search_fields = ["file_name", "=sha256", "=uploaded_by"]
    fields = [
        ("kind", "state"),
        "file_name",
        "size",
        "sha256",
        ("uploaded_by", "uploaded_at"),
        ("confirmed_by", "ended_at"),
        ("rows_read", "rows_checked", "rows_applied"),
        "counts",
    ]

    def get_view_on_site_url(self, obj: FileImport | None = None) -> str | None:
        return obj.get_absolute_url() if obj else None
