"""A purchase import as everyone writes it with django-import-export: for comparison, and for nothing else."""

from pathlib import Path
from typing import Any

import tablib
from django.db.models import F
from import_export.fields import Field
from import_export.resources import ModelResource
from import_export.widgets import DateWidget, ForeignKeyWidget

from customers.models import Customer, Site
from licences.domain.codes import new_serial
from licences.domain.purchase_lines import parse, site_key
from licences.models import Balance, LicenceGrant, Product, Serial


class StockGrants(ModelResource):
    product = Field(column_name="product", attribute="product", widget=ForeignKeyWidget(Product, "sku"))
    serial = Field(column_name="serial", attribute="serial", widget=ForeignKeyWidget(Serial, "code"))
    purchased_on = Field(column_name="purchased_on", attribute="purchased_on", widget=DateWidget())
    software_assurance_until = Field(
        column_name="software_assurance_until", attribute="software_assurance_until", widget=DateWidget()
    )

    class Meta:
        model = LicenceGrant
        import_id_fields = ("purchase_reference", "line")
        fields = (
            "purchase_reference", "line", "purchased_on", "serial", "product", "quantity", "software_assurance_until",
            "row_digest", "column_checks", "allocation_key",
        )  # fmt: skip

    def before_import_row(self, row: dict[str, Any], **kwargs: Any) -> None:
        line: Any = parse({name: str(value or "") for name, value in row.items()})
        named = {"number": line.customer_number} if line.customer_number else {"match_key": line.customer_key()}
        details = {"name": line.customer_name, "address_line1": line.address_line1, "postcode": line.postcode}
        customer, _new = Customer.objects.get_or_create(**named, defaults=details)
        site, _new = Site.objects.get_or_create(
            customer=customer, name_key=site_key(line.site_name), defaults={"name": line.site_name}
        )
        serial, _new = Serial.objects.get_or_create(site=site, defaults={"code": line.serial or new_serial()})
        row |= {
            "serial": serial.code,
            "row_digest": line.row_digest(),
            "column_checks": line.column_checks(),
            "allocation_key": line.allocation_key(),
        }

    def after_save_instance(self, instance: LicenceGrant, row: Any, **kwargs: Any) -> None:
        held = {"serial": instance.serial, "product": instance.product}
        Balance.objects.get_or_create(**held, defaults={"quantity": 0})
        Balance.objects.filter(**held).update(quantity=F("quantity") + instance.quantity)


def run_stock(path: Path) -> None:
    dataset = tablib.Dataset().load(path.read_text(encoding="utf-8"), format="csv")
    result = StockGrants().import_data(dataset, dry_run=False, use_transactions=True, raise_errors=True)
    if result.totals["new"] != len(dataset):
        raise RuntimeError(f"the stock import recorded {result.totals} of {len(dataset)} rows")
