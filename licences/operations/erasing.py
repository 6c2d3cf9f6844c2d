"""Erasing a customer's personal data: names, addresses and numbers go; licences, codes and proof stay.

It is the one change that append-only rows permit, column by column (decisions.md 1 and 16), and is an event itself.
``licences.personal.inventory`` says which columns it has to reach.
"""

from dataclasses import dataclass

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from customers import history
from customers.models import ContactDetails, Customer, Site
from licences import licence_files
from licences.append_only import Purpose, door
from licences.domain.checklist import Item
from licences.domain.decisions import given_reason
from licences.domain.errors import Refusal
from licences.domain.matching import Likeness, compare_names, fold_name
from licences.domain.search_words import Searchable
from licences.licence_files import Ed25519PrivateKey
from licences.models import (
    CheckedItem,
    Event,
    FileImport,
    LicenceFile,
    Registration,
    RejectedRow,
    StagedInstallation,
    StagedPurchase,
)
from licences.operations import search
from licences.operations.events import record_event
from licences.operations.locks import lock_customer, lock_purchases_or_refuse, lock_serials
from licences.personal.holdings import ABOUT_THE_CUSTOMER, Holdings
from licences.personal.mentions import files_mentioning, rejected_rows_naming

_OF_IMPORTS = (Event.Kind.PURCHASES_RECORDED, Event.Kind.INSTALLATIONS_TAKEN_OVER)
_CONTACT = tuple(field.name for field in ContactDetails._meta.fields)


@dataclass(frozen=True, slots=True)
class Erased:
    """The customer as it is called now, and how much was erased of it."""

    customer: Customer
    counts: dict[str, int]


@transaction.atomic
def erase_customer(*, customer_id: int, reason: str, by: str) -> Erased:
    """Erase what is personal about a customer, wherever it is kept; everything or nothing.

    Uploaded files that name it are deleted when that is certain. ``Refusal``: ``reason-missing``, ``customer-merged``
    (erase the one that it was merged into), ``customer-erased``, ``import-names-customer``, ``purchases-busy``.
    """
    reason = given_reason(reason)
    customer = lock_customer(customer_id)
    if customer.merged_into_id is not None:
        raise Refusal("customer-merged")
    if customer.erased_at is not None:
        raise Refusal("customer-erased")
    lock_purchases_or_refuse()  # an import may be about to buy for it
    held = Holdings(customer)
    lock_serials([serial.pk for serial in held.serials])
    _refuse_waiting_imports(held)
    counts = _erase(held, reason=reason, by=by)
    events = _events(held) + _forget_file_names(held.values)
    details = {"customers": sorted(held.ids), "events": events, **counts, "reason": reason}
    _erase_events(events)
    record_event(Event.Kind.CUSTOMER_ERASED, by=by, customer=customer, details=details)
    customer.refresh_from_db()
    return Erased(customer, {**counts, "events": len(events)})


def _erase(held: Holdings, *, reason: str, by: str) -> dict[str, int]:
    """All but the events; how many rows of each kind. What is looked for is read before it is gone."""
    values = held.values
    parties = [Searchable(each.name, each.contact_name, each.city) for each in held.customers]
    parties += [Searchable(each.name, each.contact_name, each.city) for each in held.registrations]
    rejected = rejected_rows_naming(values).values_list("pk", flat=True)
    counts = {
        "files": _drop_files(values),
        "rejected_rows": _delete_rejected(list(rejected)),
        "licence_files": _sign_without_name(held.licence_files),
        "checked_items": _erase_checks(held.checked_items, values),
    }
    counts["registrations"] = _erase_registrations(held.registrations)
    _erase_records(held, reason=reason, by=by)
    search.refresh([serial.pk for serial in held.serials])
    search.forget_words(word for party in parties for word in party.names())
    return counts


# --- Customers and sites -----------------------------------------------------------------------------


def _erase_records(held: Holdings, *, reason: str, by: str) -> None:
    """The records as they are, then how they ever read: that there was a change stays, what it said goes."""
    why = {"by": by, "source": "erasure", "reason": reason}
    site_ids = list(held.sites.values_list("pk", flat=True))
    with history.recorded(Site, site_ids, **why), history.recorded(Customer, held.ids, **why):
        for customer in held.customers:
            _blank(customer).save()
        Site.objects.filter(pk__in=site_ids).update(name="", name_key="")
    held.past_customers.update(name="", number="", **dict.fromkeys(_CONTACT, ""))
    held.past_sites.update(name="")


def _blank(customer: Customer) -> Customer:
    """A record that nothing is found by and no purchase means; a customer has to be called something."""
    for name in _CONTACT:
        setattr(customer, name, "")
    customer.number, customer.name = "", f"[{customer.pk}]"
    customer.name_search, customer.match_key = fold_name(customer.name), f"erased {customer.pk}"
    customer.erased_at = timezone.now()
    return customer


# --- Append-only rows, through the door ----------------------------------------------------------------


