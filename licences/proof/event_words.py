"""What an event of the log says, in words: labels and values of its details, and of the names that it copied.

A case file says the same of the events of one serial number (``case_files.facts``), with records that it looks up.
Here the event alone is read, so that a page of the log needs no further query. A detail without a label fails
``tests/proof/test_event_words.py``.
"""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from licences.domain.chain import NONCE
from licences.models import Event, RefusedClaim, Relicensing, ReminderRule
from licences.proof.case_files import facts as case_facts
from licences.proof.case_files.supervision import Facts
from licences.proof.findings import problem_in_words
from licences.queries import data_quality
from licences.roles import ROLE_NAMES
from licences.wording.columns import column_title

# Details that case files do not name, or name otherwise.
LABELS: dict[str, Promise] = {
    "account": gettext_lazy("Account"),
    "act": gettext_lazy("Number of the act"),
    "address_of": gettext_lazy("Address taken from"),
    "anchors": gettext_lazy("Anchors compared with"),
    "applications": gettext_lazy("CRM applications"),
    "because": gettext_lazy("Closed because"),
    "begun_by": gettext_lazy("Started with event"),
    "bytes": gettext_lazy("Bytes"),
    "by_how_many": gettext_lazy("Raised by"),
    "callers": gettext_lazy("Callers"),
    "checked_items": gettext_lazy("Checklist answers"),
    "code_deliveries": gettext_lazy("Unlock codes sent by e-mail"),
    "columns": gettext_lazy("Columns"),
    "counted": gettext_lazy("Counted"),
    "countries": gettext_lazy("Support contacts of"),
    "customers": gettext_lazy("Customer records"),
    "days": gettext_lazy("Days without activity"),
    "decided_pairs": gettext_lazy("Decisions about customers and purchases"),
    "defaults": gettext_lazy("Values for every row"),
    "deleted": gettext_lazy("Deleted"),
    "delimiter": gettext_lazy("Separator"),
    "decimal_style": gettext_lazy("Decimal sign"),
    "digest": gettext_lazy("SHA-256"),
    "emergency": gettext_lazy("Emergency no."),
    "encoding": gettext_lazy("Encoding"),
    "entries": gettext_lazy("Entries"),
    "entry": gettext_lazy("Entry by hand no."),
    "events": gettext_lazy("Events whose names were removed"),
    "expires_at": gettext_lazy("Valid until"),
    "file": gettext_lazy("File"),
    "files": gettext_lazy("Files"),
    "file_sha256": gettext_lazy("SHA-256 of the file"),
    "filter": gettext_lazy("Filter"),
    "findings": gettext_lazy("Problems found"),
    "first": gettext_lazy("From row"),
    "grants": gettext_lazy("Purchase lines"),
    "hand_entries": gettext_lazy("Entries by hand"),
    "handle": gettext_lazy("Name of the key"),
    "has_own_numbers": gettext_lazy("The sender has own customer numbers"),
    "how": gettext_lazy("Verified by"),
    "import": gettext_lazy("Import no."),
    "key": gettext_lazy("Key no."),
    "kind": gettext_lazy("Kind"),
    "language": gettext_lazy("Language"),
    "last": gettext_lazy("To row"),
    "last_hash": gettext_lazy("Last hash"),
    "length": gettext_lazy("Events in the log"),
    "licence_files": gettext_lazy("Licence files"),
    "list": gettext_lazy("List"),
    "log_check": gettext_lazy("Verification no."),
    "networks": gettext_lazy("From the networks"),
    "needs_software_assurance": gettext_lazy("Needs Software Assurance"),
    "new": gettext_lazy("New lines"),
    "new_customers": gettext_lazy("New customers"),
    "new_serials": gettext_lazy("New serial numbers"),
    "note": gettext_lazy("Note no."),
    "notes": gettext_lazy("Notes"),
    "old_expires_at": gettext_lazy("The former key is valid until"),
    "owner": gettext_lazy("Owner"),
    "personal": gettext_lazy("With personal details"),
    "problems": gettext_lazy("Problems"),
    "product": gettext_lazy("Product"),
    "products": gettext_lazy("Products"),
    "profile": gettext_lazy("Sender profile"),
    "program": gettext_lazy("Program"),
    "quality_notes": gettext_lazy("Notes on data quality entries"),
    "raises": gettext_lazy("Records of raises"),
    "recalled": gettext_lazy("Restored from the file"),
    "records": gettext_lazy("Records compared"),
    "reference": gettext_lazy("Purchase"),
    "registrations": gettext_lazy("Registrations"),
    "rejected": gettext_lazy("Rejected rows"),
    "rejected_rows": gettext_lazy("Rejected rows"),
    "release": gettext_lazy("Release"),
    "releases": gettext_lazy("Releases"),
    "replaces": gettext_lazy("Replaces key no."),
    "return": gettext_lazy("Returns"),
    "rows": gettext_lazy("Rows"),
    "saved": gettext_lazy("Saved"),
    "scopes": gettext_lazy("Scopes"),
    "serials": gettext_lazy("Serial numbers"),
    "sha256": gettext_lazy("SHA-256"),
    "shared": gettext_lazy("For everybody"),
    "site": gettext_lazy("Site"),
    "slot": gettext_lazy("Slot"),
    "supported": gettext_lazy("Supported"),
    "taken_over": gettext_lazy("Taken over"),
    "through": gettext_lazy("Up to event"),
    "titles": gettext_lazy("Titles of the columns"),
    "token": gettext_lazy("Token of the server"),
    "top_up": gettext_lazy("Top-ups"),
    "totals_words": gettext_lazy("Words of total rows"),
    "unchanged": gettext_lazy("Unchanged"),
    "values": gettext_lazy("Filter"),
    "version": gettext_lazy("Version of the digest"),
    "waits": gettext_lazy("Waits for a second person"),
    "whole": gettext_lazy("Complete"),
    "works": gettext_lazy("Works with Xchange"),
    # Webhooks and reminders
    "webhook": gettext_lazy("Webhook no."),
    "host": gettext_lazy("Host"),
    "url": gettext_lazy("Address"),
    "kinds": gettext_lazy("Kinds of events"),
    "enabled": gettext_lazy("Switched on"),
    "message": gettext_lazy("Message no."),
    "old_secret_until": gettext_lazy("The former secret signs until"),
    "rule": gettext_lazy("Reminder rule"),
    "about": gettext_lazy("About"),
    "snoozed_until": gettext_lazy("Snoozed until"),
    "on": gettext_lazy("Switched on"),
    "role": gettext_lazy("Role"),
    "in_digest": gettext_lazy("In the daily e-mail"),
}
# Labels that a name has in events of these kinds only.
_LABELS_OF_KINDS: dict[tuple[str, str], Promise] = {
    (Event.Kind.HAND_DECIDED, "agreed"): gettext_lazy("Agreed"),
    (Event.Kind.WEBHOOK_CHANGED, "because"): gettext_lazy("Because"),
    (Event.Kind.WEBHOOK_REPLAYED, "first"): gettext_lazy("From event"),
    (Event.Kind.WEBHOOK_REPLAYED, "last"): gettext_lazy("To event"),
    (Event.Kind.REMINDER_MARKED, "number"): pgettext_lazy("of a record", "Number"),
    (Event.Kind.REMINDER_RULE_CHANGED, "number"): gettext_lazy("From how much on"),
}
# Not shown: digests of rows, which are for ``verify_log``, and keys of rows that the event names otherwise.
HIDDEN = frozenset({"made", "previous", "kept", "merged", "registration", "id", "delivery", "act", NONCE})
_CHOICES: dict[str, Mapping[str, Any]] = {
    "because": {
        **dict(Relicensing.ClosedBecause.choices),
        "gone": gettext_lazy("its receiver said that it is gone (410)"),
    },
    "claim": dict(RefusedClaim.Kind.choices),
    "how": {
        "unlock-code": gettext_lazy("its unlock code"),
        "token": gettext_lazy("its token"),
        "let-connect": gettext_lazy("its first call, which staff allowed"),
    },
    "token": {
        "bound": pgettext_lazy("token of a server", "accepted"),
        "replaced": pgettext_lazy("token of a server", "replaced"),
        "as before": pgettext_lazy("token of a server", "as before"),
    },
    "address_of": {
        "customer": gettext_lazy("the customer’s record"),
        "registration": gettext_lazy("the latest registration"),
    },
    "did": {
        "saved": pgettext_lazy("filter", "saved"),
        "changed": pgettext_lazy("filter", "changed"),
        "deleted": pgettext_lazy("filter", "deleted"),
        "tick-off": gettext_lazy("ticked off"),
        "snooze": gettext_lazy("snoozed"),
        "put-back": gettext_lazy("put back on the list"),
    },
    "rule": dict(ReminderRule.KINDS),
    "role": ROLE_NAMES,
    "about": {
        "serial": gettext_lazy("serial number"),
        "emergency": gettext_lazy("emergency"),
        "request": gettext_lazy("re-licensing request"),
        "import": gettext_lazy("import"),
        "release": gettext_lazy("release"),
    },
}
_DAYS_AND_TIMES = frozenset({"expires_at", "old_expires_at", "old_secret_until"})


