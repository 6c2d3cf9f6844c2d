"""What supervisors decide about a checklist: items that cannot be proved, limits that are exceeded.

Whoever asked never decides. Where much is at stake (``FOUR_EYES_LICENCES``), two supervisors have to agree: the first
approval is kept, and the second one settles the matter.
"""

from collections.abc import Collection, Iterable
from typing import Any

from django.db import transaction
from django.utils import timezone

from licences import decisions, queries
from licences.decisions import Standing
from licences.domain.decisions import Held, Hold, written_reason
from licences.domain.errors import Refusal
from licences.models import Approval, CheckedItem, ChecklistCheck, Event, ItemResolution, Relicensing, Serial
from licences.operations.locks import lock_request, lock_serial
from licences.operations.relicensing import note_waiting, record_step, resolve

HOLDS = tuple(hold.value for hold in Hold)


@transaction.atomic
def decide(*, request_id: int, items: Collection[str], reason: str, by: str, check: int | None = None) -> bool:
    """Accept items that cannot be proved, or limits that are exceeded, with a written reason (decisions.md 5 and 12).

    ``items`` are names of items and of limits (``Hold``). ``check`` is the number of the check that was looked at.
    Holds for the very answers and record of that check. False: a second supervisor has to agree. ``Refusal``:
    ``reason-missing``, ``reason-too-short``, ``request-closed``, ``decision-out-of-date``, ``decider-asked``,
    ``decided-already``, ``agreed-already``, ``nothing-to-decide``, ``not-to-be-decided`` (a wrong serial, site ID or
    release code).
    """
    reason = written_reason(reason, decisions.limits())
    request = lock_undecided(request_id)
    latest, standing = looked_at(request, check, by=by)
    chosen = _unsigned(_chosen(latest, standing, items), standing, by=by)
    for subject in chosen:
        sign(subject, by=by, reason=reason, standing=standing, check=latest)
    settled = {name: each for name, each in chosen.items() if len(_signers(standing, name)) + 1 >= standing.needed}
    resolve([each for each in settled.values() if each], ItemResolution.Kind.ACCEPTED, by=by, reason=reason)
    note_waiting(request, latest)
    agreed = [name for name in chosen if name not in settled]
    counted = what_was_counted(request.serial, standing.holds, chosen)
    _record(request, latest, list(settled), agreed, by=by, reason=reason, **counted)
    return len(settled) == len(chosen)


def what_was_counted(serial: Serial | None, holds: Iterable[Held], subjects: Collection[str]) -> dict[str, Any]:
    """For the event of a decision: how much had been counted where it is about a limit, or needed two people.

    Settings change and rows are counted anew every day; years later, only this tells why a supervisor had to decide.
    """
    counted = {held.hold.value: _beside(held.count, held.limit) for held in holds if held.hold in subjects}
    licences, four_eyes_from = decisions.licences_of(serial) if serial else 0, decisions.limits().four_eyes_from
    if licences >= four_eyes_from:
        counted["licences"] = _beside(licences, four_eyes_from)
    return {"counted": counted} if counted else {}


def _beside(count: int, limit: int) -> dict[str, int]:
    return {"count": count, "limit": limit}


def _record(
    request: Relicensing,
    check: ChecklistCheck,
    settled: list[str],
    agreed: list[str],
    *,
    by: str,
    reason: str,
    **counted: Any,
) -> None:
    """One event, whatever was settled by it; ``agreed`` is what waits for a second supervisor still."""
    details: dict[str, Any] = {"check": check.number, "items": settled or agreed, "reason": reason, **counted}
    if settled and agreed:
        details["agreed"] = agreed
    kind = Event.Kind.RELICENSING_DECIDED if settled else Event.Kind.RELICENSING_AGREED
    record_step(kind, request, by=by, **details)


def lock_undecided(request_id: int) -> Relicensing:
    """The request, held, with its serial; ``Refusal("request-closed")``."""
    request = lock_request(request_id)
    if not request.is_open:
        raise Refusal("request-closed")
    if request.serial is not None:
        request.serial = lock_serial(request.serial.code)
    return request


def looked_at(request: Relicensing, check: int | None, *, by: str) -> tuple[ChecklistCheck, Standing]:
    """The latest check, which has to be the one that was looked at, by somebody who may decide it."""
    latest = queries.latest_check(request)
    if check is not None and latest.number != check:
        raise Refusal("decision-out-of-date")
    standing = decisions.standing(request, latest, now=timezone.now())
    if by in standing.askers:
        raise Refusal("decider-asked")
    return latest, standing


def sign(subject: str, *, by: str, reason: str, standing: Standing, check: ChecklistCheck) -> None:
    """Keep that one supervisor agrees; ``Refusal("agreed-already")`` where that is on record."""
    if by in _signers(standing, subject):
        raise Refusal("agreed-already")
    Approval.objects.create(
        checklist=check,
        subject=subject,
        counted=standing.count(subject),
        reason=reason,
        approved_by=by,
        approved_at=timezone.now(),
    )


def _signers(standing: Standing, subject: str) -> list[str]:
    return standing.signers(subject, count=standing.count(subject))


def _unsigned(chosen: dict[str, CheckedItem | None], standing: Standing, *, by: str) -> dict[str, CheckedItem | None]:
    """What this supervisor has not agreed to before; ``Refusal("agreed-already")`` where nothing is left."""
    unsigned = {name: each for name, each in chosen.items() if by not in _signers(standing, name)}
    if not unsigned:
        raise Refusal("agreed-already")
    return unsigned


def _chosen(check: ChecklistCheck, standing: Standing, items: Collection[str]) -> dict[str, CheckedItem | None]:
    """What is to be decided of what was ticked; nothing that is settled, and nothing that cannot be."""
    settled = queries.resolutions(check)
    pending = {held.hold: None for held in standing.pending}
    checked = {each.item: each for each in check.items.all()}
    chosen = {name: checked[name] for name in items if name in checked and name not in settled}
    limits = {name: None for name in items if name in pending}
    if not chosen and not limits:
        decided = [settled[name].resolved_by for name in items if name in settled and settled[name].reason]
        decided += [name for each in items if each in HOLDS for name in standing.signers(each)]
        raise Refusal("decided-already", who=decided[-1]) if decided else Refusal("nothing-to-decide", field="items")
    if not all(each.finding().decidable for each in chosen.values()):
        raise Refusal("not-to-be-decided", field="items")
    return {**chosen, **limits}
