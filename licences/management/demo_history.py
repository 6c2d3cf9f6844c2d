"""Two years of the demo's past: purchases, registrations and calls by the real operations, each at its own time.

The portal's clock is set for every step (docs/decisions.md#the-demo), so figures, lists and the event log look as after
two years of work. Chance is seeded: every demo has the same past.
"""

import csv
import gc
import heapq
import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, time, timedelta
from functools import partial
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory

from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from licences import operations
from licences.domain import codes
from licences.domain.approvals import LimitKind
from licences.domain.checklist import Answers
from licences.domain.errors import Refusal
from licences.models import Installation, Relicensing, Serial
from licences.queries import checklist

DAYS = 730
CALLS = 300
_SEED = 20_190_314
_QUARTERS = 8
_BEGINS = time(9)
_KEPT_FOR_CALLS = 8  # the first serials, whose servers nobody moves: the sample call is one of them
_FREQUENT_MOVERS, _FROM_FREQUENT_MOVERS = (
    4,
    0.08,
)  # customers that move more often than others; their share of all calls
_SLIP, _DEAD_PC, _GAVE_UP = 0.22, 0.04, 0.07  # shares of all calls
_MOVED_AGAIN = "They replace their servers one by one this year."
_WHY = "The old PC is broken; a photo of it is with the request."

Register = Callable[[Serial, int], Serial]
SetClock = Callable[[datetime], None]


def play_history(samples: Path, *, prepare: Callable[[], None], register: Register) -> list[Serial]:
    """Play the past of an empty demo, in about ``DAYS`` days up to now; returns the registered serials.

    ``samples`` is the file of purchases; ``prepare`` loads what has to be there before, on the first day, and
    ``register`` registers one of the serials, whose number is counted from 0.
    """
    now = timezone.now()
    with _without_collection(), portal_clock() as set_clock:
        set_clock(now - timedelta(days=DAYS, hours=1))
        prepare()
        return _History(samples, register, set_clock, now).play()


@contextmanager
def _without_collection() -> Iterator[None]:
    """Keep the garbage collector from looking through what ten thousands of statements leave: a tenth of the time."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


@contextmanager
def portal_clock() -> Iterator[SetClock]:
    """Let the caller set the portal's clock, for the demo alone; it goes on as before after the block."""
    real = timezone.now
    moment = real()

    def set_clock(to: datetime) -> None:
        nonlocal moment
        moment = to

    timezone.now = lambda: moment
    try:
        yield set_clock
    finally:
        timezone.now = real


