"""What the team does with entries of data quality lists: tick off, snooze, assign, put back, undo.

Every act is one transaction and one event, for however many entries (docs/surface.md#data-quality-lists).
"""

import secrets
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

from licences.domain.batches import batched
from licences.domain.errors import Refusal
from licences.domain.quality_findings import QualityAct, require_quality_note, require_snooze
from licences.domain.staff_identity import StaffIdentity, is_same_person, unique_people, user_number_of
from licences.models import Event, QualityFinding, QualityMark
from licences.operations.events import record_customer_event
from licences.operations.quality_counts import lock_quality_list
from licences.queries.data_quality import EntryKey
from licences.queries.quality_pages import colleagues, marks_of

MOST_ENTRIES = 10_000  # of one act
_NAMED_IN_EVENT = 200
_BATCH = 500
_CHANGED = (
    "serial", "customer", "other", "state", "fingerprint", "snoozed_until", "note", "assigned_to", "did", "changed_by",
    "changed_by_number", "changed_at", "act", "before", "version",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class EntryAct:
    """What to do: ``until`` is for snoozing; ``assignee`` the primary key of a user, None for nobody.

    An empty ``note`` leaves the note of an entry as it is.
    """

    act: QualityAct
    note: str = ""
    until: date | None = None
    assignee: int | None = None


@dataclass(frozen=True, slots=True)
class ChosenEntries:
    """The entries of a list that an act is for, by their keys.

    ``versions`` are those that the form showed, 0 where nothing was noted; ``seen_at`` is when the form was shown, for
    entries that it did not show. What neither covers is not compared.
    """

    list: str
    keys: Collection[EntryKey]
    versions: Mapping[EntryKey, int] | None = None
    seen_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ActResult:
    """The name of an act, by which it can be undone, and how many entries it changed."""

    act: str
    count: int


@transaction.atomic
def work_on_entries(*, chosen: ChosenEntries, wanted: EntryAct, today: date, by: str) -> ActResult:
    """Tick off, snooze, assign or put back all chosen entries of a quality list, or none of them.

    ``wanted`` says which of these, and with what note, day or person; ``today`` is what a snooze is judged by. Entries
    that are on the list no more are left out. Returns the name of the act, for ``undo_quality_act``, and how many
    entries it changed.

    ``Refusal``: ``note-too-long``, ``snooze-missing``, ``snooze-past``, ``assignee-unknown``, ``quality-too-many``
    (more than ``MOST_ENTRIES``), ``quality-nothing-chosen`` (also if none of them can be put back),
    ``quality-changed-meanwhile`` (somebody else has worked on one of them since it was shown). Rule:
    docs/surface.md#data-quality-lists.
    """
    note = require_quality_note(wanted.note)
    until = require_snooze(wanted.until, today=today) if wanted.act is QualityAct.SNOOZE else None
    assignee = _assignee(wanted)
    if len(chosen.keys) > MOST_ENTRIES:
        raise Refusal("quality-too-many", limit=MOST_ENTRIES)
    lock_quality_list(chosen.list)
    found = _findings_of(chosen)
    marks = marks_of_many(chosen.list, found)
    _refuse_changed(chosen, marks, by=by)
    if wanted.act is QualityAct.PUT_BACK:
        found = {key: row for key, row in found.items() if key in marks and marks[key].state != QualityMark.State.OPEN}
    if not found:
        raise Refusal("quality-nothing-chosen")
    act = secrets.token_hex(16)
    changed = [
        _changed(marks.get(key), finding, wanted, note=note, until=until, assignee=assignee)
        for key, finding in found.items()
    ]
    _stamp(changed, act, by=by)
    _save(changed)
    _record(chosen.list, wanted.act.value, act, changed, by=by, details=_details(until, assignee))
    return ActResult(act, len(changed))


def _details(until: date | None, assignee: User | None) -> dict[str, str]:
    """The details of an act's event besides its entries: until when they are snoozed, and whose they are."""
    details = {"snoozed_until": until.isoformat()} if until else {}
    return details | ({"assigned_to": assignee.get_username()} if assignee else {})


def _stamp(marks: list[QualityMark], act: str, *, by: str) -> None:
    """Put the act, who did it and the time on the marks."""
    now = timezone.now()
    for mark in marks:
        mark.changed_by, mark.changed_by_number, mark.changed_at, mark.act = str(by), user_number_of(by), now, act


def _assignee(wanted: EntryAct) -> User | None:
    """The user that entries are to be assigned to. ``Refusal``: ``assignee-unknown``."""
    if wanted.act is not QualityAct.ASSIGN or wanted.assignee is None:
        return None
    user = colleagues().filter(pk=wanted.assignee).first()
    if user is None:
        raise Refusal("assignee-unknown", field="assignee")
    return user


def _findings_of(chosen: ChosenEntries) -> dict[EntryKey, QualityFinding]:
    """The chosen entries that are on the list, by key."""
    found: dict[EntryKey, QualityFinding] = {}
    for chunk in batched(chosen.keys, _BATCH):
        rows = QualityFinding.objects.filter(list=chosen.list, subject__in={subject for subject, _second in chunk})
        found |= {(row.subject, row.second): row for row in rows.select_related("customer", "serial")}
    wanted = set(chosen.keys)
    return {key: row for key, row in found.items() if key in wanted}


def marks_of_many(slug: str, keys: Iterable[EntryKey]) -> dict[EntryKey, QualityMark]:
    """Return the marks of any number of entries of the list ``slug``, by key."""
    return {key: mark for chunk in batched(keys, _BATCH) for key, mark in marks_of(slug, chunk).items()}


def _refuse_changed(chosen: ChosenEntries, marks: Mapping[EntryKey, QualityMark], *, by: str) -> None:
    """Refuse an act if some of the chosen entries are not as the form showed them.

    ``marks`` are the marks of the chosen entries, ``by`` who acts; their own changes are left out where the form showed
    no versions. ``Refusal``: ``quality-changed-meanwhile`` with ``count`` and ``who``.
    """
    changed = [mark for key, mark in marks.items() if _is_changed(chosen, key, mark)]
    if chosen.versions is not None:
        gone = [key for key, version in chosen.versions.items() if version and key not in marks]  # its act was undone
    else:
        changed = [mark for mark in changed if not is_same_person(_who(mark), by)]
        gone = []
    if changed or gone:
        who = sorted(unique_people(_who(mark) for mark in changed)) or ["–"]
        raise Refusal("quality-changed-meanwhile", count=len(changed) + len(gone), who=who)


def _is_changed(chosen: ChosenEntries, key: EntryKey, mark: QualityMark) -> bool:
    """Whether an entry's mark has another version than the form showed, or is newer than the form."""
    if chosen.versions is not None:
        return key in chosen.versions and chosen.versions[key] != mark.version
    return chosen.seen_at is not None and mark.changed_at > chosen.seen_at


def _who(mark: QualityMark) -> StaffIdentity:
    """The person whose act was the latest on a mark."""
    return StaffIdentity(mark.changed_by, mark.changed_by_number)


_STATES = {
    QualityAct.TICK_OFF: QualityMark.State.DONE,
    QualityAct.SNOOZE: QualityMark.State.SNOOZED,
    QualityAct.PUT_BACK: QualityMark.State.OPEN,
}


def _changed(
    mark: QualityMark | None,
    finding: QualityFinding,
    wanted: EntryAct,
    *,
    note: str,
    until: date | None,
    assignee: User | None,
) -> QualityMark:
    """The mark of a finding, a new one if there is none, with what an act changes; unsaved.

    ``until`` and ``assignee`` are those of the act, checked; an empty ``note`` leaves the note. What the mark was
    before is kept in it, for undoing.
    """
    mark = _prepared(mark, finding)
    mark.note, mark.did = note or mark.note, QualityMark.Act(wanted.act.value)
    if wanted.act is QualityAct.ASSIGN:
        mark.assigned_to = assignee
        return mark
    mark.state, mark.snoozed_until = _STATES[wanted.act], until
    mark.fingerprint = finding.fingerprint if wanted.act is QualityAct.TICK_OFF else ""
    return mark


def _prepared(mark: QualityMark | None, finding: QualityFinding) -> QualityMark:
    """The mark of a finding with what it was before; a new one if there is none.

    A note about another customer does not stay: the serial number has changed hands since.
    """
    if mark is None:
        mark = QualityMark(list=finding.list, subject=finding.subject, second=finding.second, before=None)
    else:
        mark.before = _columns_before(mark)
        mark.version += 1
        if mark.customer_id != finding.customer_id:
            mark.note, mark.before["note"] = "", ""
    mark.serial, mark.customer, mark.other_id = finding.serial, finding.customer, finding.other_id
    return mark


def _save(marks: list[QualityMark]) -> None:
    """Insert marks that are new, and update the others."""
    for mark in marks:
        mark.pk = None  # found again by its entry
    QualityMark.objects.bulk_create(
        marks,
        batch_size=_BATCH,
        update_conflicts=True,
        unique_fields=["list", "subject", "second"],
        update_fields=_CHANGED,
    )


def _record(
    slug: str, did: str, act: str, marks: list[QualityMark], *, by: str, details: Mapping[str, str] | None = None
) -> None:
    """Record the event of an act: which list, what was done, how many entries and the first of them; no note.

    ``slug`` is that of the list, ``did`` the verb, ``act`` the name by which the act can be undone; ``details`` are
    added.
    """
    entries = [[mark.subject, mark.second] for mark in marks[:_NAMED_IN_EVENT]]
    about: dict[str, Any] = {"quality_list": slug, "did": did, "count": len(marks), "act": act, "entries": entries}
    only = marks[0] if len(marks) == 1 else None
    record_customer_event(
        Event.Kind.QUALITY_MARKED,
        by=by,
        serial=only.serial if only else None,
        customer=only.customer if only else None,
        details={**about, **(details or {})},
    )


# --- Undo ------------------------------------------------------------------------------------------------


@transaction.atomic
def undo_quality_act(*, act: str, by: str) -> int:
    """Undo an act: its entries are as they were before. Returns how many.

    Entries that somebody changed since stay as they are. ``Refusal``: ``quality-nothing-to-undo`` (there is no such
    entry any more, also for a second call).
    """
    slug = QualityMark.objects.filter(act=act).exclude(act="").values_list("list", flat=True).first()
    if slug is None:
        raise Refusal("quality-nothing-to-undo")
    lock_quality_list(slug)
    marks = list(QualityMark.objects.filter(act=act).select_related("serial", "customer").order_by("pk"))
    if not marks:
        raise Refusal("quality-nothing-to-undo")
    new = [mark.pk for mark in marks if mark.before is None]
    for chunk in batched(new, _BATCH):
        QualityMark.objects.filter(pk__in=chunk).delete()
    earlier = [mark for mark in marks if mark.before is not None]
    for mark in earlier:
        _restore(mark)
    users = set(User.objects.filter(pk__in={mark.assigned_to_id for mark in earlier}).values_list("pk", flat=True))
    for mark in earlier:
        mark.assigned_to_id = mark.assigned_to_id if mark.assigned_to_id in users else None
    _save(earlier)
    _record(slug, "undo", act, marks, by=by)
    return len(marks)


def _columns_before(mark: QualityMark) -> dict[str, Any]:
    """The columns of a mark as JSON values, for ``_restore``."""
    return {
        "state": str(mark.state),
        "fingerprint": mark.fingerprint,
        "snoozed_until": mark.snoozed_until.isoformat() if mark.snoozed_until else "",
        "note": mark.note,
        "assigned_to": mark.assigned_to_id,
        "did": str(mark.did),
        "changed_by": mark.changed_by,
        "changed_by_number": mark.changed_by_number,
        "changed_at": mark.changed_at.isoformat(),
    }


def _restore(mark: QualityMark) -> None:
    """Give a mark the columns that it had before its latest act."""
    before: dict[str, Any] = mark.before or {}
    for name in ("state", "fingerprint", "note", "did", "changed_by", "changed_by_number"):
        setattr(mark, name, before[name])
    mark.snoozed_until = parse_date(before["snoozed_until"]) if before["snoozed_until"] else None
    mark.assigned_to_id = before["assigned_to"]
    mark.changed_at = parse_datetime(before["changed_at"]) or mark.changed_at
    mark.act, mark.before, mark.version = "", None, mark.version + 1


# --- Forgetting ------------------------------------------------------------------------------------------


def forget_quality_notes(marks: Any) -> int:
    """Empty the notes of marks (a queryset), also those from before their latest act; returns how many had one.

    A digest of what the entry was about goes as well. State, author and time stay. Their latest act cannot be undone
    any more.
    """
    count = marks.exclude(note="").count()
    marks.update(note="", fingerprint="", before=None, act="")
    return int(count)


def empty_quality_notes_before(at: datetime) -> int:
    """Empty the notes of entries that nobody has worked on since a time; returns how many."""
    old = QualityMark.objects.filter(changed_at__lt=at)
    old.filter(before__isnull=False).update(before=None, act="")
    return old.exclude(note="").update(note="")
