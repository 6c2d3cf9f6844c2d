"""Facts of the entries of a case file: pairs of label and value, as text in the active language.

Their order and their English text are part of the digest of a case file.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.contact import CONTACT_COLUMNS
from licences.domain.chain import NONCE
from licences.domain.codes import grouped
from licences.models import Approval, Event, LicenceGrant, QualityMark, Registration, Relicensing, Serial, UnlockCode
from licences.personal.subject_access import TITLES
from licences.proof.case_files import supervision
from licences.proof.case_files.call_notes import CALLER_LABELS
from licences.proof.case_files.supervision import Facts
from licences.wording.checklist import ITEM_NAMES, VERDICT_NAMES

# Details of events in the order of display: PostgreSQL keeps no order of keys in JSON.
LABELS: dict[str, Promise] = {
    "customer": gettext_lazy("Customer"),
    "registered_name": gettext_lazy("Registered as"),
    "previous_customer": gettext_lazy("Previous customer"),
    "merged_customer": gettext_lazy("Merged customer"),
    "request": gettext_lazy("Re-licensing request"),
    "check": gettext_lazy("Check no."),
    "purpose": gettext_lazy("Purpose"),
    "site_id": gettext_lazy("Site ID"),
    "earlier_site_id": gettext_lazy("Site ID of the earlier PC"),
    "server_version": gettext_lazy("Xchange Server version"),
    "client_version": gettext_lazy("Client software version"),
    "sequence": gettext_lazy("Unlock code no."),
    "expires_on": gettext_lazy("Valid until"),
    "items": gettext_lazy("Items"),
    "agreed": gettext_lazy("Waiting for a second supervisor"),
    "reason": gettext_lazy("Reason"),
    "count": gettext_lazy("Count"),
    "wrong_codes": gettext_lazy("Wrong release codes in 24 hours"),
    "verdicts": gettext_lazy("Results in the log"),
    "proved": gettext_lazy("Confirmed by its release code"),
    "repeated": gettext_lazy("The same code again"),
    "claim": gettext_lazy("Reason for refusal"),
    "fields": gettext_lazy("Fields"),
    "columns": gettext_lazy("Fields"),
    "sites": gettext_lazy("Sites moved"),
    "emptied": gettext_lazy("Emptied"),
    "name": gettext_lazy("Name"),
    "number": gettext_lazy("Customer number"),
    "address_line1": gettext_lazy("Address"),
    "address_line2": gettext_lazy("Address, second line"),
    "postcode": gettext_lazy("Postcode"),
    "city": gettext_lazy("Town"),
    "country": gettext_lazy("Country"),
    "contact_name": gettext_lazy("Contact"),
    "contact_phone": gettext_lazy("Telephone"),
    "contact_email": gettext_lazy("E-mail"),
    "address": gettext_lazy("E-mail"),
    **CALLER_LABELS,
    "quality_list": gettext_lazy("List"),
    "did": gettext_lazy("What"),
    "snoozed_until": gettext_lazy("Snoozed until"),
    "assigned_to": gettext_lazy("Assigned to"),
}
_ORDER = {name: position for position, name in enumerate(LABELS)}
# Not shown: keys of other rows, which the entry itself describes, and digests, which are for ``verify_log``.
_KEYS = {
    "kept",
    "merged",
    "previous",
    "registration",
    "import",
    "events",
    "customers",
    "emergency",
    "made",
    "delivery",
    "note",
    "act",
    "entries",
}
_CHOICES: dict[str, dict[Any, Any]] = {
    "purpose": dict(Relicensing.Purpose.choices),
    "did": {**dict(QualityMark.Act.choices), "undo": gettext_lazy("undone")},
}


def _day(value: date | None) -> str:
    return date_format(value, "DATE_FORMAT") if value else "–"


def label_of(name: str) -> str:
    return str(LABELS.get(name, name))


# --- What an event says ------------------------------------------------------------------------------


def event_facts(event: Event) -> Facts:
    """The details of an event, the names that it copied (unless erased), and what supervisors had to do with it."""
    details = [(name, value) for name, value in event.details.items() if name not in _KEYS and value not in ("", None)]
    names = [(name, value) for name, value in event.personal.items() if name != NONCE]
    ordered = sorted([*names, *details], key=lambda each: _ORDER.get(each[0], len(_ORDER)))
    facts = [(label_of(name), value_in_words(name, value)) for name, value in ordered]
    facts += supervision.settlement_facts(event) + supervision.release_facts(event)
    return facts + supervision.approval_facts(event)


def value_in_words(name: str, value: Any) -> str:
    if name in ("site_id", "earlier_site_id"):
        return grouped(value)
    if name == "expires_on":
        return _day(date.fromisoformat(value))
    if name in _CHOICES:
        return str(_CHOICES[name].get(value, value))
    if name in ("items", "agreed"):
        names = {**dict(Approval.Subject.choices), **ITEM_NAMES}
        return ", ".join(str(names.get(item, item)) for item in value)
    if name == "verdicts":
        shown = {
            str(ITEM_NAMES.get(item, item)): str(VERDICT_NAMES.get(verdict, verdict)) for item, verdict in value.items()
        }
        return verdicts_fact(shown)[1]
    if name == "counted":
        return supervision.counts_in_words(value)
    if name in ("fields", "columns"):
        return ", ".join(label_of(field) for field in value)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, dict):
        return _mapping_value(name, value)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _mapping_value(name: str, value: dict[str, Any]) -> str:
    if name == "emptied":
        return ", ".join(f"{TITLES.get(table, table)}: {count}" for table, count in sorted(value.items()))
    if set(value) == {"before", "after"}:
        return _("“%(before)s”, now “%(after)s”") % value
    return json.dumps(value, ensure_ascii=False)


def verdicts_fact(shown: dict[str, str]) -> tuple[str, str]:
    """The fact about an event's verdicts. ``shown``: verdicts by item, both as labels."""
    texts = (f"{item}: {verdict}" for item, verdict in sorted(shown.items()))
    return label_of("verdicts"), ", ".join(texts)


