"""Findings: what can be wrong with the event log and with the records that it vouches for (docs/proof.md)."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

# Code of a finding → its sentence, filled in with ``row`` and the parameters of the finding.
SENTENCES = {
    "content-changed": _("Event {row} was changed: its content does not match its hash."),
    "rows-missing": _("Before event {row}, rows are missing (the row before it here is {before})."),
    "out-of-place": _(
        "Event {row} follows event {follows} by its hash, but comes after {before}: rows were inserted or swapped."
    ),
    "personal-changed": _("The personal details of event {row} were changed: they do not match their digest."),
    "personal-removed": _("The personal details of event {row} are missing, although no erasure was recorded."),
    "end-missing": _("The log has {rows} events, but its end record says {length}: the last ones were cut off."),
    "end-unknown": _("The log has {rows} events, but its end record says {length}: events were added or changed."),
    "no-end": _("The log has {rows} events, but its end record is missing."),
    "anchor-not-reached": _("An anchor of {at} covers {length} events, but the log has {rows}: it was cut off."),
    "anchor-differs": _("Event {row}, number {length} of the log, does not match the anchor of {at}."),
    "anchors-unreadable": _("The file of anchors cannot be read, so the log was compared with none."),
    "anchors-missing": _(
        "ANCHOR_FILE names a file of anchors that is not there, so the log was compared with none. This alone does not "
        "mean that the log was changed. See whether the disk is missing, or put the file back from its copy. If there "
        "never was one, begin it (docs/proof.md)."
    ),
    "anchor-unsigned": _("Line {line} of the anchors is not signed by a key of this portal."),
    "code-forged": _("Unlock code {row} does not match its row, or was not issued with a key of this portal."),
    "code-without-event": _("Unlock code {row} (serial number {serial}, no. {sequence}) is not in any event."),
    "code-by-another": _("Unlock code {row} was made by “{by}”, but its event says “{actor}”."),
    "code-missing": _(
        "Event {row} says that unlock code no. {sequence} of serial number {serial} exists; it is missing."
    ),
    "licence-file-forged": _("Licence file {row} is not signed by a key of this portal, or not for its unlock code."),
    "check-without-event": _("Check {row} (request {request}, no. {number}) is not in any event."),
    "check-by-another": _(
        "Check {row} (request {request}, no. {number}) was made by somebody else (see event {event})."
    ),
    "request-of-another": _("Request {row} was opened by somebody else according to event {event}."),
    "verdicts-differ": _("Check {row} has different results than event {event}."),
    "check-missing": _("Event {row} says that request {request} was checked (no. {number}); that check is missing."),
    "decision-without-event": _("Decision {row} is not in any event, or its event has a different reason or person."),
    "decision-missing": _("Event {row} says that items were resolved; one of these decisions is missing or different."),
    "emergency-without-event": _("Emergency {row} is not in any event."),
    "emergency-differs": _("Emergency {row} differs from event {event}."),
    "settlement-without-event": _("Emergency {row} is closed, but no event says so."),
    "emergency-missing": _("Event {row} says that emergency {emergency} began; it is missing."),
    "approval-without-event": _(
        "Approval {row} is not in any event, or its event has another person, subject or reason."
    ),
    "approval-missing": _("Event {row} records an approval; that approval is missing or different."),
    "entry-without-event": _("Entry by hand {row} is not in any event."),
    "entry-differs": _("Entry by hand {row} differs from event {event}."),
    "entry-not-recorded": _("Entry by hand {row}: its purchase lines ({reference}) do not fit what was decided."),
    "entry-decision-without-event": _("Decision {row} about an entry by hand is not in any event, or differs from it."),
    "entry-missing": _("Event {row} names the entry by hand {reference}; it or its decision is missing."),
    "balance-differs": _("Serial number {serial} has {quantity} × {product}, but {bought} were bought."),
    "block-differs": _("The block of serial number {serial} (state, person or reason) differs from the log."),
    "grants-changed": _("Purchase lines {first} to {last} differ from event {row} ({logged} then, {stored} now)."),
    "serials-changed": _("Serial numbers {first} to {last} differ from event {row} ({logged} then, {stored} now)."),
    "files-changed": _("Licence files {first} to {last} differ from event {row} ({logged} then, {stored} now)."),
    "grant-without-event": _("Purchase line {row} of serial number {serial} is not in any event."),
    "grants-unaccounted": _("{stored} purchase lines are outside the batches with a digest; the events say {logged}."),
    "balance-missing": _("Purchase line {row}: serial number {serial} has no licence total of {product}."),
    "serial-without-purchase": _("Serial number {serial} has no purchase line."),
    "product-without-event": _("Product {row} in slot {slot} is not in any event."),
    "product-differs": _("Product {row} in slot {slot} differs from event {event}."),
    "product-missing": _("Event {row} names the product {product} in slot {slot}; it is missing, or in another slot."),
    "request-without-event": _("Request {row} is not in any event."),
    "request-differs": _("Request {row} differs from event {event} in serial number, outcome, code or person."),
    "end-without-event": _("Request {row} is closed, but no event says so."),
    "use-without-event": _("Used release code {row} (request {request}) is not in any event."),
    "use-differs": _("Event {row} used a release code; that use is missing or different."),
    "code-differs": _("Unlock code {row} differs from event {event}."),
    "licence-file-missing": _("The licence file of unlock code {row} is missing; event {event} says there is one."),
    "licence-file-differs": _("Licence file {row} differs from event {event}."),
    "installation-differs": _("Serial number {serial} is installed on {live}, but on {logged} according to the log."),
    "registrations-differ": _("Serial number {serial} has {stored} registrations; the log says {logged}."),
    "registration-differs": _("Registration {row} differs from event {event} in name, reason or person."),
    "export-broken": "{why}",
    "grants-differ": _("Event {row} says that import {file_import} recorded {logged} rows; there are {stored}."),
}


@dataclass(frozen=True, slots=True)
class LogFinding:
    """One thing that is wrong.

    ``problem``: a key of ``SENTENCES``, whose sentence ``parameters`` fill in. ``table``: the model's name in lower
    case. ``row``: the key of the row where it was found, 0 for none.
    """

    problem: str
    table: str = "event"
    row: int = 0
    parameters: dict[str, Any] = field(default_factory=dict)

    @property
    def sentence(self) -> str:
        """What is wrong, in English."""
        return SENTENCES[self.problem].format(row=self.row, **self.parameters)

    def as_json(self) -> dict[str, Any]:
        """The finding as ``verify_log --json`` prints it."""
        return {"problem": self.problem, "table": self.table, "row": self.row, "sentence": self.sentence}


# Records and what judges a batch of them.
Judges: TypeAlias = list[tuple[QuerySet[Any], Callable[[list[Any]], Iterator[LogFinding]]]]


def problem_in_words(problem: str) -> str:
    """What a problem is, in the reader's language: the sentence of a finding, with "…" for its parameters."""
    sentence = gettext(SENTENCES[problem]) if problem in SENTENCES else problem
    return sentence.format_map(defaultdict(lambda: "…"))


def finding_in_words(problem: str, row: int, parameters: Mapping[str, Any]) -> str:
    """What is wrong, in the reader's language. For the arguments see ``LogFinding``."""
    sentence = gettext(SENTENCES[problem]) if problem in SENTENCES else problem
    return sentence.format(row=row, **parameters)
