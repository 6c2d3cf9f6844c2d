"""How much there is to do: imports by state, open requests, and those that wait. Nothing here writes."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Min

from licences.models import FileImport, Relicensing


@dataclass(frozen=True, slots=True)
class OpenRequestLoad:
    """Open re-licensing requests, those that wait for a supervisor, and how long the oldest of these has waited."""

    open: int
    waiting: int
    longest_wait: timedelta


def imports_by_state() -> dict[str, int]:
    """Return how many imports there are in each state, also where there are none."""
    counted = FileImport.objects.order_by().values("state").annotate(count=Count("pk")).values_list("state", "count")
    return dict.fromkeys(FileImport.State.values, 0) | dict(counted)


def open_request_load(now: datetime) -> OpenRequestLoad:
    """Return how many requests are open and how many wait, as of now."""
    requests = Relicensing.objects.filter(closed_at=None).order_by()
    found = requests.aggregate(open=Count("pk"), waiting=Count("waiting_since"), since=Min("waiting_since"))
    wait = max(now - found["since"], timedelta()) if found["since"] else timedelta()
    return OpenRequestLoad(found["open"], found["waiting"], wait)
