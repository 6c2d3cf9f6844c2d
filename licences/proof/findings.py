"""Findings: what can be wrong with the event log and with the records that it vouches for (docs/proof.md)."""

from dataclasses import dataclass, field
from typing import Any

# Code of a finding → its sentence, filled in with ``row`` and the parameters of the finding.
SENTENCES = {
    "content-changed": "Event {row} was changed: its content does not match its hash.",
    "rows-missing": "Before event {row}, rows are missing (the row before it here is {before}).",
    "out-of-place": (
        "Event {row} follows event {follows} by its hash, but comes after {before}: rows were inserted or swapped."
    ),
    "personal-changed": "The personal details of event {row} were changed: they do not match their digest.",
    "personal-removed": "The personal details of event {row} are missing, although no erasure was recorded.",
    "end-missing": "The log has {rows} events, but its end record says {length}: the last ones were cut off.",
    "end-unknown": "The log has {rows} events, but its end record says {length}: events were added or changed.",
    "no-end": "The log has {rows} events, but its end record is missing.",
    "anchor-not-reached": "An anchor of {at} covers {length} events, but the log has {rows}: it was cut off.",
    "anchor-differs": "Event {row}, number {length} of the log, does not match the anchor of {at}.",
    "anchor-unsigned": "Line {line} of the anchors is not signed by a key of this portal.",
    "code-forged": "Unlock code {row} does not match its row, or was not issued with a key of this portal.",
    "code-without-event": "Unlock code {row} (serial number {serial}, no. {sequence}) is not in any event.",
    "code-by-another": "Unlock code {row} was made by “{by}”, but its event says “{actor}”.",
    "code-missing": "Event {row} says that unlock code no. {sequence} of serial number {serial} exists; it is missing.",
    "licence-file-forged": "Licence file {row} is not signed by a key of this portal, or not for its unlock code.",
    "check-without-event": "Check {row} (request {request}, no. {number}) is not in any event.",
    "check-by-another": "Check {row} (request {request}, no. {number}) was made by somebody else (see event {event}).",
    "request-of-another": "Request {row} was opened by somebody else according to event {event}.",
    "verdicts-differ": "Check {row} has different results than event {event}.",
    "check-missing": "Event {row} says that request {request} was checked (no. {number}); that check is missing.",
    "decision-without-event": ("Decision {row} is not in any event, or its event has a different reason or person."),
    "decision-missing": "Event {row} says that items were resolved; one of these decisions is missing or different.",
    "emergency-without-event": "Emergency {row} is not in any event.",
    "emergency-differs": "Emergency {row} differs from event {event}.",
    "settlement-without-event": "Emergency {row} is closed, but no event says so.",
    "emergency-missing": "Event {row} says that emergency {emergency} began; it is missing.",
    "approval-without-event": "Approval {row} is not in any event, or its event has another person, subject or reason.",
    "approval-missing": "Event {row} records an approval; that approval is missing or different.",
    "entry-without-event": "Entry by hand {row} is not in any event.",
    "entry-differs": "Entry by hand {row} differs from event {event}.",
    "entry-not-recorded": "Entry by hand {row}: its purchase lines ({reference}) do not fit what was decided.",
    "entry-decision-without-event": "Decision {row} about an entry by hand is not in any event, or differs from it.",
    "entry-missing": "Event {row} names the entry by hand {reference}; it or its decision is missing.",
    "balance-differs": "Serial number {serial} has {quantity} × {product}, but {bought} were bought.",
    "block-differs": "The block of serial number {serial} (state, person or reason) differs from the log.",
    "grants-changed": "Purchase lines {first} to {last} differ from event {row} ({logged} then, {stored} now).",
    "serials-changed": "Serial numbers {first} to {last} differ from event {row} ({logged} then, {stored} now).",
    "files-changed": "Licence files {first} to {last} differ from event {row} ({logged} then, {stored} now).",
    "grant-without-event": "Purchase line {row} of serial number {serial} is not in any event.",
    "grants-unaccounted": "{stored} purchase lines are outside the batches with a digest; the events say {logged}.",
    "balance-missing": "Purchase line {row}: serial number {serial} has no licence total of {product}.",
    "serial-without-purchase": "Serial number {serial} has no purchase line.",
    "product-without-event": "Product {row} in slot {slot} is not in any event.",
    "product-differs": "Product {row} in slot {slot} differs from event {event}.",
    "product-missing": "Event {row} names the product {product} in slot {slot}; it is missing, or in another slot.",
    "request-without-event": "Request {row} is not in any event.",
    "request-differs": "Request {row} differs from event {event} in serial number, outcome, code or person.",
    "end-without-event": "Request {row} is closed, but no event says so.",
    "use-without-event": "Used release code {row} (request {request}) is not in any event.",
    "use-differs": "Event {row} used a release code; that use is missing or different.",
    "code-differs": "Unlock code {row} differs from event {event}.",
    "licence-file-missing": "The licence file of unlock code {row} is missing; event {event} says there is one.",
    "licence-file-differs": "Licence file {row} differs from event {event}.",
    "installation-differs": "Serial number {serial} is installed on {live}, but on {logged} according to the log.",
    "registrations-differ": "Serial number {serial} has {stored} registrations; the log says {logged}.",
    "registration-differs": "Registration {row} differs from event {event} in name, reason or person.",
    "export-broken": "{why}",
    "grants-differ": "Event {row} says that import {file_import} recorded {logged} rows; there are {stored}.",
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
