"""Data of the demo: the sample purchases, imported and registered by the real importer and operations
(docs/decisions.md#the-demo).
"""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.utils import timezone

from customers.models import Customer
from licences import operations, roles
from licences.domain import codes
from licences.domain.checklist import Answers
from licences.domain.details import RegistrationDetails
from licences.domain.entitlements import is_assured
from licences.domain.installation_proof import InstallationProof, new_token
from licences.domain.telephone_matching import Likeness, compare_names_as_said
from licences.domain.versions import Versions
from licences.management.demo_facts import load_facts
from licences.management.demo_history import DAYS, play_history
from licences.models import Installation, Product, Relicensing, Serial

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


def create_users() -> None:
    """Create one user per role, all with the generated ``DEMO_PASSWORD``. Idempotent: existing users stay."""
    roles.write_groups()
    hashed = make_password(settings.DEMO_PASSWORD)  # one for all: made to be slow, and it is one password
    for username, role in USERS.items():
        user, created = get_user_model().objects.get_or_create(
            username=username, defaults={"is_staff": username != "support"}
        )
        if created:
            user.password = hashed
            user.save()
            user.groups.set([Group.objects.get(name=role)])


def load_samples(*, with_history: bool = False) -> None:
    """Load the sample catalogue, reference facts and purchases; register most sites, release some, block one.

    ``with_history``: into an empty database, as two years of work, with calls and figures; else all of it happens now.
    Idempotent: what is there already is left out.
    """
    purchases = SAMPLES / "purchases.csv"
    if with_history and not Serial.objects.exists():
        _play_end(play_history(purchases, prepare=_load_catalogue, register=_register))
        today = timezone.localdate()
        operations.compute_figures(first=today - timedelta(days=DAYS), last=today, now=timezone.now())
    _load_catalogue()
    if not Serial.objects.exists():
        call_command("import_purchases", str(purchases), stdout=StringIO())
    if not Installation.objects.exists():
        _play_end(_play_registrations())


def _load_catalogue() -> None:
    """Load products and reference facts, unless they are there."""
    if not Product.objects.exists():
        with (SAMPLES / "products.csv").open(encoding="utf-8") as file:
            for row in csv.DictReader(file):
                operations.save_product(Product(sku=row["sku"], name=row["name"], slot=int(row["slot"])), by=BY)
    load_facts(SAMPLES, by=BY)


def _play_registrations() -> list[Serial]:
    """Register most sites; returns their serials."""
    serials = Serial.objects.filter(balances__quantity__gt=0).distinct().select_related("site__customer")
    return [_register(serial, index) for index, serial in enumerate(serials.order_by("pk")) if index % 7 != 3]


def _play_end(registered: Sequence[Serial]) -> None:
    """Leave something to do: servers that were released, an emergency, a blocked serial."""
    for serial in registered[10::25]:
        _release(serial)
    _begin_emergency(registered[7])
    operations.block_serial(serial=registered[-1].code, reason="Invoice disputed; ask accounts first.", by=BY)


def _register(serial: Serial, index: int) -> Serial:
    """Register a server with a token, as its own first call does: without it nobody gets its code.

    Servers under Software Assurance run 2.6, the others a version below 2.5.
    """
    today = timezone.localdate()
    version = "2.6.1" if is_assured(serial.assured_until(), on=today) else ("2.4.3", "2.3")[index % 2]
    operations.register_installation(
        serial=serial.code,
        site_id=codes.new_site_id(),
        versions=Versions.parse(server=version, client=version),
        details=_details(serial.site.customer),
        by=BY,
        today=today,
        proof=InstallationProof(token=new_token()),
    )
    return serial


def _details(customer: Customer) -> RegistrationDetails:
    values = {name: getattr(customer, name) for name in RegistrationDetails.__dataclass_fields__}
    return RegistrationDetails(**values)


def _release(serial: Serial) -> None:
    live = serial.installations.get(ended_at=None)
    code = live.unlock_codes.latest("sequence").release_code
    operations.release_installation(serial=serial.code, site_id=live.site_id, release_code=code, by="Xchange Server")


