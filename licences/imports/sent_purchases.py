"""Purchase lines that a program sends: staged, judged and applied by the same rules as the rows of a file.

What a person would have to decide in a preview becomes an import that waits for one. The rule is
docs/integration.md#what-becomes-of-the-lines.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from typing import Any

from django.db import transaction

from licences.domain.errors import Refusal
from licences.imports import lifecycle, sent_files, sent_judgement, staging
from licences.imports.locks import answering_call
from licences.imports.sent_judgement import Judgement, Problems
from licences.models import FileImport, ProgramKey
from licences.operations import program_calls
from licences.operations.locks import lock_purchases_or_refuse

MOST_LINES = 1_000  # in a call
_Line = tuple[int, tuple[str, ...]]  # row number, from 1, and cells in the order of ``purchase_lines.COLUMNS``


class Mode(StrEnum):
    """Which lines are recorded if some are not good: none, or the valid ones."""

    ALL = "all"
    VALID = "valid"


class State(StrEnum):
    """What became of a call."""

    RECORDED = "recorded"  # at least one line
    UNCHANGED = "unchanged"  # all lines were on record
    WAITING = "waiting"  # nothing is recorded before a person decides
    NOTHING = "nothing"  # all lines are rejected, in the mode ``VALID``
    DECLINED = "declined"  # the call is sent again, and a person has decided against lines that waited
    DRY_RUN = "dry-run"


@dataclass(frozen=True, slots=True, kw_only=True)
class SentPurchases:
    """What a program sends: the cells of its lines, in the order of ``purchase_lines.COLUMNS``, and what to do."""

    lines: Sequence[tuple[str, ...]]
    mode: Mode
    dry_run: bool = False

    @property
    def content(self) -> str:
        """The SHA-256 of all of it, in hexadecimal."""
        return hashlib.sha256(json.dumps([self.mode, self.lines]).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class LineAnswer:
    """What became of a line, or in a dry run would.

    ``outcome`` is the name of a ``RowOutcome.Outcome`` in small letters with dashes, ``waiting`` or ``declined``.
    ``recorded``: it is on record now. ``serial`` is canonical, and empty where none is known yet. ``problems`` are
    column, reason and parameters.
    """

    outcome: str
    recorded: bool
    serial: str
    problems: Problems


@dataclass(frozen=True, slots=True)
class SentAnswer:
    """The answer to a call: an answer to each line, and the primary keys of the imports that it made.

    ``repeated``: it was given to the same call before.
    """

    state: State
    lines: list[LineAnswer]
    recorded_in: int | None = None
    waits_in: int | None = None
    repeated: bool = field(default=False, compare=False)

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> "SentAnswer":
        """The answer that was stored as ``asdict`` has it."""
        lines = [LineAnswer(**each) for each in stored["lines"]]
        return cls(State(stored["state"]), lines, stored["recorded_in"], stored["waits_in"], repeated=True)


def record_sent_purchases(*, sent: SentPurchases, key: ProgramKey, idempotency_key: str = "") -> SentAnswer:
    """Record the lines that the program with this key sends, in one transaction.

    Idempotent by purchase reference and line, and by ``idempotency_key`` for ``program_calls.KEPT``: the same call gets
    the same answer or, once a person has decided on what waited, says what came of it. A dry run writes nothing, and
    uses no ``idempotency_key``; nor does a refusal.

    ``Refusal``: ``lines-rejected`` with ``answer`` (in the mode ``ALL``, nothing was written), ``purchases-busy``,
    ``allocated-list-unwritable``; with an ``idempotency_key`` also ``call-in-progress`` and ``idempotency-key-reused``.
    """
    if not idempotency_key or sent.dry_run:
        with transaction.atomic():
            return _record(sent, key)
    program = program_calls.first_key(key)
    digest = program_calls.call_digest(program, idempotency_key)
    about: dict[str, Any] = {"program": program, "digest": digest, "content": sent.content}
    with answering_call(digest) as is_free:
        if not is_free:
            raise Refusal("call-in-progress")
        with transaction.atomic():
            earlier = program_calls.earlier_answer(**about)
            if earlier is not None:
                return _repeated(SentAnswer.from_json(earlier), sent, key)
            answer = _record(sent, key)
            program_calls.keep_answer(**about, answer=asdict(answer))
            return answer


def _record(sent: SentPurchases, key: ProgramKey) -> SentAnswer:
    """Judge the lines, put on the desk what waits for a person, and apply the others, as the mode allows.

    Call within a transaction.
    """
    lines = list(enumerate(sent.lines, start=1))
    lock_purchases_or_refuse()
    file_import = _begin(lines, sent, key)
    judgement = sent_judgement.judge(file_import)
    if sent.dry_run:
        return _nothing_written(file_import, State.DRY_RUN, lines, judgement)
    if sent.mode is Mode.ALL and judgement.rejected:
        answer = _nothing_written(file_import, State.NOTHING, lines, judgement)
        raise Refusal("lines-rejected", count=len(judgement.rejected), answer=answer)
    if sent.mode is Mode.ALL and judgement.waiting:
        answer = _nothing_written(file_import, State.WAITING, lines, judgement)
        return replace(answer, lines=list(map(_waiting_with_others, answer.lines)), waits_in=_put_on_desk(lines, key))
    waiting = judgement.waiting
    judgement = sent_judgement.without_waiting(file_import, judgement)
    waits_in = _put_on_desk([each for each in lines if each[0] in judgement.waiting], key) if waiting else None
    if not judgement.changes:
        state = _state_of_unchanged(judgement)
        return replace(_nothing_written(file_import, state, lines, judgement), waits_in=waits_in)
    lifecycle.apply_and_record(file_import, judgement.counts)
    answers = _answers(lines, judgement, serials=sent_judgement.serials_on_record(file_import), are_recorded=True)
    lifecycle.delete_staged_rows(file_import)
    return SentAnswer(State.RECORDED, answers, file_import.pk, waits_in)


def _repeated(answer: SentAnswer, sent: SentPurchases, key: ProgramKey) -> SentAnswer:
    """The answer to a call that is sent again: the earlier one, until a person has decided on what waited."""
    waited = FileImport.objects.filter(pk=answer.waits_in).first() if answer.waits_in else None
    if waited is None or not waited.has_ended:
        return answer
    lock_purchases_or_refuse()
    file_import = _begin(list(enumerate(sent.lines, start=1)), sent, key)
    judgement = sent_judgement.judge(file_import)
    serials = sent_judgement.serials_on_record(file_import)
    lines = [
        _decided(line, judgement, row, serials) if line.outcome == "waiting" else line
        for row, line in enumerate(answer.lines, start=1)
    ]
    lifecycle.discard_import(file_import)
    return replace(answer, state=_state_of_decided(answer, lines), lines=lines, waits_in=None)


def _decided(line: LineAnswer, judgement: Judgement, row: int, serials: dict[int, str]) -> LineAnswer:
    """What a person decided on a line that waited, or that waited with others."""
    if row in judgement.outcomes and judgement.outcomes[row][0] == "unchanged":
        return LineAnswer("unchanged", True, serials.get(row, ""), [])
    return LineAnswer("declined", False, "", line.problems)


def _state_of_decided(answer: SentAnswer, lines: Iterable[LineAnswer]) -> State:
    """The state of a call of which nothing waits any more."""
    if any(line.outcome == "declined" for line in lines):
        return State.DECLINED
    return State.RECORDED if answer.state is State.RECORDED else State.UNCHANGED


def _begin(lines: Sequence[_Line], sent: SentPurchases, key: ProgramKey) -> FileImport:
    """The import of the lines, with its rows staged."""
    content = sent_files.as_csv([cells for _row, cells in lines])
    file_import = FileImport(
        kind=FileImport.Kind.PURCHASES, state=FileImport.State.APPLYING, program_key=key,
        file_name=key.name, sha256=hashlib.sha256(content).hexdigest(), size=len(content),
        uploaded_by=key.actor, confirmed_by=key.actor, accept_valid=sent.mode is Mode.VALID,
    )  # fmt: skip
    file_import.save()
    staging.stage_rows(file_import, lines)
    return file_import


def _put_on_desk(waiting: Sequence[_Line], key: ProgramKey) -> int:
    """The primary key of the import in which these lines wait for a person: a new one, or one that has them already."""
    return sent_files.receive([cells for _row, cells in waiting], key=key).pk


def _state_of_unchanged(judgement: Judgement) -> State:
    """The state of a call in the mode ``VALID`` that records no line."""
    if judgement.waiting:
        return State.WAITING
    return State.UNCHANGED if judgement.outcomes else State.NOTHING


def _nothing_written(file_import: FileImport, state: State, lines: Iterable[_Line], judgement: Judgement) -> SentAnswer:
    """The answer to a call that records nothing; the import that was begun for it is deleted."""
    serials = sent_judgement.serials_on_record(file_import)
    answers = _answers(lines, judgement, serials=serials, are_recorded=False)
    lifecycle.discard_import(file_import)
    return SentAnswer(state, answers)


def _waiting_with_others(line: LineAnswer) -> LineAnswer:
    """The answer to a line of a call that waits as a whole."""
    return line if line.recorded else LineAnswer("waiting", False, "", line.problems)


def _answers(
    lines: Iterable[_Line], judgement: Judgement, *, serials: dict[int, str], are_recorded: bool
) -> list[LineAnswer]:
    """The answers to the lines; ``are_recorded``: the good ones were applied."""
    return [_line_answer(row, judgement, serials.get(row, ""), are_recorded=are_recorded) for row, _cells in lines]


def _line_answer(row: int, judgement: Judgement, serial: str, *, are_recorded: bool) -> LineAnswer:
    if row in judgement.rejected:
        return LineAnswer("rejected", False, "", judgement.rejected[row])
    if row in judgement.waiting:
        return LineAnswer("waiting", False, "", judgement.waiting[row])
    outcome, known_serial = judgement.outcomes[row]
    return LineAnswer(outcome, are_recorded or outcome == "unchanged", serial or known_serial, [])
