"""Customers and sites in the administration, and their exports."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from customers import history
from customers.models import Customer, Site
from licences.administration.read_only import ReadOnlyAdmin
from licences.administration.resources import SEE_SERIALS, Column, ContactTable, ExportTable


class CustomerTable(ContactTable):
    created_at = Column()

    class Meta:
        model = Customer
        export_order = ("number", "name")


class SiteTable(ExportTable):
    customer_number = Column("customer__number")
    customer = Column("customer__name", _("customer"))
    name = Column()
    serial = Column("serial__code", needs=SEE_SERIALS, is_code=True)
    created_at = Column()

    class Meta:
        model = Site


class FieldHistoryAdmin(ReadOnlyAdmin):
    """Shows the field history of a record, since Django's own would show changes made in the admin alone."""

    object_history_template = "admin/customers/changes.html"

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """The field history of the record's customer; it needs a permission of its own."""
        if not request.user.has_perm("customers.view_historicalcustomer"):
            raise PermissionDenied
        row = self.get_object(request, unquote(object_id))
        customer = getattr(row, "customer", row)
        changes = history.changes_of(customer) if customer else []
        return super().history_view(request, object_id, {"changes": changes, **(extra_context or {})})


@admin.register(Customer)
class CustomerAdmin(FieldHistoryAdmin):
    export_table = CustomerTable
    list_display = ["name", "number", "postcode", "city", "country"]
    list_filter = ["country"]
    search_fields = ["=number", "name_search"]
    serial_path = "sites__serial"
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
        return format_html('<a href="{}">{}</a>', reverse("customer", args=[customer.pk]), _("Sites of this customer"))


@admin.register(Site)
class SiteAdmin(FieldHistoryAdmin):
    export_table = SiteTable
    list_display = ["customer", "name", "created_at"]
    list_select_related = ["customer"]
    search_fields = ["name_key", "customer__name_search"]
    serial_path = "serial"
    fields = ["customer", "name", "created_at"]
