"""The product catalogue in the administration, edited and imported by administrators, and its export."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import PositiveSmallIntegerField
from django.http import HttpRequest
from django.utils.translation import gettext as _

from licences import operations
from licences.administration.exporting import ExportAdminMixin
from licences.administration.resources import ExportTable
from licences.administration.shown_facts import ShownFactsForm
from licences.administration.tables.importing import ImportAdminMixin
from licences.administration.tables.products import ProductImport
from licences.domain.codes import MAX_SLOT
from licences.forms.fields import WholeNumberField
from licences.models import (
    Product,
)


class ProductForm(ShownFactsForm):
    """A product. A slot that is taken is named with the product that has it, and with those that are free."""

    def clean_slot(self) -> int:
        slot: int = self.cleaned_data["slot"]
        if taken := Product.objects.exclude(pk=self.instance.pk).filter(slot=slot).first():
            about = {"slot": slot, "product": taken.name, "free": free_slots_text()}
            raise ValidationError(
                _("Slot %(slot)s is taken by %(product)s; free: %(free)s.") % about, code="slot-taken"
            )
        return slot


def free_slots_text() -> str:
    """The slots that no product has, as ranges: "7, 12 to 31"."""
    taken = set(Product.objects.values_list("slot", flat=True))
    free = [slot for slot in range(1, MAX_SLOT + 1) if slot not in taken]
    ranges: list[list[int]] = []
    for slot in free:
        if ranges and ranges[-1][-1] == slot - 1:
            ranges[-1].append(slot)
        else:
            ranges.append([slot])
    return ", ".join(_range_text(each) for each in ranges) or str(_("none"))


def _range_text(slots: list[int]) -> str:
    if len(slots) == 1:
        return str(slots[0])
    return _("%(first)s to %(last)s") % {"first": slots[0], "last": slots[-1]}


class ProductTable(ExportTable):
    class Meta:
        model = Product
        export_order = ("sku", "name", "slot")


@admin.register(Product)
class ProductAdmin(ImportAdminMixin, ExportAdminMixin, admin.ModelAdmin):
    """Products may be added and renamed. SKU and slot are fixed, since unlock codes contain the slot."""

    form = ProductForm
    formfield_overrides = {PositiveSmallIntegerField: {"form_class": WholeNumberField}}
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
