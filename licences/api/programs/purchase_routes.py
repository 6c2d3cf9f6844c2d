"""The call by which a shop records purchases. Function names are the operation ids of the schema."""

from contextlib import suppress
from http import HTTPStatus
from typing import Annotated, Any, cast

from django.conf import settings
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from ninja import Header, Router, Status

from licences import imports, tasks, throttling
from licences.api.programs.authorisation import ProgramKeyAuth
from licences.api.programs.problems import program_problem
from licences.api.programs.purchase_schemas import ImportOut, LineOut, LineProblemOut, PurchasesIn, PurchasesOut
from licences.domain.errors import Refusal
from licences.domain.program_keys import Scope
from licences.imports.sent_purchases import LineAnswer, SentAnswer, State
from licences.models import ProgramKey
from licences.wording.sentences import sentence

BODY_LIMIT = 2_000_000  # bytes; a thousand lines with every cell filled
LONGEST_KEY = 100
router = Router(tags=["Purchases"])

IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        max_length=LONGEST_KEY,
        pattern=r"^[!-~]+$",
        description="A text of your choice that names this call, such as a UUID. The same call again gets the same "
        "answer, for 30 days.",
    ),
]
_STATUSES = {State.RECORDED: HTTPStatus.CREATED, State.WAITING: HTTPStatus.ACCEPTED}


@router.post(
    "/purchases",
    auth=ProgramKeyAuth(Scope.PURCHASES_WRITE, body_limit=BODY_LIMIT),
    response={200: PurchasesOut, 201: PurchasesOut, 202: PurchasesOut},
)
def record_purchases(
    request: HttpRequest, body: PurchasesIn, idempotency_key: IdempotencyKey = None
) -> Status | HttpResponse:
    """Record lines of purchases, as a purchase file would. Scope: purchases:write."""
    key: ProgramKey = request.auth  # type: ignore[attr-defined]
    throttling.take_program_lines(key.pk, len(body.lines))
    try:
        answer = imports.record_sent_purchases(sent=body.sent(), key=key, idempotency_key=idempotency_key or "")
    except Refusal as refusal:
        if refusal.code == "lines-rejected":
            return _rejected(refusal, body)
        raise
    if answer.waits_in is not None and not answer.repeated:
        with suppress(OperationalError):  # a worker finds the import by itself later
            tasks.advance_import.enqueue(answer.waits_in)
    return Status(_STATUSES.get(answer.state, HTTPStatus.OK), _purchases_out(answer, body))


def _rejected(refusal: Refusal, body: PurchasesIn) -> HttpResponse:
    """The problem ``lines-rejected``, with what is wrong with each line."""
    answer = cast(SentAnswer, refusal.parameters["answer"])
    lines = [_line_out(row, each).model_dump() for row, each in enumerate(answer.lines, start=1)]
    return program_problem("lines-rejected", {"count": refusal.parameters["count"]}, lines=lines)


def _purchases_out(answer: SentAnswer, body: PurchasesIn) -> PurchasesOut:
    return PurchasesOut(
        state=answer.state.value,
        lines=[_line_out(row, each) for row, each in enumerate(answer.lines, start=1)],
        recorded_in=_import_out(answer.recorded_in),
        waits_in=_import_out(answer.waits_in),
        ignored=body.ignored(),
    )


def _line_out(row: int, line: LineAnswer) -> LineOut:
    problems = [
        LineProblemOut(column=column, code=code, detail=sentence(code, parameters))
        for column, code, parameters in line.problems
    ]
    return LineOut(
        row=row, outcome=_outcome(line), recorded=line.recorded, serial=line.serial or None, problems=problems
    )


def _outcome(line: LineAnswer) -> Any:
    return line.outcome


def _import_out(number: int | None) -> ImportOut | None:
    if number is None:
        return None
    return ImportOut(number=number, url=settings.PORTAL_URL.rstrip("/") + reverse("import", args=[number]))
