"""Abuse counts of the server API, and licence files, in the administration, and their exports."""

from django.contrib import admin

from licences.administration.paging import BY_SERIAL
from licences.administration.read_only import ReadOnlyAdmin, serial_code, site_id
from licences.administration.resources import SEE_CODES, Column, ExportTable
from licences.models import LicenceFile, RefusedClaim, SerialGuess


class RefusedClaimTable(ExportTable):
    serial = Column("serial__code", is_code=True)
    site_id = Column(is_code=True)

    class Meta:
        model = RefusedClaim
        export_order = ("serial", "kind", "site_id", "times", "first_at", "last_at")


class SerialGuessTable(ExportTable):
    class Meta:
        model = SerialGuess
        export_order = ("address", "times", "first_at", "last_at")


class LicenceFileTable(ExportTable):
    serial = Column("unlock_code__serial__code", is_code=True)
    sequence = Column("unlock_code__sequence")
    key_id = Column()
    text = Column(needs=SEE_CODES, ticked=False)

    class Meta:
        model = LicenceFile


@admin.register(RefusedClaim)
class RefusedClaimAdmin(ReadOnlyAdmin):
    export_table = RefusedClaimTable
    list_display = [serial_code, "kind", site_id, "times", "first_at", "last_at"]
    list_display_links = None
    list_filter = ["kind"]
    list_select_related = ["serial"]
    search_fields = ["=serial__code"]
    search_columns = BY_SERIAL


@admin.register(SerialGuess)
class SerialGuessAdmin(ReadOnlyAdmin):
    export_table = SerialGuessTable
    list_display = ["address", "times", "first_at", "last_at"]
    search_fields = ["=address"]


@admin.register(LicenceFile)
class LicenceFileAdmin(ReadOnlyAdmin):
    export_table = LicenceFileTable
    list_display = ["unlock_code", "key_id"]
    list_select_related = ["unlock_code__serial"]
    search_fields = ["=unlock_code__serial__code"]
