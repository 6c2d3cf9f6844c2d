"""The import table of the product catalogue."""

from collections.abc import Iterator, Mapping

from django.utils.translation import gettext_lazy

from licences import operations
from licences.administration.tables.import_table import ImportColumn, ImportTable, TextCell, WholeNumberCell
from licences.models import Product
from licences.wording.sentences import sentence


class ProductImport(ImportTable):
    sku = ImportColumn(
        TextCell(64, code=True),
        help=gettext_lazy("Identifies the product; upper and lower case do not matter."),
        is_name=True,
    )
    name = ImportColumn(TextCell(200), is_name=True)
    slot = ImportColumn(
        WholeNumberCell(1, 31),
        help=gettext_lazy("A number from 1 to 31, each used only once. It cannot be changed later."),
    )

    class Meta:
        model = Product
        fields = ("sku", "name", "slot")
        import_id_fields = ("sku",)

    @classmethod
    def record(cls, accepted: list[Product], *, by: str, source: Mapping[str, str]) -> None:
        operations.save_products(accepted, by=by, source=source)

    def check(self, instance: Product, original: Product | None) -> Iterator[tuple[str, str]]:
        if original and original.slot != instance.slot:
            yield "slot", sentence("slot-stays", {"slot": original.slot})
