"""Installations, registrations and unlock codes in the administration, and their exports."""

from types import MappingProxyType

from django.contrib import admin
from django.db.models import OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from licences.administration.read_only import ReadOnlyAdmin, serial_code, site_id
from licences.administration.resources import SEE_CODES, Column, ContactTable, ExportTable
from licences.domain.codes import grouped
from licences.models import (
    Installation,
    Registration,
    UnlockCode,
    grants_in_force,
)


class InstallationTable(ExportTable):
    site_id = Column(is_code=True)
    serial = Column("serial__code", is_code=True)
    customer = Column("serial__site__customer__name", _("customer"))
    reported_release_code = Column(needs=SEE_CODES, is_code=True)

    class Meta:
        model = Installation
        export_order = (
            "site_id serial customer server_version client_version origin began_at ended_at end_reason "
            "reported_release_code"
        ).split()


class RegistrationTable(ContactTable):
    serial = Column("serial__code", is_code=True)
    site_id = Column("installation__site_id", is_code=True)
    reason = Column()
    entered_by = Column()
    entered_at = Column()

    class Meta:
        model = Registration
        export_order = ("name", "serial", "site_id")


# For codes issued before the portal stored the last day of Software Assurance; looked up for those alone.
_LAST_COVER = grants_in_force().filter(serial=OuterRef("serial"), software_assurance_until__isnull=False)
_LAST_DAY = _LAST_COVER.order_by("-software_assurance_until").values("software_assurance_until")[:1]


def _licences(code: UnlockCode) -> str:
    """The licences of an unlock code as text, such as "25 × CTI"."""
    return ", ".join(f"{line['quantity']} × {line['product']}" for line in code.lines)


class UnlockCodeTable(ExportTable):
    annotations = MappingProxyType({"cover": Coalesce("assured_until", Subquery(_LAST_DAY))})
    code = Column(needs=SEE_CODES, is_code=True)
    serial = Column("serial__code", is_code=True)
    site_id = Column("installation__site_id", is_code=True)
    licences = Column(label=_("licences"), read=_licences)
    assured_until = Column(
        label=_("Software Assurance until"),
        read=lambda code: code.last_day_covered(on_record=getattr(code, "cover", None)),
    )
    release_code = Column(needs=SEE_CODES, is_code=True)

    class Meta:
        model = UnlockCode
        export_order = (
            "code serial site_id sequence occasion licences assured_until expires_on release_code issued_by issued_at"
        ).split()


@admin.register(Installation)
class InstallationAdmin(ReadOnlyAdmin):
    export_table = InstallationTable
    list_display = [
        site_id,
        serial_code,
        "server_version",
        "client_version",
        "began_at",
        "ended_at",
        "end_reason",
    ]
    list_filter = [("ended_at", admin.EmptyFieldListFilter), "end_reason", "origin"]
    list_select_related = ["serial"]
    search_fields = ["=site_id", "=serial__code"]
    sortable_columns = ("site_id",)
    serial_path = "serial"


@admin.register(Registration)
class RegistrationAdmin(ReadOnlyAdmin):
    export_table = RegistrationTable
    list_display = ["name", serial_code, "city", "contact_name", "entered_at", "entered_by"]
    list_select_related = ["serial"]
    search_fields = ["=serial__code", "name"]
    serial_path = "serial"


@admin.register(UnlockCode)
class UnlockCodeAdmin(ReadOnlyAdmin):
    export_table = UnlockCodeTable
    list_display = ["shown_code", serial_code, "sequence", "occasion", "issued_at", "issued_by"]
    list_filter = ["occasion"]
    list_select_related = ["serial"]
    search_fields = ["=code", "=serial__code"]
    serial_path = "serial"

    @admin.display(description=_("unlock code"), ordering="code")
    def shown_code(self, code: UnlockCode) -> SafeString:
        return format_html('<span class="code">{}</span>', grouped(code.code))
