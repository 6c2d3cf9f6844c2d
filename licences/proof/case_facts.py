"""What stands in the entries of a case file: labels and values, as text in the reader's language."""

import hashlib
import json
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from licences.domain.chain import RANDOM
from licences.domain.codes import grouped, last_day_of_month
from licences.models import Approval, Event, LicenceGrant, Registration, Relicensing, Serial, UnlockCode
from licences.models.relicensing import ItemName, VerdictName
from licences.proof import case_supervision
from licences.proof.case_supervision import Facts

# In this order they are told: PostgreSQL keeps none of what events say.
_LABELS: dict[str, Promise] = {
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
    "agreed": gettext_lazy("Waits for a second supervisor"),
    "reason": gettext_lazy("Reason"),
    "counted": gettext_lazy("Counted"),
    "wrong_codes": gettext_lazy("Wrong release codes in 24 hours"),
    "verdicts": gettext_lazy("Verdicts in the log"),
    "proved": gettext_lazy("Proved by its release code"),
    "repeated": gettext_lazy("The same code again"),
    "claim": gettext_lazy("Why refused"),
    "fields": gettext_lazy("Fields"),
    "sites": gettext_lazy("Sites moved"),
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
}
_ORDER = {name: place for place, name in enumerate(_LABELS)}
# Keys of other rows: what they stand for is told in the entry itself.
_KEYS = {"kept", "merged", "previous", "registration", "import", "events", "customers", "emergency"}


def _day(value: date | None) -> str:
    return date_format(value, "DATE_FORMAT") if value else "–"


def _label(name: str) -> str:
    return str(_LABELS.get(name, name))


# --- What an event says ------------------------------------------------------------------------------


def said(event: Event) -> Facts:
    """The details of an event and the names that it copied, as far as they were not erased."""
    details = [(name, value) for name, value in event.details.items() if name not in _KEYS and value not in ("", None)]
    names = [(name, value) for name, value in event.personal.items() if name != RANDOM]
    told = sorted([*names, *details], key=lambda each: _ORDER.get(each[0], len(_ORDER)))
    facts = [(_label(name), _value(name, value)) for name, value in told]
    facts += case_supervision.how_it_ended(event) + case_supervision.release_used(event)
    return facts + case_supervision.agreements(event)


def _value(name: str, value: Any) -> str:
    if name in ("site_id", "earlier_site_id"):
        return grouped(value)
    if name == "expires_on":
        return _day(date.fromisoformat(value))
    if name == "purpose":
        return str(dict(Relicensing.Purpose.choices).get(value, value))
    if name in ("items", "agreed"):
        names = {**dict(Approval.Subject.choices), **dict(ItemName.choices)}
        return ", ".join(str(names.get(item, item)) for item in value)
    if name == "verdicts":
        items, names = dict(ItemName.choices), dict(VerdictName.choices)
        shown = {str(items.get(item, item)): str(names.get(verdict, verdict)) for item, verdict in value.items()}
        return verdicts(shown)[1]
    if name == "counted":
        return case_supervision.counted(value)
    if name == "fields":
        return ", ".join(_label(field) for field in value)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, dict) and set(value) == {"before", "after"}:
        return _("“%(before)s”, now “%(after)s”") % value
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def verdicts(shown: dict[str, str]) -> tuple[str, str]:
    """Label and value of an event's verdicts; ``shown`` are items with their verdicts, as they are called on screen."""
    told = (f"{item}: {verdict}" for item, verdict in sorted(shown.items()))
    return _label("verdicts"), ", ".join(told)


# --- What was recorded with it -----------------------------------------------------------------------


def registered(registration: Registration) -> Facts:
    """The details as they were entered, word for word."""
    names = (
        "name", "address_line1", "address_line2", "postcode", "city", "country", "contact_name", "contact_phone",
        "contact_email",
    )  # fmt: skip
    entered = [(_label(name), getattr(registration, name)) for name in names]
    facts = [(_("As entered: %(field)s") % {"field": label}, value) for label, value in entered if value]
    facts.append((_label("site_id"), grouped(registration.installation.site_id)))
    return [*facts, (_label("reason"), registration.reason)] if registration.reason else facts


def issued(code: UnlockCode) -> Facts:
    """The unlock code that was made, with all it says, and its licence file."""
    lines = ", ".join(f"{line['quantity']} × {line['product']}" for line in code.lines)
    facts = [
        (_("Unlock code"), grouped(code.code)),
        (_("Made for"), str(code.get_occasion_display())),
        (_label("site_id"), grouped(code.installation.site_id)),
        (_("Licences"), lines),
        (_("Software Assurance until"), _day(last_day_of_month(code.assured_month))),
    ]
    if code.expires_on:
        facts.append((_("Valid until"), _day(code.expires_on)))
    file = getattr(code, "licence_file", None)
    if file is not None:
        digest = hashlib.sha256(file.text.encode()).hexdigest()
        facts.append((_("Licence file"), f"{code.serial.code}-{code.sequence}, SHA-256 {digest}"))
    return facts


def bought(grants: list[LicenceGrant]) -> Facts:
    """Purchase lines, and the file that brought them."""
    facts = [(f"{each.purchase_reference} / {each.line}", _line(each)) for each in grants]
    file_import = grants[0].file_import
    if file_import is not None:
        name = _("%(file)s (import %(number)s), SHA-256 %(digest)s") % {
            "file": file_import.file_name or "–", "number": file_import.pk, "digest": file_import.sha256,
        }  # fmt: skip
        facts.append((_("File"), name))
    return facts


def _line(grant: LicenceGrant) -> str:
    about = f"{grant.quantity:+d} × {grant.product.name} ({grant.product.sku})"
    if grant.purchased_on:
        about += ", " + _("bought on %(day)s") % {"day": _day(grant.purchased_on)}
    if grant.software_assurance_until:
        about += ", " + _("Software Assurance until %(day)s") % {"day": _day(grant.software_assurance_until)}
    return about


def head(serial: Serial) -> Facts:
    """Whose it is and how it stands now."""
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
    return facts + case_supervision.emergency_now(serial)
