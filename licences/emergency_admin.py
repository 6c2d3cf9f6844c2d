"""Emergencies, approvals and wrong release codes, in the administration."""

from django.contrib import admin

from licences.admin_paging import OF_SERIAL
from licences.models import Approval, Emergency, WrongReleaseCode
from licences.reading_desk import ReadingDesk, serial_code
from licences.resources import SEE_CODES, Column, ExportTable


class EmergencyTable(ExportTable):
    serial = Column("serial__code", is_code=True)
    request = Column("request_id")
    earlier = Column("earlier__site_id", is_code=True)
    installation = Column("installation__site_id", is_code=True)
    expires_on = Column()
    reason = Column()
    issued_by = Column()
    issued_at = Column()
    outcome = Column()
    settled_by = Column()
    settled_at = Column()
    settled_reason = Column()

    class Meta:
        model = Emergency


class ApprovalTable(ExportTable):
    request = Column("checklist__request_id")
    emergency = Column("emergency_id")
    subject = Column()
    counted = Column()
    reason = Column()
    approved_by = Column()
    approved_at = Column()

    class Meta:
        model = Approval


class WrongReleaseCodeTable(ExportTable):
    serial = Column("serial__code", is_code=True)
    code = Column(needs=SEE_CODES, is_code=True)
    given_by = Column()
    given_at = Column()

    class Meta:
        model = WrongReleaseCode


@admin.register(Emergency)
class EmergencyAdmin(ReadingDesk):
    export_table = EmergencyTable
    list_display = ["id", serial_code, "expires_on", "outcome", "issued_by", "issued_at", "settled_by", "settled_at"]
    list_filter = [("settled_at", admin.EmptyFieldListFilter), "outcome"]
    list_select_related = ["serial"]
    search_fields = ["=serial__code"]
    codes = OF_SERIAL


@admin.register(Approval)
class ApprovalAdmin(ReadingDesk):
    export_table = ApprovalTable
    list_display = ["id", "subject", "counted", "reason", "approved_by", "approved_at"]
    list_filter = ["subject"]


@admin.register(WrongReleaseCode)
class WrongReleaseCodeAdmin(ReadingDesk):
    export_table = WrongReleaseCodeTable
    list_display = ["id", serial_code, "given_by", "given_at"]
    list_select_related = ["serial"]
    search_fields = ["=serial__code"]
    codes = OF_SERIAL
    exclude = ["code"]  # may be right for another serial number; whoever may see codes exports it
