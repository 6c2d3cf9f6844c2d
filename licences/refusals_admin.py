"""What was refused to people, and what browsers refused to pages, in the administration."""

from django.contrib import admin

from licences.models import PolicyViolation, RefusedAccess
from licences.reading_desk import ReadingDesk
from licences.resources import Column, ExportTable


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


class PolicyViolationTable(ExportTable):
    directive = Column()
    blocked = Column()
    times = Column()
    first_at = Column()
    last_at = Column()

    class Meta:
        model = PolicyViolation


@admin.register(RefusedAccess)
class RefusedAccessAdmin(ReadingDesk):
    export_table = RefusedAccessTable
    list_display = ["username", "method", "page", "why", "times", "first_at", "last_at"]
    list_filter = ["why"]
    search_fields = ["=username"]


@admin.register(PolicyViolation)
class PolicyViolationAdmin(ReadingDesk):
    export_table = PolicyViolationTable
    list_display = ["directive", "blocked", "times", "first_at", "last_at"]
    list_filter = ["directive"]
    search_fields = ["=blocked"]
