"""What Xchange Servers were refused, and the licence files they were given, in the administration."""

from django.contrib import admin

from licences.admin_paging import OF_SERIAL
from licences.models import LicenceFile, RefusedClaim, SerialGuess
from licences.reading_desk import ReadingDesk, serial_code, site_id
from licences.resources import SEE_CODES, Column, ExportTable


class RefusedClaimTable(ExportTable):
    serial = Column("serial__code", is_code=True)
    kind = Column()
    site_id = Column(is_code=True)
    times = Column()
    first_at = Column()
    last_at = Column()

    class Meta:
        model = RefusedClaim


class SerialGuessTable(ExportTable):
    address = Column()
    times = Column()
    first_at = Column()
    last_at = Column()

    class Meta:
        model = SerialGuess


class LicenceFileTable(ExportTable):
    serial = Column("unlock_code__serial__code", is_code=True)
    sequence = Column("unlock_code__sequence")
    key_id = Column()
    text = Column(needs=SEE_CODES, ticked=False)

    class Meta:
        model = LicenceFile


@admin.register(RefusedClaim)
class RefusedClaimAdmin(ReadingDesk):
    export_table = RefusedClaimTable
    list_display = [serial_code, "kind", site_id, "times", "first_at", "last_at"]
    list_display_links = None
    list_filter = ["kind"]
    list_select_related = ["serial"]
    search_fields = ["=serial__code"]
    codes = OF_SERIAL


@admin.register(SerialGuess)
class SerialGuessAdmin(ReadingDesk):
    export_table = SerialGuessTable
    list_display = ["address", "times", "first_at", "last_at"]
    search_fields = ["=address"]


@admin.register(LicenceFile)
class LicenceFileAdmin(ReadingDesk):
    export_table = LicenceFileTable
    list_display = ["unlock_code", "key_id"]
    list_select_related = ["unlock_code__serial"]
    search_fields = ["=unlock_code__serial__code"]
