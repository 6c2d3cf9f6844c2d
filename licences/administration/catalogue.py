"""The product catalogue in the administration, edited and imported by administrators, and its export."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from licences import operations
from licences.administration.exporting import ExportAdminMixin
from licences.administration.resources import Column, ExportTable
from licences.administration.shown_facts import ShownFactsForm
from licences.administration.tables.importing import ImportAdminMixin
from licences.administration.tables.products import ProductImport
from licences.models import (
    Product,
)


class ProductTable(ExportTable):
    sku = Column()
    name = Column()
    slot = Column()

    class Meta:
        model = Product


@admin.register(Product)
class ProductAdmin(ImportAdminMixin, ExportAdminMixin, admin.ModelAdmin):
    """Products may be added and renamed. SKU and slot are fixed, since unlock codes contain the slot."""

    form = ShownFactsForm
    import_export_change_list_template = "admin/import_export/change_list_import_export.html"
    export_table = ProductTable
    import_table = ProductImport
    list_display = ["sku", "name", "slot"]
    search_fields = ["sku", "name"]

    def get_readonly_fields(self, request: HttpRequest, obj: Product | None = None) -> list[str]:
        """SKU and slot, once the product exists."""
        return ["sku", "slot"] if obj else []

    def has_delete_permission(self, request: HttpRequest, obj: Product | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Product, form: Any, change: bool) -> None:
        operations.save_product(obj, by=request.user.get_username())
