"""Serials, licence grants and balances in the administration, and their exports."""

from django.contrib import admin
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from licences.administration.paging import BY_SERIAL, WHOLE_TEXT
from licences.administration.read_only import ReadOnlyAdmin, ReadOnlyInline, serial_code
from licences.administration.resources import Column, ExportTable
from licences.domain.codes import grouped
from licences.models import (
    Balance,
    LicenceGrant,
    Serial,
)


class SerialTable(ExportTable):
    code = Column(is_code=True)
    customer_number = Column("site__customer__number")
    customer = Column("site__customer__name", _("customer"))
    site = Column("site__name")

    class Meta:
        model = Serial
        export_order = (
            "code customer_number customer site origin highest_version blocked_at blocked_by blocked_reason created_at"
        ).split()


class LicenceGrantTable(ExportTable):
    serial = Column("serial__code", is_code=True)
    customer = Column("serial__site__customer__name", _("customer"))
    sku = Column("product__sku")
    product = Column("product__name", _("product"))
    file = Column("file_import__file_name")

    class Meta:
        model = LicenceGrant
        export_order = (
            "purchase_reference line serial customer sku product quantity purchased_on software_assurance_until "
            "recorded_at file file_row"
        ).split()


class BalanceTable(ExportTable):
    serial = Column("serial__code", is_code=True)
    customer = Column("serial__site__customer__name", _("customer"))
    sku = Column("product__sku")
    product = Column("product__name", _("product"))
    quantity = Column()

    class Meta:
        model = Balance


class BalanceInline(ReadOnlyInline):
    model = Balance
    fields = ["product", "quantity"]


@admin.register(Serial)
class SerialAdmin(ReadOnlyAdmin):
    export_table = SerialTable
    list_display = ["shown_code", "customer", "site_name", "highest_version", "blocked_at"]
    list_filter = ["origin", ("blocked_at", admin.EmptyFieldListFilter)]
    list_select_related = ["site__customer"]
    search_fields = ["=code", "site__customer__name_search"]
    sortable_columns = ("shown_code",)
    serial_path = "pk"
    fields = ["shown_code", "site", "origin", "highest_version", "blocked_at", "blocked_by", "blocked_reason"]
    readonly_fields = ["shown_code"]
    inlines = [BalanceInline]

    @admin.display(description=_("serial number"), ordering="code")
    def shown_code(self, serial: Serial) -> SafeString:
        return format_html('<span class="code">{}</span>', grouped(serial.code))

    @admin.display(description=_("customer"))
    def customer(self, serial: Serial) -> str:
        return serial.customer_name

    @admin.display(description=_("site name"))
    def site_name(self, serial: Serial) -> str:
        return serial.site.name

    def get_view_on_site_url(self, obj: Serial | None = None) -> str | None:
        return obj.get_absolute_url() if obj else None


@admin.register(LicenceGrant)
class LicenceGrantAdmin(ReadOnlyAdmin):
    export_table = LicenceGrantTable
    list_display = [
        "purchase_reference",
        "line",
        serial_code,
        "product",
        "quantity",
        "purchased_on",
        "recorded_at",
        "origin",
    ]
    list_filter = ["product"]
    list_select_related = ["serial", "product", "file_import"]
    search_fields = ["=purchase_reference", "=serial__code"]
    sortable_columns = ("purchase_reference",)
    search_columns = BY_SERIAL | {WHOLE_TEXT: "purchase_reference"}
    readonly_fields = ["origin", "file_sha256"]

    @admin.display(description=_("row of the file"), ordering="file_import")
    def origin(self, grant: LicenceGrant) -> SafeString | str:
        if grant.file_import is None:
            return "–"
        url, row = grant.file_import.get_absolute_url(), _("row %(row)s") % {"row": grant.file_row}
        return format_html('<a href="{}">{}, {}</a>', url, grant.file_import, row)

    @admin.display(description=_("SHA-256 of the file"))
    def file_sha256(self, grant: LicenceGrant) -> str:
        return grant.file_import.sha256 if grant.file_import else "–"


@admin.register(Balance)
class BalanceAdmin(ReadOnlyAdmin):
    export_table = BalanceTable
    list_display = [serial_code, "product", "quantity"]
    list_display_links = None
    list_filter = ["product"]
    list_select_related = ["serial", "product"]
    search_fields = ["=serial__code"]
    serial_path = "serial"
