"""Emergencies, approvals and wrong release codes, in the administration."""

from django.contrib import admin

from licences.administration.paging import BY_SERIAL
from licences.administration.read_only import ReadOnlyAdmin, serial_code
from licences.administration.resources import SEE_CODES, Column, ExportTable
from licences.models import Approval, Emergency, WrongReleaseCode


class EmergencyTable(ExportTable):
    serial = Column("serial__code", is_code=True)
    request = Column("request_id")
    earlier = Column("earlier__site_id", is_code=True)
    installation = Column("installation__site_id", is_code=True)

    class Meta:
        model = Emergency
        export_order = (
            "serial request earlier installation expires_on reason issued_by issued_at outcome settled_by "
            "settled_at settled_reason"
        ).split()


class ApprovalTable(ExportTable):
    request = Column("checklist__request_id")
    emergency = Column("emergency_id")

    class Meta:
        model = Approval
        export_order = ("request", "emergency", "subject", "counted", "reason", "approved_by", "approved_at")


class WrongReleaseCodeTable(ExportTable):
    serial = Column("serial__code", is_code=True)
    code = Column(needs=SEE_CODES, is_code=True)
    given_by = Column()
    given_at = Column()

    class Meta:
        model = WrongReleaseCode


@admin.register(Emergency)
class EmergencyAdmin(ReadOnlyAdmin):
    export_table = EmergencyTable
    list_display = ["id", serial_code, "expires_on", "outcome", "issued_by", "issued_at", "settled_by", "settled_at"]
    list_filter = [("settled_at", admin.EmptyFieldListFilter), "outcome"]
    list_select_related = ["serial"]
    search_fields = ["=serial__code"]
    search_columns = BY_SERIAL


@admin.register(Approval)
class ApprovalAdmin(ReadOnlyAdmin):
    export_table = ApprovalTable
    list_display = ["id", "subject", "counted", "reason", "approved_by", "approved_at"]
    list_filter = ["subject"]


@admin.register(WrongReleaseCode)
class WrongReleaseCodeAdmin(ReadOnlyAdmin):
    export_table = WrongReleaseCodeTable
    list_display = ["id", serial_code, "given_by", "given_at"]
    list_select_related = ["serial"]
    search_fields = ["=serial__code"]
    search_columns = BY_SERIAL
    exclude = ["code"]  # it may be valid for another serial number; an export shows it to those who may see codes
