"""Query and answer of the feed of events (docs/events.md)."""

import re
from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, Field

from licences.api.fields import TextFormat
from licences.domain.errors import Refusal

MOST_EVENTS = 1000  # on a page
END = "end"
_POSITION = r"(0|[1-9][0-9]{0,17})"
_AFTER = re.compile(rf"{_POSITION}|{END}")


class EventOut(BaseModel):
    """One event. It never changes, but for ``actor`` and ``personal``, which need a scope, and may be erased."""

    id: int = Field(description="Its position in the log; later events have higher ones.")
    kind: str = Field(description="What happened; docs/events.md lists the kinds with their details.")
    at: datetime
    serial: str | None = Field(description="The serial number it is about; null for others.")
    customer: int | None = Field(description="The portal's number of the customer; null if it is about none.")
    details: dict[str, Any] = Field(description="The published details of its kind.")
    actor: str | None = Field(description="Who acted. Null unless the key has the scope events:personal.")
    personal: dict[str, Any] | None = Field(
        description="Names as they were then; empty once erased. Null unless the key has the scope events:personal."
    )


class EventsOut(BaseModel):
    """Events in the order in which they happened, without gaps."""

    events: list[EventOut] = Field(max_length=MOST_EVENTS)
    next: int = Field(description="Send it as after with the next call, also when there are no events.")
    more: bool = Field(description="There are more events now: call again at once.")


def _read_after(text: str) -> str:
    if not _AFTER.fullmatch(text):
        raise Refusal("after-wrong")
    return text


Position = Annotated[
    str,
    TextFormat(
        _read_after,
        limit=18,
        pattern=f"^({_POSITION}|{END})$",
        description="Events behind this position: next of the answer before; 0 from the first event; end only new.",
    ),
]


class EventsQuery(BaseModel):
    """Which events to read."""

    after: Position = "0"
    limit: int = Field(
        100, ge=1, le=MOST_EVENTS, description=f"Events on a page, at most {MOST_EVENTS}. Without it, 100."
    )
