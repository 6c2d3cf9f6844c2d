"""A purchase import as it is usually written with django-import-export; only for comparison."""

from pathlib import Path
from typing import Any

import tablib
from django.db.models import F
from import_export.fields import Field
from import_export.resources import ModelResource
from import_export.widgets import DateWidget, ForeignKeyWidget

from customers.models import Customer, Site
from licences.domain.codes import new_serial
from licences.domain.customer_keys import site_key
from licences.models import Balance, LicenceGrant, Product, Serial
from tests.imports.rows.lines import allocation_key, column_checks, keys_of, parse


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
        named = {"number": line.customer_number} if line.customer_number else {"match_key": keys_of(line).customer_key}
        details = {"name": line.customer_name, "address_line1": line.address_line1, "postcode": line.postcode}
        customer, _new = Customer.objects.get_or_create(**named, defaults=details)
        site, _new = Site.objects.get_or_create(
            customer=customer, name_key=site_key(line.site_name), defaults={"name": line.site_name}
        )
        serial, _new = Serial.objects.get_or_create(site=site, defaults={"code": line.serial or new_serial()})
        row |= {
            "serial": serial.code,
            "row_digest": line.row_digest(),
            "column_checks": column_checks(line),
            "allocation_key": allocation_key(line),
        }

    def after_save_instance(self, instance: LicenceGrant, row: Any, **kwargs: Any) -> None:
        key = {"serial": instance.serial, "product": instance.product}
        Balance.objects.get_or_create(**key, defaults={"quantity": 0})
        Balance.objects.filter(**key).update(quantity=F("quantity") + instance.quantity)


def run_stock(path: Path) -> None:
    dataset = tablib.Dataset().load(path.read_text(encoding="utf-8"), format="csv")
    result = StockGrants().import_data(dataset, dry_run=False, use_transactions=True, raise_errors=True)
    if result.totals["new"] != len(dataset):
        raise RuntimeError(f"the stock import recorded {result.totals} of {len(dataset)} rows")