class _History:
    """What happens in the two years, as steps in the order of time: a step may plan further ones."""

    def __init__(self, samples: Path, register: Register, set_clock: SetClock, now: datetime) -> None:
        self._samples, self._register, self._set_clock, self._now = samples, register, set_clock, now
        self._first = now - timedelta(days=DAYS)
        self._chance = random.Random(_SEED)  # noqa: S311  (a demo, and no secret)
        self._steps: list[tuple[datetime, int, Callable[[], None]]] = []
        self._seen: set[int] = set()
        self._registered: list[Serial] = []
        self._dead: set[int] = set()
        self._calls: Counter[int] = Counter()

    def play(self) -> list[Serial]:
        """Play all steps; those between two imports are one transaction, which saves a minute of waiting."""
        with TemporaryDirectory() as folder:
            self._plan_imports(Path(folder))
            self._plan_calls()
            while self._steps:
                self._play_next_import()
                with transaction.atomic():
                    while self._steps and not self._is_import(self._steps[0][2]):
                        self._play_step()
        return self._registered

    def _play_next_import(self) -> None:
        if self._is_import(self._steps[0][2]):
            self._play_step()

    @staticmethod
    def _is_import(step: Callable[[], None]) -> bool:
        return isinstance(step, _Import)

    def _play_step(self) -> None:
        moment, _number, step = heapq.heappop(self._steps)
        self._set_clock(moment)
        step()

    def _plan(self, moment: datetime, step: Callable[[], None]) -> None:
        if moment < self._now:
            heapq.heappush(self._steps, (moment, len(self._steps) * 1_000 + len(self._registered), step))

    # --- Purchases and registrations -----------------------------------------------------------------

    def _plan_imports(self, folder: Path) -> None:
        """Import what was bought before at the beginning, and the rest at the end of each quarter."""
        with self._samples.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file)
            columns, rows = list(reader.fieldnames or ()), list(reader)
        length = timedelta(days=DAYS) / _QUARTERS
        ends = [self._first + number * length for number in range(_QUARTERS)] + [self._now - timedelta(hours=2)]
        for number, end in enumerate(ends):
            begin = ends[number - 1].date().isoformat() if number else ""
            bought = [row for row in rows if begin <= row["purchased_on"] < end.date().isoformat()]
            if end is ends[-1]:
                bought = [row for row in rows if begin <= row["purchased_on"]]
            if bought:
                path = folder / f"purchases-{end:%Y-%m}.csv"
                with path.open("w", encoding="utf-8", newline="") as file:
                    writer = csv.DictWriter(file, columns)
                    writer.writeheader()
                    writer.writerows(bought)
                self._plan(end, _Import(path, self._plan_registrations))

    def _plan_registrations(self) -> None:
        """Register most serials that are new, in the days after their purchase."""
        new = Serial.objects.filter(balances__quantity__gt=0).exclude(pk__in=self._seen).distinct().order_by("pk")
        for serial in new.select_related("site__customer"):
            number = len(self._seen)
            self._seen.add(serial.pk)
            if number % 7 == 3:
                continue
            moment = self._working_time(timezone.now() + timedelta(days=self._chance.randint(1, 40)))
            latest = self._now - timedelta(hours=1)
            self._plan(min(moment, latest), partial(self._register_site, serial, number))

    def _register_site(self, serial: Serial, number: int) -> None:
        self._registered.append(self._register(serial, number))

    # --- Calls -----------------------------------------------------------------------------------------

    def _plan_calls(self) -> None:
        for _call in range(CALLS):
            day = self._first + timedelta(days=self._chance.uniform(45, DAYS - 1))
            self._plan(self._working_time(day), self._take_call)

    def _working_time(self, day: datetime) -> datetime:
        """A moment of a working day in office hours, most of them in the morning."""
        day += timedelta(days=max(timezone.localtime(day).weekday() - 4, 0))  # Saturday and Sunday: two days later
        minutes = self._chance.triangular(0, 8 * 60, 100)
        opened = datetime.combine(timezone.localtime(day).date(), _BEGINS, timezone.get_default_timezone())
        return opened + timedelta(minutes=minutes)

    def _take_call(self) -> None:
        """A call from a customer whose server runs, and how it ends."""
        callers = [each for each in self._registered[_KEPT_FOR_CALLS:] if each.pk not in self._dead]
        if not callers:
            return
        few = self._chance.sample(callers, k=min(3, len(callers)))
        serial = min(few, key=lambda each: self._calls[each.pk])  # else some would move every month
        if self._chance.random() < _FROM_FREQUENT_MOVERS:
            serial = self._chance.choice(callers[:_FREQUENT_MOVERS])
        self._calls[serial.pk] += 1
        live = serial.installations.filter(ended_at=None).order_by("-pk").first()
        if live is None:
            return
        kind = self._chance.random()
        if kind < _DEAD_PC:
            self._dead_pc(live)
        elif kind < _DEAD_PC + _GAVE_UP:
            self._withdraw_later(self._open(live, site_id="", customer_name="?"))
        elif kind < _DEAD_PC + _GAVE_UP + _SLIP:
            self._slip(live)
        else:
            self._issue_later(self._open(live), minutes=self._chance.triangular(1, 9, 2))

    def _answers(self, live: Installation, **slips: str) -> Answers:
        registration, code = live.serial.registrations.latest("pk"), live.unlock_codes.latest("sequence")
        said = {
            "serial": live.serial.code,
            "site_id": codes.new_site_id(),
            "release_code": code.release_code or "",
            "server_version": live.server_version,
            "client_version": live.client_version,
            "customer_name": registration.name,
            "address_line1": registration.address_line1,
        }
        return Answers(**(said | slips), release_code_unavailable=slips.get("release_code") == "")

    def _open(self, live: Installation, **slips: str) -> Relicensing:
        purposes = [Relicensing.Purpose.MIGRATE, Relicensing.Purpose.MIGRATE, Relicensing.Purpose.REINSTALL]
        purpose = self._chance.choice(purposes)
        return operations.open_relicensing(
            answers=self._answers(live, **slips), purpose=purpose, by="clerk", today=timezone.localdate()
        )

    def _slip(self, live: Installation) -> None:
        """The first check fails for a slip, and the second passes a few minutes later."""
        slip = self._chance.choice(
            [{"release_code": "AAAAA-AAAAA"}, {"address_line1": "Hauptstraße 1"}, {"customer_name": "Meier"}]
        )
        request = self._open(live, **slip)
        right = self._answers(live)
        self._after(3, lambda: self._recheck(request, right))
        self._issue_later(request, minutes=self._chance.triangular(5, 25, 8))

    def _recheck(self, request: Relicensing, right: Answers) -> None:
        operations.recheck_relicensing(
            request_id=request.pk, answers=right, purpose=request.purpose, by="clerk", today=timezone.localdate()
        )

    def _dead_pc(self, live: Installation) -> None:
        """A supervisor issues an emergency code, and decides about it a week later."""
        self._dead.add(live.serial_id)
        request = self._open(live, release_code="")

        def issue() -> None:
            emergency = operations.issue_emergency(
                request_id=request.pk, reason=_WHY, by="supervisor", today=timezone.localdate()
            )
            if emergency is None:  # a large site: a second supervisor would have to agree, and nobody does
                operations.withdraw_relicensing(request_id=request.pk, by="clerk")
            else:
                self._after(7 * 24 * 60, lambda: self._decide(emergency.pk))

        self._after(12, lambda: self._unless_refused(request, issue))

    def _decide(self, emergency_id: int) -> None:
        operations.decide_emergency(emergency_id=emergency_id, reason=_WHY, by="supervisor")

    def _issue_later(self, request: Relicensing, *, minutes: float) -> None:
        def issue() -> None:
            asked = checklist.checklist_rows(checklist.latest_check(request))
            if close := [row.finding.item.value for row in asked if row.to_ask_again]:
                operations.confirm_asked_again(request_id=request.pk, items=close, by="clerk")
            operations.issue_relicensing(request_id=request.pk, by="clerk", today=timezone.localdate())

        self._after(minutes, lambda: self._unless_refused(request, issue))

    def _withdraw_later(self, request: Relicensing) -> None:
        self._after(6, lambda: operations.withdraw_relicensing(request_id=request.pk, by="clerk"))

    def _unless_refused(self, request: Relicensing, issue: Callable[[], None]) -> None:
        """Issue a code. After too many moves in a year a supervisor agrees first; another refusal ends the call."""
        try:
            issue()
        except Refusal as refusal:
            if refusal.code == "waits-for-supervisor" and operations.decide_checklist(
                request_id=request.pk, items=[LimitKind.RELICENSINGS], reason=_MOVED_AGAIN, by="supervisor"
            ):
                self._after(2, issue)
            else:
                operations.withdraw_relicensing(request_id=request.pk, by="clerk")

    def _after(self, minutes: float, step: Callable[[], None]) -> None:
        self._plan(timezone.now() + timedelta(minutes=minutes), step)


class _Import:
    """Import a file of purchases, and then do what follows."""

    def __init__(self, path: Path, then: Callable[[], None]) -> None:
        self._path, self._then = path, then

    def __call__(self) -> None:
        call_command("import_purchases", str(self._path), stdout=StringIO())
        self._then()
