"""The progress of an import: how far it is, how fast it goes, and whether a worker is working on it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from licences.models import FileImport

QUEUE_LIMIT = timedelta(seconds=30)  # that an import may wait for a worker
HEARTBEAT_LIMIT = timedelta(minutes=1)  # between two heartbeats of a worker
APPLY_LIMIT = timedelta(minutes=15)  # for the final transaction, in which no heartbeat is written
MIN_FRACTION_TO_ESTIMATE = 0.02  # of a step; before it, no remaining time can be estimated
State = FileImport.State


@dataclass(frozen=True, slots=True)
class ImportProgress:
    """The progress of the current step of an import.

    ``step`` is a value of ``FileImport.State``. ``fraction`` is how much of the step is done, from 0 to 1, or None
    where it is unknown. ``rate`` is in rows per second, ``seconds_left`` until the step ends, ``seconds`` since it
    began. ``trouble`` is "", "queued" (the worker is busy with another import), "no-worker" (nobody takes it up) or
    "silent" (the worker writes no heartbeat).
    """

    step: str
    fraction: float | None = None
    rate: int | None = None
    seconds_left: int | None = None
    seconds: int = 0
    trouble: str = ""

    @property
    def percent(self) -> int | None:
        """The fraction in whole percent, None where it is unknown."""
        return None if self.fraction is None else int(100 * self.fraction)

    @property
    def time_left(self) -> str:
        """The remaining time in words, empty where it is unknown."""
        return "" if not self.seconds_left else duration_text(self.seconds_left)

    @property
    def time_taken(self) -> str:
        """The time since the step began, in words."""
        return duration_text(self.seconds)


def import_progress(file_import: FileImport, *, now: datetime) -> ImportProgress:
    """The progress at ``now`` of an import that is at work (``FileImport.is_running``). Reads, never writes."""
    taken = max((now - (file_import.began_at or file_import.uploaded_at)).total_seconds(), 0.0)
    done, fraction = _done(file_import)
    is_known = fraction is not None and fraction >= MIN_FRACTION_TO_ESTIMATE and taken >= 1
    return ImportProgress(
        step=file_import.state,
        fraction=fraction,
        rate=int(done / taken) if is_known and done else None,
        seconds_left=int(taken * (1 - fraction) / fraction) if is_known and fraction else None,
        seconds=int(taken),
        trouble=_trouble(file_import, now),
    )


def _done(file_import: FileImport) -> tuple[int, float | None]:
    """How many rows the current step has done, and which fraction of the step that is."""
    if file_import.state == State.READING:
        return file_import.rows_read, min(file_import.fraction_read, 1.0)
    if file_import.state == State.CHECKING and file_import.rows_read:
        return file_import.rows_checked, file_import.rows_checked / file_import.rows_read
    return 0, None


def _trouble(file_import: FileImport, now: datetime) -> str:
    """Say what keeps an import from progressing, as a value of ``ImportProgress.trouble``; empty if nothing does."""
    # A heartbeat may lie in the future, where the clock of its writer was ahead.
    silence = abs(now - (file_import.heartbeat_at or file_import.uploaded_at))
    if file_import.state in (State.WAITING, State.CONFIRMED):
        if silence < QUEUE_LIMIT:
            return ""
        return "queued" if _is_another_at_work(file_import, now) else "no-worker"
    limit = APPLY_LIMIT if file_import.state == State.APPLYING else HEARTBEAT_LIMIT
    return "silent" if silence > limit else ""


def _is_another_at_work(file_import: FileImport, now: datetime) -> bool:
    """Whether another import has a recent heartbeat, so that its worker is alive."""
    at_work = FileImport.objects.exclude(pk=file_import.pk)
    applying = at_work.filter(state=State.APPLYING, heartbeat_at__range=_within(now, APPLY_LIMIT))
    preparing = at_work.filter(state__in=(State.READING, State.CHECKING))
    others = preparing.filter(heartbeat_at__range=_within(now, HEARTBEAT_LIMIT))
    return applying.exists() or others.exists()


def _within(now: datetime, limit: timedelta) -> tuple[datetime, datetime]:
    """The range of times at most ``limit`` away from ``now``, before or after."""
    return now - limit, now + limit


def duration_text(seconds: int) -> str:
    """A duration in words, in the unit that suits its precision: "40 seconds", "12 minutes", "3 hours"."""
    if seconds < 1:
        return _("less than a second")
    if seconds < 100:
        return ngettext("%(count)s second", "%(count)s seconds", seconds) % {"count": seconds}
    minutes = round(seconds / 60)
    if minutes < 100:
        return ngettext("%(count)s minute", "%(count)s minutes", minutes) % {"count": minutes}
    hours = round(seconds / 3600)
    return ngettext("%(count)s hour", "%(count)s hours", hours) % {"count": hours}


def announcement(file_import: FileImport, progress: ImportProgress) -> str:
    """The text for screen readers, which changes at every quarter of a step, no more often."""
    state = str(file_import.get_state_display())
    if progress.percent is None:
        return state
    return _("%(state)s: %(percent)s %%") % {"state": state, "percent": progress.percent // 25 * 25}


def progress_json(file_import: FileImport, progress: ImportProgress) -> dict[str, object]:
    """The progress as the page's script reads it: counts of rows, ``fraction`` from 0 to 1, times in seconds."""
    return {
        "state": file_import.state,
        "at_work": file_import.is_running,
        "rows_read": file_import.rows_read,
        "rows_checked": file_import.rows_checked,
        "rows_applied": file_import.rows_applied,
        "fraction": progress.fraction,
        "rows_per_second": progress.rate,
        "seconds_left": progress.seconds_left,
        "announcement": announcement(file_import, progress),
    }
