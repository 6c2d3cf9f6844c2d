"""Pairs of a row and a record side by side: for the page of an import, and as a file. Nothing here writes.

The rules are docs/decisions.md#who-is-this-customer and docs/decisions.md#a-key-typed-otherwise.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from customers.contact import CONTACT_COLUMNS
from customers.models import Customer
from licences.domain.batches import batched
from licences.imports.rows.purchase_lines import COLUMNS
from licences.models import FileImport, LicenceGrant, RecordPair, RejectedRow, StagedPurchase, row_id

_CUSTOMER = ("customer_number", "customer_name", *CONTACT_COLUMNS)
_PURCHASE = ("purchase_reference", "line", "product", "quantity", "purchased_on", "customer_number", "customer_name")
_CUSTOMER_FIELDS = {"customer_number": "number", "customer_name": "name"}
_CHUNK = 500
Texts = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ComparedField:
    """A field of both records; a text is empty where its record says nothing."""

    column: str
    label: str | Promise
    in_file: str
    on_record: str

    @property
    def differs(self) -> bool:
        """Whether both texts are there, and differ."""
        return bool(self.in_file and self.on_record and self.in_file != self.on_record)


@dataclass(frozen=True, slots=True)
class PairDetails:
    """A pair with both records side by side.

    ``row`` is a row number, and ``other_row`` that of the row of the same file that it is compared with, or None.
    ``customer`` is None for a purchase, and for a row.
    """

    pair: str
    kind: str
    decision: str
    row: int
    rows: int
    customer: Customer | None
    other_row: int | None
    fields: list[ComparedField]


def counts_of_pairs(file_import: FileImport) -> dict[str, int]:
    """Return kind → number of pairs of an import, decided or not."""
    counted = file_import.pairs.order_by().values("kind").annotate(pairs=Count("pk"))
    return dict(counted.values_list("kind", "pairs"))


def undecided_pairs(file_import: FileImport) -> dict[str, int]:
    """Return kind → number of pairs of an import that nobody has decided; kinds without such pairs are left out."""
    undecided = file_import.pairs.order_by().filter(decision="").values("kind").annotate(pairs=Count("pk"))
    return dict(undecided.values_list("kind", "pairs"))


def pair_details(file_import: FileImport, pairs: Iterable[RecordPair]) -> list[PairDetails]:
    """Show each pair, a row of the file and the record that it may mean, side by side, field by field.

    ``pairs`` are those of the import. Pairs whose rows are deleted are left out.
    """
    listed = list(pairs)
    others = {each.pk: _other_row(each) for each in listed}
    rows = _texts_of_rows({*(each.row_id for each in listed), *filter(None, others.values())})
    customers = Customer.objects.in_bulk({each.customer_id for each in listed if each.customer_id})
    return [
        _details(each, rows[each.row_id], _known(each, customers, rows, file_import))
        for each in listed
        if each.row_id in rows
    ]


def _other_row(each: RecordPair) -> int | None:
    """The key of the row of the same file that a row is compared with, None where it is not compared with a row."""
    return None if each.other_row_number is None else row_id(each.file_import_id, each.other_row_number)


def _known(
    each: RecordPair, customers: Mapping[int, Customer], rows: Mapping[int, Texts], file_import: FileImport
) -> tuple[Customer | None, Texts]:
    """The customer on record that a row is compared with, if it is one, and the texts of what it is compared with.

    ``customers`` and ``rows`` are those of all pairs, by their keys. Once a row is imported, its customer counts.
    """
    other = _other_row(each)
    if other is None:
        customer = customers.get(each.customer_id or 0)
        texts = _purchase_texts(each, rows[each.row_id], file_import) if customer is None else _customer_texts(customer)
        return customer, texts
    if other in rows:
        return None, rows[other]
    grant = LicenceGrant.objects.filter(file_import=file_import, file_row=each.other_row_number)
    imported = grant.select_related("serial__site__customer").first()
    return None, {} if imported is None else _customer_texts(imported.serial.site.customer)


def _details(each: RecordPair, row: Texts, known: tuple[Customer | None, Texts]) -> PairDetails:
    """A pair with its row and the other record side by side, without fields that are empty in both.

    ``known``: the customer to compare with, None for a row or purchase line, and the texts to compare with.
    """
    columns = _PURCHASE if each.kind == RecordPair.Kind.REFERENCE else _CUSTOMER
    customer, texts = known
    fields = [
        ComparedField(column, _LABELS.get(column, column), row[column], texts.get(column, ""))
        for column in columns
        if row[column] or texts.get(column)
    ]
    return PairDetails(
        each.pair, each.kind, each.decision, each.row_number, each.row_count, customer, each.other_row_number, fields
    )


def _texts_of_rows(ids: set[int]) -> dict[int, Texts]:
    """Row key → column → text, of staged rows, or of rejected rows where the staged ones are deleted."""
    texts: dict[int, Texts] = {
        each.pk: dict(zip(COLUMNS, each.cells, strict=False)) for each in RejectedRow.objects.filter(pk__in=ids)
    }
    for staged in StagedPurchase.objects.filter(pk__in=ids):
        texts[staged.pk] = _texts(staged)
    return texts


def _texts(row: StagedPurchase) -> Texts:
    """Column → text of a staged row."""
    return {column: _text(getattr(row, column)) for column in COLUMNS}


def _text(value: Any) -> str:
    """A value as a text, empty for None."""
    return "" if value is None else str(value)


def _customer_texts(customer: Customer) -> Texts:
    """Column of a purchase file → text, of a customer on record."""
    return {column: getattr(customer, _CUSTOMER_FIELDS.get(column, column)) for column in _CUSTOMER}


def _purchase_texts(each: RecordPair, row: Texts, file_import: FileImport) -> Texts:
    """Column → text of the purchase line that a row may mean: on record, or in another row of the file.

    ``each`` is the pair, ``row`` the texts of the row, whose line number the other one has.
    """
    line = {"purchase_reference": each.reference, "line": int(row["line"])}
    grant = LicenceGrant.objects.filter(**line).select_related("product", "serial__site__customer").first()
    if grant is None:
        other = StagedPurchase.objects.filter(pk__range=file_import.row_ids, **line).first()
        return {"purchase_reference": each.reference} if other is None else _texts(other)
    customer = grant.serial.site.customer
    return {
        "purchase_reference": each.reference,
        "line": str(grant.line),
        "product": grant.product.sku,
        "quantity": str(grant.quantity),
        "purchased_on": _text(grant.purchased_on),
        "customer_number": customer.number,
        "customer_name": customer.name,
    }


_LABELS: dict[str, str | Promise] = {
    "customer_number": _("Customer number"),
    "customer_name": _("Name"),
    "purchase_reference": _("Purchase reference"),
    "line": _("Line"),
    "product": _("Product"),
    "quantity": _("Quantity"),
    "purchased_on": _("Purchased"),
    **{field.name: field.verbose_name for field in Customer._meta.fields if field.name in CONTACT_COLUMNS},
}

# --- As a file ---------------------------------------------------------------------------------------

_FILED = tuple(dict.fromkeys((*_PURCHASE, *_CUSTOMER)))
PAIR_COLUMNS = (
    "decision", "pair", "kind", "row", "rows", "other_row", *(f"file_{name}" for name in _FILED),
    *(f"record_{name}" for name in _FILED),
)  # fmt: skip


def pair_table(file_import: FileImport) -> tuple[list[str], Iterator[list[str]]]:
    """Columns and rows of a file of the pairs, one line each: ``same`` or ``another`` goes into its first column."""
    return list(PAIR_COLUMNS), _filed(file_import)


def _filed(file_import: FileImport) -> Iterator[list[str]]:
    """The rows of the file of pairs, with the columns ``PAIR_COLUMNS``, in the order of the import's file.

    Read in chunks.
    """
    pairs = file_import.pairs.order_by("row_id", "pk").iterator(chunk_size=_CHUNK)
    for chunk in batched(pairs, _CHUNK):
        for each in pair_details(file_import, chunk):
            ours = {field.column: field.in_file for field in each.fields}
            known = {field.column: field.on_record for field in each.fields}
            texts = [*(ours.get(name, "") for name in _FILED), *(known.get(name, "") for name in _FILED)]
            numbers = (str(each.row), str(each.rows), str(each.other_row or ""))
            yield [each.decision, each.pair, each.kind, *numbers, *texts]