def _begin_emergency(serial: Serial) -> None:
    """Issue an emergency code that was requested by the clerk; its follow-up is on the desk."""
    today, live = timezone.localdate(), serial.installations.get(ended_at=None)
    registration = live.serial.registrations.latest("pk")
    answers = Answers(
        serial=serial.code,
        site_id=codes.new_site_id(),
        server_version=live.server_version,
        client_version=live.client_version,
        customer_name=registration.name,
        address_line1=registration.address_line1,
        release_code_unavailable=True,
    )
    request = operations.open_relicensing(
        answers=answers, purpose=Relicensing.Purpose.REINSTALL, by="clerk", today=today
    )
    operations.issue_emergency(
        request_id=request.pk, reason="Disk failed; a rescue firm is working on it.", by="supervisor", today=today
    )


# --- The prepared call ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DemoCall:
    """A telephone call to play: the caller's answers by item and the purpose, and the new server's state file."""

    answers: dict[str, str]
    new_server: Path


def prepare_call() -> DemoCall:
    """Prepare a call that can be played now: the old server has released its serial and shows the release code.

    Idempotent until the call has been played; then it is the call of the next customer.
    """
    folder = settings.VAR_DIR / "demo-call"
    live = _waiting_installation(folder / "old-server.json") or _next_caller()
    old, new = folder / "old-server.json", folder / "new-server.json"
    if not _is_server_of(old, live):
        code = live.unlock_codes.latest("sequence").code
        _run_server("new", old, "--force", "--site-id", live.site_id)
        _run_server("apply", old, live.serial.code, code)
        _run_server("new", new, "--force")
    answers = {
        "serial": codes.grouped(live.serial.code),
        "site_id": _output_value(_run_server("show", new), "site ID"),
        "release_code": _output_value(_run_server("release", old), "release code"),
        "server_version": live.server_version,
        "client_version": live.client_version,
        "customer_name": misspoken_name(live.serial.registrations.latest("pk").name),
        "address_line1": live.serial.registrations.latest("pk").address_line1,
        "purpose": "migrate",
    }
    return DemoCall(answers, new)


def _run_server(action: str, state: Path, *arguments: str) -> str:
    output = StringIO()
    call_command("xchange_server", action, *arguments, "--state", str(state), stdout=output)
    return output.getvalue()


def _output_value(output: str, name: str) -> str:
    return next(line.removeprefix(f"{name}: ") for line in output.splitlines() if line.startswith(f"{name}: "))


def _waiting_installation(state: Path) -> Installation | None:
    """The live installation of the old server in this state file; None once the call has been played."""
    if not state.exists():
        return None
    site_id = codes.canonical(_output_value(_run_server("show", state), "site ID"))
    return _callers().filter(site_id=site_id).first()


def _is_server_of(state: Path, live: Installation) -> bool:
    return state.exists() and codes.canonical(_output_value(_run_server("show", state), "site ID")) == live.site_id


def _next_caller() -> Installation:
    """The installation of the next caller: preferably covered by Software Assurance, with an umlaut in the name."""
    today = timezone.localdate()

    def preference(live: Installation) -> tuple[bool, bool, int]:
        customer = live.serial.site.customer
        has_umlaut = any(letter in customer.name for letter in "äöüß")
        return not is_assured(live.serial.assured_until(), on=today), not has_umlaut, live.pk

    return min(_callers()[:50], key=preference)


def _callers() -> Any:
    live = Installation.objects.filter(ended_at=None, serial__blocked_at=None, emergency=None)
    return live.exclude(unlock_codes=None).select_related("serial__site__customer").order_by("pk")


def misspoken_name(name: str) -> str:
    """A customer name with a small mistake, which the checklist judges as close."""
    close = (each for each in _misspellings(name) if compare_names_as_said(each, name).likeness is Likeness.CLOSE)
    return next(close, f"{name} & Co. KG")


def _misspellings(name: str) -> Iterator[str]:
    longest = max(name.split(), key=len)
    for index in range(2, len(longest) - 1):
        if longest[index] == longest[index + 1]:
            yield name.replace(longest, longest[:index] + longest[index + 1 :])  # one of a double letter
    middle = len(longest) // 2
    yield name.replace(longest, longest[:middle] + longest[middle] + longest[middle:])