# --- Records written with an event -------------------------------------------------------------------


def registration_facts(registration: Registration) -> Facts:
    """The details of a registration as they were entered, word for word."""
    entered = [(label_of(name), getattr(registration, name)) for name in ("name", *CONTACT_COLUMNS)]
    facts = [(_("As entered: %(field)s") % {"field": label}, value) for label, value in entered if value]
    facts.append((label_of("site_id"), grouped(registration.installation.site_id)))
    return [*facts, (label_of("reason"), registration.reason)] if registration.reason else facts


def code_facts(code: UnlockCode, product_names: Mapping[int, str]) -> Facts:
    """An unlock code, what it says, and its licence file with its SHA-256. ``product_names`` are by slot."""
    lines = ", ".join(f"{line['quantity']} × {product_names.get(line['slot'], line['product'])}" for line in code.lines)
    facts = [
        (_("Unlock code"), grouped(code.code)),
        (_("Made for"), str(code.get_occasion_display())),
        (label_of("site_id"), grouped(code.installation.site_id)),
        (_("Licences"), lines),
        (_("Software Assurance until"), _day(code.last_day_covered())),
    ]
    if code.expires_on:
        facts.append((_("Valid until"), _day(code.expires_on)))
    file = getattr(code, "licence_file", None)
    if file is not None:
        digest = hashlib.sha256(file.text.encode()).hexdigest()
        facts.append((_("Licence file"), f"{code.serial.code}-{code.sequence}, SHA-256 {digest}"))
    return facts


def purchase_facts(grants: list[LicenceGrant]) -> Facts:
    """Purchase lines of one import, at least one, and the file that they came in."""
    facts = [(f"{each.purchase_reference} / {each.line}", _purchase_line(each)) for each in grants]
    file_import = grants[0].file_import
    if file_import is not None:
        name = _("%(file)s (import %(number)s), SHA-256 %(digest)s") % {
            "file": file_import.file_name or "–", "number": file_import.pk, "digest": file_import.sha256,
        }  # fmt: skip
        facts.append((_("File"), name))
        if grants[0].reverses_id is not None:
            facts.append((_("Reason"), file_import.taken_back_reason or "–"))
    return facts


def _purchase_line(grant: LicenceGrant) -> str:
    about = f"{grant.quantity:+d} × {grant.product.name}"
    if grant.purchased_on:
        about += ", " + _("bought on %(day)s") % {"day": _day(grant.purchased_on)}
    if grant.software_assurance_until:
        about += ", " + _("Software Assurance until %(day)s") % {"day": _day(grant.software_assurance_until)}
    return about


def head_facts(serial: Serial) -> Facts:
    """The head of the case file: whose the serial number is, and its present state."""
    customer = serial.site.customer
    facts = [
        (_("Serial number"), grouped(serial.code)),
        (_("Customer"), customer.name),
        (_("Customer number"), customer.number or "–"),
        (_("Site"), serial.site.name or "–"),
        (_("Time zone"), timezone.get_current_timezone_name()),
    ]
    if serial.blocked_at:
        about = {"by": serial.blocked_by, "reason": serial.blocked_reason}
        facts.append((_("Blocked"), _("by %(by)s: “%(reason)s”") % about))
    return facts + supervision.open_emergency_facts(serial)