def event_details(event: Event) -> Facts:
    """Labels and values of what an event says, as text in the active language: first names, then the rest."""
    personal = [(name, value) for name, value in event.personal.items() if _is_shown(name, value)]
    details = [(name, value) for name, value in event.details.items() if _is_shown(name, value)]
    return [(_label(name, event), _in_words(name, value, event)) for name, value in (*personal, *_sorted(details))]


def _is_shown(name: str, value: Any) -> bool:
    return name not in HIDDEN and value not in ("", None, [], {})


_ORDER = {name: position for position, name in enumerate((*case_facts.LABELS, *LABELS))}


def _sorted(details: list[tuple[str, Any]]) -> list[tuple[str, Any]]:
    """The details in one order: PostgreSQL keeps none in JSON."""
    return sorted(details, key=lambda each: (_ORDER.get(each[0], len(_ORDER)), each[0]))


def _label(name: str, event: Event) -> str:
    if name == "columns" and event.kind not in (Event.Kind.FILE_BEGUN, Event.Kind.FILE_TAKEN):
        return case_facts.label_of(name)
    label = _LABELS_OF_KINDS.get((event.kind, name)) or LABELS.get(name) or case_facts.LABELS.get(name)
    return str(label) if label else name.replace("_", " ").capitalize()


def _in_words(name: str, value: Any, event: Event) -> str:
    """A value as text. Lists are separated by commas, mappings are labels with values."""
    for applies, words in _WORDS:
        if applies(name, value):
            return words(name, value, event)
    return str(value)