def _erase_registrations(registrations: list[Registration]) -> int:
    with door(connection, Purpose.ERASE_PERSONAL_COLUMNS):
        rows = Registration.objects.filter(pk__in=[each.pk for each in registrations])
        return rows.update(name="", **dict.fromkeys(_CONTACT, ""))


def _erase_checks(items: list[CheckedItem], values: list[str]) -> int:
    """What was said of name and address and what it was compared with; of other items only what names the customer."""
    naming = [
        each.pk
        for each in items
        if each.item in ABOUT_THE_CUSTOMER or any(value in f"{each.said} {each.on_record}" for value in values)
    ]
    naming += _said_of_no_serial(values)
    with door(connection, Purpose.ERASE_PERSONAL_COLUMNS):
        return CheckedItem.objects.filter(pk__in=naming).update(said="", on_record="", parameters={})


def _said_of_no_serial(values: list[str]) -> list[int]:
    """Items of calls in which no serial number was recognised, but the customer named itself, well or badly."""
    unknown = CheckedItem.objects.filter(checklist__request__serial=None)
    said = unknown.filter(item=Item.CUSTOMER_NAME).exclude(said="").values_list("checklist", "said")
    named = [checklist for checklist, name in said.iterator() if _is_like_one_of(name, values)]
    return list(unknown.filter(checklist__in=named, item__in=ABOUT_THE_CUSTOMER).values_list("pk", flat=True))


def _is_like_one_of(said: str, values: list[str]) -> bool:
    return any(compare_names(said, value).likeness is not Likeness.DIFFERENT for value in values)


def _sign_without_name(files: list[LicenceFile]) -> int:
    """The same statement, signed anew without the customer's name; who has the old file may go on using it."""
    with door(connection, Purpose.ERASE_PERSONAL_COLUMNS):
        for file in files:
            claims = licence_files.verified(file.text)
            if claims is None:  # signed by a key that is gone: what it says cannot be signed again
                LicenceFile.objects.filter(pk=file.pk).update(text="")
                continue
            key_id = _usable(file.key_id)
            text = licence_files.sign({**claims, "customer": ""}, key_id=key_id)
            LicenceFile.objects.filter(pk=file.pk).update(text=text, key_id=key_id)
    return len(files)


def _usable(key_id: str) -> str:
    """The key that signed it, where its private half is still here; else the one that signs now."""
    held = isinstance(settings.LICENCE_KEYS.get(key_id), Ed25519PrivateKey)
    return key_id if held else licence_files.signing_key_id()


def _events(held: Holdings) -> list[int]:
    return list(held.events.exclude(personal={}).values_list("pk", flat=True))


def _erase_events(events: list[int]) -> None:
    with door(connection, Purpose.ERASE_PERSONAL_COLUMNS):
        Event.objects.filter(pk__in=events).update(personal={})


# --- Files -------------------------------------------------------------------------------------------


def _refuse_waiting_imports(held: Holdings) -> None:
    """An import that goes on would bring back what was erased."""
    going_on = FileImport.objects.exclude(state__in=FileImport.ENDED)
    for file_import in going_on:
        rows = Q(pk__range=file_import.row_ids)
        staged = StagedPurchase.objects.filter(
            rows & (Q(customer_name__in=held.values) | Q(customer_number__in=held.values))
        )
        named = rows & (Q(name__in=held.values) | Q(serial__in=[each.code for each in held.serials]))
        if staged.exists() or StagedInstallation.objects.filter(named).exists():
            raise Refusal("import-names-customer", file=file_import.file_name or str(file_import.pk))
    for file_import in files_mentioning(held.values, going_on):
        raise Refusal("import-names-customer", file=file_import.file_name or str(file_import.pk))


def _drop_files(values: list[str]) -> int:
    """Forget the uploaded files that name the customer, and delete them once that is certain."""
    ended = FileImport.objects.filter(state__in=FileImport.ENDED).exclude(upload="").order_by("pk")
    naming = list(files_mentioning(values, ended))
    for file_import in naming:
        storage, name = file_import.upload.storage, file_import.upload.name
        FileImport.objects.filter(pk=file_import.pk).update(upload="")
        transaction.on_commit(lambda storage=storage, name=name: storage.delete(name))  # type: ignore[misc]
    return len(naming)


def _forget_file_names(values: list[str]) -> list[int]:
    """Files that somebody named after the customer lose their name; the events that tell of their imports."""
    naming = [pk for pk, name in FileImport.objects.values_list("pk", "file_name") if any(v in name for v in values)]
    FileImport.objects.filter(pk__in=naming).update(file_name="")
    told = Event.objects.filter(kind__in=_OF_IMPORTS, details__import__in=naming).exclude(personal={})
    return list(told.values_list("pk", flat=True))


def _delete_rejected(ids: list[int]) -> int:
    return RejectedRow.objects.filter(pk__in=ids).delete()[0]
