"""The admin: a reading desk wherever an operation does the writing."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from customers import history
from customers.models import Customer, Site
from licences import (  # four of them register themselves
    emergency_admin,  # noqa: F401
    facts_admin,  # noqa: F401
    operations,
    refusals_admin,  # noqa: F401
    resources,
    server_admin,  # noqa: F401
)
from licences.admin_export import Exporting
from licences.admin_import import Importing
from licences.admin_paging import AS_IT_IS, OF_SERIAL
from licences.domain.codes import SERIAL_LENGTH, grouped
from licences.import_resources import FileImportTable
from licences.imported_tables import ProductImport
from licences.models import (
    Balance,
    CheckedItem,
    ChecklistCheck,
    Event,
    FileImport,
    Installation,
    ItemResolution,
    LicenceGrant,
    Product,
    Registration,
    ReleaseCodeUse,
    Relicensing,
    Serial,
    UnlockCode,
)
from licences.reading_desk import ReadingDesk, ReadingInline, serial_code, site_id

# --- Customers ---------------------------------------------------------------------------------------


class WithChanges(ReadingDesk):
    """The history of a record is that of its fields; what Django itself notes are changes made in the admin alone."""

    object_history_template = "admin/customers/changes.html"

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        if not request.user.has_perm("customers.view_historicalcustomer"):
            raise PermissionDenied
        row = self.get_object(request, unquote(object_id))
        customer = getattr(row, "customer", row)
        changes = history.changes_of(customer) if customer else []
        return super().history_view(request, object_id, {"changes": changes, **(extra_context or {})})


@admin.register(Customer)
class CustomerAdmin(WithChanges):
    export_table = resources.CustomerTable
    list_display = ["name", "number", "postcode", "city", "country"]
    list_filter = ["country"]
    search_fields = ["=number", "name_search"]
    serials = "sites__serial"
    fields = [
        "number",
        "name",
        ("address_line1", "address_line2"),
        ("postcode", "city", "country"),
        ("contact_name", "contact_phone", "contact_email"),
        "created_at",
        "page",
    ]
    readonly_fields = ["page"]

    @admin.display(description=_("page"))
    def page(self, customer: Customer) -> SafeString:
        return format_html('<a href="/customers/{}/">{}</a>', customer.pk, _("Sites of this customer"))


@admin.register(Site)
class SiteAdmin(WithChanges):
    export_table = resources.SiteTable
    list_display = ["customer", "name", "created_at"]
    list_select_related = ["customer"]
    search_fields = ["name_key", "customer__name_search"]
    serials = "serial"
    fields = ["customer", "name", "created_at"]


# --- Licences ----------------------------------------------------------------------------------------


@admin.register(Product)
class ProductAdmin(Importing, Exporting, admin.ModelAdmin):
    """The catalogue may be added to and renamed; the slot is what codes say, and stays."""

    import_export_change_list_template = "admin/import_export/change_list_import_export.html"
    export_table = resources.ProductTable
    import_table = ProductImport
    list_display = ["sku", "name", "slot"]
    search_fields = ["sku", "name"]

    def get_readonly_fields(self, request: HttpRequest, obj: Product | None = None) -> list[str]:
        return ["sku", "slot"] if obj else []

    def has_delete_permission(self, request: HttpRequest, obj: Product | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Product, form: Any, change: bool) -> None:
        operations.save_product(obj, by=request.user.get_username())


class BalanceInline(ReadingInline):
    model = Balance
    fields = ["product", "quantity"]


@admin.register(Serial)
class SerialAdmin(ReadingDesk):
    export_table = resources.SerialTable
    list_display = ["shown_code", "customer", "site_name", "highest_version", "blocked_at"]
    list_filter = ["origin", ("blocked_at", admin.EmptyFieldListFilter)]
    list_select_related = ["site__customer"]
    search_fields = ["=code", "site__customer__name_search"]
    indexed = ("shown_code",)
    serials = "pk"
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
class LicenceGrantAdmin(ReadingDesk):
    export_table = resources.LicenceGrantTable
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
    indexed = ("purchase_reference",)
    codes = OF_SERIAL | {AS_IT_IS: "purchase_reference"}
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
class BalanceAdmin(ReadingDesk):
    export_table = resources.BalanceTable
    list_display = [serial_code, "product", "quantity"]
    list_display_links = None
    list_filter = ["product"]
    list_select_related = ["serial", "product"]
    search_fields = ["=serial__code"]
    serials = "serial"


@admin.register(FileImport)
class FileImportAdmin(ReadingDesk):
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


# --- Installations and codes -------------------------------------------------------------------------


@admin.register(Installation)
class InstallationAdmin(ReadingDesk):
    export_table = resources.InstallationTable
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
    indexed = ("site_id",)
    serials = "serial"


@admin.register(Registration)
class RegistrationAdmin(ReadingDesk):
    export_table = resources.RegistrationTable
    list_display = ["name", serial_code, "city", "contact_name", "entered_at", "entered_by"]
    list_select_related = ["serial"]
    search_fields = ["=serial__code", "name"]
    serials = "serial"


@admin.register(UnlockCode)
class UnlockCodeAdmin(ReadingDesk):
    export_table = resources.UnlockCodeTable
    list_display = ["shown_code", serial_code, "sequence", "occasion", "issued_at", "issued_by"]
    list_filter = ["occasion"]
    list_select_related = ["serial"]
    search_fields = ["=code", "=serial__code"]
    serials = "serial"

    @admin.display(description=_("unlock code"), ordering="code")
    def shown_code(self, code: UnlockCode) -> SafeString:
        return format_html('<span class="code">{}</span>', grouped(code.code))


# --- Re-licensing ------------------------------------------------------------------------------------


class CheckInline(ReadingInline):
    model = ChecklistCheck
    fields = ["number", "release_code_unavailable", "checked_by", "checked_at"]
    show_change_link = True


@admin.register(Relicensing)
class RelicensingAdmin(ReadingDesk):
    export_table = resources.RelicensingTable
    list_display = ["id", "serial_code", "purpose", "outcome", "opened_by", "opened_at", "closed_at"]
    list_filter = ["outcome", "purpose"]
    list_select_related = ["serial"]
    search_fields = ["=serial__code", "=opened_by"]
    inlines = [CheckInline]

    @admin.display(description=_("serial number"), ordering="serial__code")
    def serial_code(self, request_: Relicensing) -> str:
        return grouped(request_.serial.code) if request_.serial else "–"


class CheckedItemInline(ReadingInline):
    model = CheckedItem
    fields = ["item", "said", "on_record", "verdict", "reason"]

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> Any:
        withheld = {column.attribute for column in resources.CheckedItemTable(request.user).withheld}
        return [name for name in super().get_fields(request, obj) if name not in withheld]


@admin.register(ChecklistCheck)
class ChecklistCheckAdmin(ReadingDesk):
    export_table = resources.ChecklistCheckTable
    list_display = ["request", "number", "checked_by", "checked_at"]
    list_select_related = ["request"]
    inlines = [CheckedItemInline]


@admin.register(CheckedItem)
class CheckedItemAdmin(ReadingDesk):
    export_table = resources.CheckedItemTable
    list_display = ["checklist", "item", "verdict", "reason"]
    list_filter = ["verdict", "item"]
    list_select_related = ["checklist"]


@admin.register(ItemResolution)
class ItemResolutionAdmin(ReadingDesk):
    export_table = resources.ItemResolutionTable
    list_display = ["checked_item", "kind", "reason", "resolved_by", "resolved_at"]
    list_filter = ["kind"]
    list_select_related = ["checked_item"]


@admin.register(ReleaseCodeUse)
class ReleaseCodeUseAdmin(ReadingDesk):
    export_table = resources.ReleaseCodeUseTable
    list_display = ["installation", "request", "used_at"]
    list_select_related = ["installation", "request"]


@admin.register(Event)
class EventAdmin(ReadingDesk):
    import_export_change_list_template = "admin/licences/event_list.html"
    export_table = resources.EventTable
    list_display = ["at", "kind", "shown_serial", "actor"]
    list_filter = ["kind"]
    search_fields = ["=serial", "=actor"]
    indexed = ("at",)
    codes = {SERIAL_LENGTH: "serial", AS_IT_IS: "actor"}
    fields = [
        "at",
        "kind",
        "actor",
        "shown_serial",
        "customer",
        "details",
        "personal",
        "hash",
        "previous_hash",
    ]
    readonly_fields = ["shown_serial", "hash", "previous_hash"]

    @admin.display(description=_("serial number"), ordering="serial")
    def shown_serial(self, event: Event) -> str:
        return grouped(event.serial) if event.serial else "–"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Event]:
        return super().get_queryset(request).select_related("customer")