def _choice(name: str, value: Any, event: Event) -> str:
    return str(_CHOICES[name].get(value) or case_facts.value_in_words(name, value))


def _list_title(name: str, value: Any, event: Event) -> str:
    known = data_quality.BY_SLUG.get(str(value).removeprefix("quality/"))
    return str(known.title) if known else str(value)


def _time(name: str, value: Any, event: Event) -> str:
    moment = parse_datetime(value)
    return date_format(timezone.localtime(moment), "DATETIME_FORMAT") if moment else str(value)


def _columns(name: str, value: list[str], event: Event) -> str:
    if event.kind == Event.Kind.PROFILE_CHANGED:
        return ", ".join(str(column_title(each)) for each in value if each)
    if event.kind in (Event.Kind.FILE_BEGUN, Event.Kind.FILE_TAKEN):
        return ", ".join(value)
    return case_facts.value_in_words(name, value)


def _fields(name: str, value: list[str], event: Event) -> str:
    if event.kind == Event.Kind.WEBHOOK_CHANGED:
        return ", ".join(_label(each, event) for each in value)
    return _as_in_case_files(name, value, event)


def _kinds(name: str, value: list[str], event: Event) -> str:
    titles = dict(Event.Kind.choices)
    return ", ".join(str(titles.get(each, each)) for each in value)


def _day(name: str, value: str, event: Event) -> str:
    return date_format(date.fromisoformat(value), "DATE_FORMAT")


def _sequence_of(name: str, value: list[Any], event: Event) -> str:
    if all(isinstance(each, dict) for each in value):
        return "; ".join(_mapping(name, each, event) for each in value)
    if any(isinstance(each, list) for each in value):
        return str(len(value))  # keys of pairs of rows
    return ", ".join(_in_words(name, each, event) for each in value)


def _mapping(name: str, value: dict[str, Any], event: Event) -> str:
    shown = _sorted([(key, each) for key, each in value.items() if _is_shown(key, each)])
    return ", ".join(f"{_label(key, event)}: {_in_words(key, each, event)}" for key, each in shown)


def _problems(name: str, value: dict[str, int], event: Event) -> str:
    return "\n".join(f"{count} × {problem_in_words(problem)}" for problem, count in sorted(value.items()))


def _yes_or_no(name: str, value: bool, event: Event) -> str:
    return _("yes") if value else _("no")


def _as_in_case_files(name: str, value: Any, event: Event) -> str:
    return case_facts.value_in_words(name, value)


_FROM_CASE_FILES = ("site_id", "earlier_site_id", "expires_on", "purpose", "items", "verdicts", "emptied")
# The first rule that applies to a name and value puts it into words.
_WORDS: tuple[tuple[Callable[[str, Any], bool], Callable[[str, Any, Event], str]], ...] = (
    (lambda name, value: name in _FROM_CASE_FILES, _as_in_case_files),
    (lambda name, value: name == "agreed" and isinstance(value, list), _as_in_case_files),
    (lambda name, value: name == "counted" and isinstance(value, dict), _as_in_case_files),
    (lambda name, value: name == "did" or (name in _CHOICES and isinstance(value, str)), _choice),
    (lambda name, value: name in ("list", "quality_list"), _list_title),
    (lambda name, value: name in _DAYS_AND_TIMES, _time),
    (lambda name, value: name == "columns", _columns),
    (lambda name, value: name == "problems", _problems),
    (lambda name, value: name == "fields", _fields),
    (lambda name, value: name == "kinds", _kinds),
    (lambda name, value: name == "snoozed_until", _day),
    (lambda name, value: isinstance(value, bool), _yes_or_no),
    (lambda name, value: isinstance(value, list), _sequence_of),
    (lambda name, value: isinstance(value, dict) and set(value) == {"before", "after"}, _as_in_case_files),
    (lambda name, value: isinstance(value, dict), _mapping),
)
