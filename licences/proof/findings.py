"""What can be wrong with the log and with what it vouches for: a code, the row, and one sentence."""

from dataclasses import dataclass, field
from typing import Any

SENTENCES = {
    "content-changed": "Event {row} was changed: it says something else than its hash.",
    "rows-missing": "Before event {row}, rows are missing (the row before it here is {before}).",
    "out-of-place": (
        "Event {row} follows event {follows} by its hash, but stands after {before}: rows were inserted or swapped."
    ),
    "personal-changed": "The personal details of event {row} were changed: they do not fit their digest.",
    "personal-removed": "The personal details of event {row} are gone, and no erasure on record removed them.",
    "end-missing": "The log has {rows} events, but its end says that there are {length}: the last ones were cut off.",
    "end-unknown": "The log has {rows} events, its end says {length}: events were added or changed past the record.",
    "no-end": "The log has {rows} events, but the row that holds its end is gone.",
    "anchor-not-reached": "An anchor of {at} knows {length} events, the log has {rows}: it was cut off.",
    "anchor-differs": "Event {row}, number {length} of the log, is not the one that the anchor of {at} knows.",
    "anchor-unsigned": "Line {line} of the anchors is not signed by a key of this portal.",
    "code-forged": "Unlock code {row} does not say what its row says, or was not made with a key of this portal.",
    "code-without-event": "Unlock code {row} (serial number {serial}, no. {sequence}) is in no event.",
    "code-by-another": "Unlock code {row} was made by “{by}”, but its event says “{actor}”.",
    "code-missing": "Event {row} says that unlock code no. {sequence} of serial number {serial} exists; it is gone.",
    "licence-file-forged": "Licence file {row} is not signed by a key of this portal, or not for its unlock code.",
    "check-without-event": "Check {row} (request {request}, no. {number}) is in no event.",
    "check-by-another": "Check {row} (request {request}, no. {number}) was made by somebody else, says event {event}.",
    "request-of-another": "Request {row} was opened by somebody else, says event {event}.",
    "verdicts-differ": "Check {row} has other verdicts than event {event} says.",
    "check-missing": "Event {row} says that request {request} was checked (no. {number}); that check is gone.",
    "decision-without-event": ("Decision {row} is in no event, or its event gives another reason or another person."),
    "decision-missing": "Event {row} says that items were settled; one of these decisions is gone, or is another.",
    "emergency-without-event": "Emergency {row} is in no event.",
    "emergency-differs": "Emergency {row} is not as event {event} says.",
    "settlement-without-event": "Emergency {row} is settled, but no event says so.",
    "emergency-missing": "Event {row} says that emergency {emergency} began; it is gone.",
    "approval-without-event": "Approval {row} is in no event, or its event says another person, matter or reason.",
    "approval-missing": "Event {row} says that somebody agreed; that approval is gone, or is another.",
    "balance-differs": "Serial number {serial} is worth {quantity} × {product}, but {bought} were bought.",
    "block-differs": "Whether serial number {serial} is blocked, by whom and why, is not as the log says.",
    "export-broken": "{why}",
    "grants-differ": "Event {row} says that import {file_import} recorded {said} rows; there are {found}.",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong. ``row`` is the key of the row of ``table`` that it was found at, 0 for none."""

    problem: str
    table: str = "event"
    row: int = 0
    parameters: dict[str, Any] = field(default_factory=dict)

    @property
    def sentence(self) -> str:
        return SENTENCES[self.problem].format(row=self.row, **self.parameters)

    def as_json(self) -> dict[str, Any]:
        return {"problem": self.problem, "table": self.table, "row": self.row, "sentence": self.sentence}
