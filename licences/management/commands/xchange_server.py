"""``manage.py xchange_server``: plays the customer's Xchange Server, with its state in a file.

Offline it makes a site ID, checks and applies unlock codes, and releases its serial number. What it knows is what a
server knows: its site ID, the codes typed into it, and the keys that ship with the product.
"""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from licences.domain import codes
from licences.domain.errors import Refusal
from licences.wording import refusal_sentence


class Command(BaseCommand):
    help = "Play the customer's Xchange Server: new, apply, release, show."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        new = actions.add_parser("new", help="install a server: makes a site ID")
        new.add_argument("--site-id", help="use this site ID instead of drawing one")
        new.add_argument("--force", action="store_true", help="install anew over an existing state file")
        apply = actions.add_parser("apply", help="type in a serial number and its unlock code")
        apply.add_argument("serial")
        apply.add_argument("unlock_code", nargs="+", help="in any grouping")
        release = actions.add_parser("release", help="give the serial number back; shows the release code")
        show = actions.add_parser("show", help="what this server knows")
        for action in (new, apply, release, show):
            action.add_argument(
                "--state", type=Path, default=settings.VAR_DIR / "xchange_server.json", help="the state file"
            )

    def handle(self, *args: Any, action: str, state: Path, **options: Any) -> None:
        act = {"new": self._new, "apply": self._apply, "release": self._release, "show": self._show}[action]
        try:
            act(state, options)
        except Refusal as refusal:
            raise CommandError(refusal_sentence(refusal)) from None

    def _new(self, path: Path, options: dict[str, Any]) -> None:
        if path.exists() and not options["force"]:
            raise CommandError(f"{path} already holds a server; pass --force to install anew over it.")
        drawn = options["site_id"] or codes.new_site_id()
        _save(path, {"site_id": codes.canonical_site_id(drawn), "sequence": 0})
        self._show(path, options)

    def _apply(self, path: Path, options: dict[str, Any]) -> None:
        """Accept a code only if it verifies for this serial and this site ID, and is not an older one again."""
        server = _load(path)
        serial = codes.canonical_serial(options["serial"])
        code = codes.canonical(" ".join(options["unlock_code"]))
        statement = codes.decode_unlock_code(code, serial=serial, site_id=server["site_id"], keys=settings.UNLOCK_KEYS)
        if server.get("serial") not in (None, serial):
            raise CommandError("Another serial number runs here. Release it first.")
        is_newer = statement.sequence > server["sequence"] or code == server.get("unlock_code")
        if not is_newer and serial == server.get("last_serial"):
            raise Refusal("unlock-code-old")
        if statement.expires_on and statement.expires_on < timezone.localdate():
            raise Refusal("unlock-code-expired", until=statement.expires_on)
        server |= {
            "serial": serial,
            "last_serial": serial,
            "unlock_code": code,
            "sequence": statement.sequence,
        }
        server |= _licences(statement)
        _save(path, server)
        self.stdout.write("unlock code accepted")
        self._show(path, options)

    def _release(self, path: Path, options: dict[str, Any]) -> None:
        server = _load(path)
        if "serial" not in server and "release_code" not in server:
            raise CommandError("No serial number runs here: there is nothing to release.")
        if "serial" in server:
            place = {"serial": server["serial"], "site_id": server["site_id"]}
            server["release_code"] = codes.release_code(server["unlock_code"], **place)
            for name in ("serial", "unlock_code", "licences", "assured_until", "expires_on"):
                server.pop(name, None)
            _save(path, server)
        self.stdout.write(f"release code: {codes.grouped(server['release_code'])}")

    def _show(self, path: Path, options: dict[str, Any]) -> None:
        server = _load(path)
        self.stdout.write(f"site ID: {codes.grouped(server['site_id'])}")
        if "serial" not in server:
            return
        self.stdout.write(f"serial: {codes.grouped(server['serial'])}")
        for slot, quantity in server["licences"]:
            self.stdout.write(f"licences: slot {slot}: {quantity}")
        self.stdout.write(f"Software Assurance until: {server['assured_until'] or 'none'}")
        if server["expires_on"]:
            self.stdout.write(f"expires on: {server['expires_on']}")


def _licences(statement: codes.Statement) -> dict[str, Any]:
    assured_until = codes.last_day_of_month(statement.assured_month)
    return {
        "licences": [list(line) for line in statement.lines],
        "assured_until": assured_until.isoformat() if assured_until else None,
        "expires_on": statement.expires_on.isoformat() if statement.expires_on else None,
    }


def _load(path: Path) -> dict[str, Any]:
    try:
        server = json.loads(path.read_text())
    except FileNotFoundError:
        raise CommandError(f"No server is installed in {path}: run 'xchange_server new' first.") from None
    except (OSError, ValueError):
        server = None
    if not isinstance(server, dict) or not {"site_id", "sequence"} <= server.keys():
        raise CommandError(f"{path} is not the state file of a server.")
    return server


def _save(path: Path, server: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(server, indent=2) + "\n")
