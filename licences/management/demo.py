"""The demo: the sample purchases brought to life through the real importer and operations."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.utils import timezone

from customers.models import Customer
from licences import operations, roles
from licences.domain import codes
from licences.domain.checklist import Answers
from licences.domain.details import Details
from licences.domain.entitlements import is_assured
from licences.domain.matching import Likeness, compare_names
from licences.management.demo_facts import load_facts
from licences.models import Installation, Product, Relicensing, Serial
from licences.operations import Versions

SAMPLES = settings.BASE_DIR / "docs" / "samples"
BY = "quickstart"
USERS = {
    "support": "Support agent",
    "clerk": "Licensing staff",
    "supervisor": "Supervisor",
    "importer": "Importer",
    "auditor": "Auditor",
    "admin": "Administrator",
}


def make_users() -> None:
    """One user per role, all with the password that was generated for this machine."""
    roles.synchronise()
    for username, role in USERS.items():
        user, created = get_user_model().objects.get_or_create(
            username=username, defaults={"is_staff": username != "support"}
        )
        if created:
            user.set_password(settings.DEMO_PASSWORD)
            user.save()
            user.groups.set([Group.objects.get(name=role)])


def load() -> None:
    """Catalogue, reference facts and purchases from the samples; most sites registered, some released, one blocked."""
    if not Product.objects.exists():
        with (SAMPLES / "products.csv").open(encoding="utf-8") as file:
            for row in csv.DictReader(file):
                operations.save_product(Product(sku=row["sku"], name=row["name"], slot=int(row["slot"])), by=BY)
    load_facts(SAMPLES, by=BY)
    if not Serial.objects.exists():
        call_command("import_purchases", str(SAMPLES / "purchases.csv"), stdout=StringIO())
    if not Installation.objects.exists():
        _register_most()


def _register_most() -> None:
    serials = Serial.objects.filter(balances__quantity__gt=0).distinct().select_related("site__customer")
    registered = []
    for index, serial in enumerate(serials.order_by("pk")):
        if index % 7 != 3:
            registered.append(_register(serial, index))
    for serial in registered[10::25]:
        _release(serial)
    _begin_emergency(registered[7])
    operations.block_serial(serial=registered[-1].code, reason="Invoice disputed; ask accounts first.", by=BY)


def _register(serial: Serial, index: int) -> Serial:
    """Servers under Software Assurance run 2.6, the others stay below 2.5."""
    today = timezone.localdate()
    version = "2.6.1" if is_assured(serial.assured_until(), on=today) else ("2.4.3", "2.3")[index % 2]
    operations.register(
        serial=serial.code,
        site_id=codes.new_site_id(),
        versions=Versions.parse(server=version, client=version),
        details=_details(serial.site.customer),
        by=BY,
        today=today,
    )
    return serial


def _details(customer: Customer) -> Details:
    values = {name: getattr(customer, name) for name in Details.__dataclass_fields__}
    return Details(**values)


def _release(serial: Serial) -> None:
    live = serial.installations.get(ended_at=None)
    code = live.unlock_codes.latest("sequence").release_code
    operations.release(serial=serial.code, site_id=live.site_id, release_code=code, by="Xchange Server")


def _begin_emergency(serial: Serial) -> None:
    """A dead PC: the clerk asked, a supervisor let it run, and its follow-up stands on the desk."""
    today, live = timezone.localdate(), serial.installations.get(ended_at=None)
    registration = live.registrations.latest("pk")
    said = Answers(
        serial=serial.code,
        site_id=codes.new_site_id(),
        server_version=live.server_version,
        client_version=live.client_version,
        customer_name=registration.name,
        address_line1=registration.address_line1,
        release_code_unavailable=True,
    )
    asked = operations.open_request(answers=said, purpose=Relicensing.Purpose.REINSTALL, by="clerk", today=today)
    operations.issue_emergency(
        request_id=asked.pk, reason="Disk failed; a rescue firm is working on it.", by="supervisor", today=today
    )


# --- The ready call ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Call:
    """What a caller will say, and the state files of the two servers at the other end of the line."""

    said: dict[str, str]
    old_server: Path
    new_server: Path


def ready_call() -> Call:
    """A call that can be played now: its old server has just released the serial and shows the release code.

    The same call again until it was played; then the next customer's.
    """
    folder = settings.VAR_DIR / "demo-call"
    live = _live_of(folder / "old-server.json") or _next_caller()
    old, new = folder / "old-server.json", folder / "new-server.json"
    if not _is_of(old, live):
        code = live.unlock_codes.latest("sequence").code
        _server("new", old, "--force", "--site-id", live.site_id)
        _server("apply", old, live.serial.code, code)
        _server("new", new, "--force")
    said = {
        "serial": codes.grouped(live.serial.code),
        "site_id": _shown(_server("show", new), "site ID"),
        "release_code": _shown(_server("release", old), "release code"),
        "server_version": live.server_version,
        "client_version": live.client_version,
        "customer_name": slip_of_the_tongue(live.registrations.latest("pk").name),
        "address_line1": live.registrations.latest("pk").address_line1,
        "purpose": "migrate",
    }
    return Call(said, old, new)


def _server(action: str, state: Path, *arguments: str) -> str:
    output = StringIO()
    call_command("xchange_server", action, *arguments, "--state", str(state), stdout=output)
    return output.getvalue()


def _shown(output: str, name: str) -> str:
    return next(line.removeprefix(f"{name}: ") for line in output.splitlines() if line.startswith(f"{name}: "))


def _live_of(state: Path) -> Installation | None:
    """The installation of the last call, if that call was not played yet."""
    if not state.exists():
        return None
    site_id = codes.canonical(_shown(_server("show", state), "site ID"))
    return _callers().filter(site_id=site_id).first()


def _is_of(state: Path, live: Installation) -> bool:
    return state.exists() and codes.canonical(_shown(_server("show", state), "site ID")) == live.site_id


def _next_caller() -> Installation:
    """A German customer with an umlaut and Software Assurance, for preference, that was never re-licensed."""
    today = timezone.localdate()

    def likely(live: Installation) -> tuple[bool, bool, int]:
        customer = live.serial.site.customer
        has_umlaut = any(letter in customer.name for letter in "äöüß")
        return not is_assured(live.serial.assured_until(), on=today), not has_umlaut, live.pk

    return min(_callers()[:50], key=likely)


def _callers() -> Any:
    live = Installation.objects.filter(ended_at=None, serial__blocked_at=None, emergency=None)
    return live.exclude(unlock_codes=None).select_related("serial__site__customer").order_by("pk")


def slip_of_the_tongue(name: str) -> str:
    """The name as someone says it who has other things on his mind: still close, never the same."""
    return next((said for said in _slips(name) if compare_names(said, name).likeness is Likeness.CLOSE), name.upper())


def _slips(name: str) -> Iterator[str]:
    longest = max(name.split(), key=len)
    for index in range(2, len(longest) - 1):
        if longest[index] == longest[index + 1]:
            yield name.replace(longest, longest[:index] + longest[index + 1 :])  # one of a double letter
    middle = len(longest) // 2
    yield name.replace(longest, longest[:middle] + longest[middle] + longest[middle:])
