"""Query and answer of the feed of events (docs/events.md)."""

import re
from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, Field

from licences.api.fields import TextFormat, shown_names
from licences.domain.errors import Refusal
from licences.domain.event_feed import PUBLISHED

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
    """Events in the order in which they happened, without gaps; with kind, only those of these kinds."""

    events: list[EventOut] = Field(max_length=MOST_EVENTS)
    next: int = Field(description="Send it as after with the next call, also when there are no events.")
    more: bool = Field(description="There are more events now, or with kind there may be: call again at once.")


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


def _read_kinds(text: str) -> str:
    if not text.strip():
        raise Refusal("value-missing")
    unknown = [kind for kind in text.split(",") if kind not in PUBLISHED]
    if unknown:
        raise Refusal("unknown-kinds", names=shown_names(unknown), known=", ".join(PUBLISHED))
    return text


_ONE_KIND = f"({'|'.join(PUBLISHED)})"
_ABOUT_KINDS = "Only events of these kinds, with commas between them; all without it."
EventKinds = Annotated[
    str,
    TextFormat(_read_kinds, limit=500, pattern=f"^{_ONE_KIND}(,{_ONE_KIND})*$", minLength=1, description=_ABOUT_KINDS),
]


class EventsQuery(BaseModel):
    """Which events to read."""

    after: Position = "0"
    kind: EventKinds | None = Field(None, description=_ABOUT_KINDS)
    limit: int = Field(
        100, ge=1, le=MOST_EVENTS, description=f"Events on a page, at most {MOST_EVENTS}. Without it, 100."
    )
