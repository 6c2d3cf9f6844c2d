"""How far an import at work has come, how fast it goes, and whether anybody is at it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from licences.models import FileImport

WAITS_TOO_LONG = timedelta(seconds=30)  # for a worker to take it up
SILENT_TOO_LONG = timedelta(minutes=1)  # between two signs of life of a worker
APPLIES_TOO_LONG = timedelta(minutes=15)  # one transaction, which gives no sign of life
SURE_FROM = 0.02  # of the way, before which nobody can tell how long the rest takes
State = FileImport.State


@dataclass(frozen=True, slots=True)
class Progress:
    """``fraction`` is how far the present step has come, from 0 to 1; None where nobody can tell.

    ``rate`` is in rows per second, ``seconds_left`` until the present step ends. ``trouble`` is "", "queued" (a
    worker is busy with another import), "no-worker" or "silent".
    """

    step: str
    fraction: float | None = None
    rate: int | None = None
    seconds_left: int | None = None
    seconds: int = 0
    trouble: str = ""

    @property
    def percent(self) -> int | None:
        return None if self.fraction is None else int(100 * self.fraction)

    @property
    def time_left(self) -> str:
        return "" if not self.seconds_left else duration(self.seconds_left)

    @property
    def time_taken(self) -> str:
        return duration(self.seconds)


def progress_of(file_import: FileImport, *, now: datetime) -> Progress:
    """Of an import at work."""
    taken = max((now - (file_import.began_at or file_import.uploaded_at)).total_seconds(), 0.0)
    done, fraction = _done(file_import)
    known = fraction is not None and fraction >= SURE_FROM and taken >= 1
    return Progress(
        step=file_import.state,
        fraction=fraction,
        rate=int(done / taken) if known and done else None,
        seconds_left=int(taken * (1 - fraction) / fraction) if known and fraction else None,
        seconds=int(taken),
        trouble=_trouble(file_import, now),
    )


def _done(file_import: FileImport) -> tuple[int, float | None]:
    """How many rows the present step has done, and how far that is."""
    if file_import.state == State.READING:
        return file_import.rows_read, min(file_import.fraction_read, 1.0)
    if file_import.state == State.CHECKING and file_import.rows_read:
        return file_import.rows_checked, file_import.rows_checked / file_import.rows_read
    return 0, None


def _trouble(file_import: FileImport, now: datetime) -> str:
    quiet = now - (file_import.heartbeat_at or file_import.uploaded_at)
    if file_import.state in (State.WAITING, State.CONFIRMED):
        if quiet < WAITS_TOO_LONG:
            return ""
        return "queued" if _works_on_another(file_import, now) else "no-worker"
    patience = APPLIES_TOO_LONG if file_import.state == State.APPLYING else SILENT_TOO_LONG
    return "silent" if quiet > patience else ""


def _works_on_another(file_import: FileImport, now: datetime) -> bool:
    at_work = FileImport.objects.exclude(pk=file_import.pk)
    applying = at_work.filter(state=State.APPLYING, heartbeat_at__gt=now - APPLIES_TOO_LONG)
    others = at_work.filter(state__in=(State.READING, State.CHECKING), heartbeat_at__gt=now - SILENT_TOO_LONG)
    return applying.exists() or others.exists()


def duration(seconds: int) -> str:
    """A time in words, no more exact than it is known."""
    if seconds < 1:
        return _("less than a second")
    if seconds < 100:
        return ngettext("%(count)s second", "%(count)s seconds", seconds) % {"count": seconds}
    minutes = round(seconds / 60)
    if minutes < 100:
        return ngettext("%(count)s minute", "%(count)s minutes", minutes) % {"count": minutes}
    hours = round(seconds / 3600)
    return ngettext("%(count)s hour", "%(count)s hours", hours) % {"count": hours}


def announcement(file_import: FileImport, progress: Progress) -> str:
    """What is read out to who does not see the bar: every quarter of the way, no more."""
    state = str(file_import.get_state_display())
    if progress.percent is None:
        return state
    return _("%(state)s: %(percent)s %%") % {"state": state, "percent": progress.percent // 25 * 25}


def as_json(file_import: FileImport, progress: Progress) -> dict[str, object]:
    return {
        "state": file_import.state,
        "at_work": file_import.is_at_work,
        "rows_read": file_import.rows_read,
        "rows_checked": file_import.rows_checked,
        "rows_applied": file_import.rows_applied,
        "fraction": progress.fraction,
        "rows_per_second": progress.rate,
        "seconds_left": progress.seconds_left,
        "announcement": announcement(file_import, progress),
    }
