"""``manage.py xchange_server``: plays the customer's Xchange Server, with its state in a file.

Offline it makes a site ID, checks and applies unlock codes, and releases its serial number; online it calls the
portal's HTTP API. What it knows is what a server knows: its site ID, the codes given to it, and the keys that ship
with the product.
"""

import json
from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

import jwt
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from licences.domain import codes
from licences.domain.details import REQUIRED, Details
from licences.domain.errors import Refusal
from licences.management.portal_client import Portal, PortalRefused
from licences.wording import refusal_sentence


class Command(BaseCommand):
    help = "Play the customer's Xchange Server: new, apply, register, update, upgrade-check, release, show."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        new = actions.add_parser("new", help="install a server: makes a site ID")
        new.add_argument("--site-id", help="use this site ID instead of drawing one")
        new.add_argument("--force", action="store_true", help="install anew over an existing state file")
        apply = actions.add_parser("apply", help="type in a serial number and its unlock code")
        apply.add_argument("serial")
        apply.add_argument("unlock_code", nargs="+", help="in any grouping")
        register = actions.add_parser("register", help="register a serial number over the web")
        register.add_argument("serial")
        for name in Details.__dataclass_fields__:
            register.add_argument(f"--{name.replace('_', '-')}", required=name in REQUIRED, default="")
        update = actions.add_parser("update", help="fetch the licences that the serial number is worth now")
        for action in (register, update):
            action.add_argument("--server-version", help="default: what it ran before, or 2.6")
            action.add_argument("--client-version", help="default: as the server")
        check = actions.add_parser("upgrade-check", help="ask whether a version may run here")
        check.add_argument("to", metavar="VERSION")
        release = actions.add_parser("release", help="give the serial number back; shows the release code")
        show = actions.add_parser("show", help="what this server knows")
        for action in (register, update, check):
            action.add_argument("--url", default=settings.PORTAL_URL, help="the portal (default: %(default)s)")
        release.add_argument("--url", help="the portal to report the release to; else nothing is reported")
        for action in (new, apply, register, update, check, release, show):
            action.add_argument(
                "--state", type=Path, default=settings.VAR_DIR / "xchange_server.json", help="the state file"
            )

    def handle(self, *args: Any, action: str, state: Path, **options: Any) -> None:
        try:
            getattr(self, f"_{action.replace('-', '_')}")(state, options)
        except Refusal as refusal:
            raise CommandError(refusal_sentence(refusal)) from None
        except PortalRefused as refused:
            raise CommandError(str(refused)) from None

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
        _save(path, _accepted(server, serial, code))
        self.stdout.write("unlock code accepted")
        self._show(path, options)

    def _register(self, path: Path, options: dict[str, Any]) -> None:
        server = _load(path)
        serial = codes.canonical_serial(options["serial"])
        _refuse_another(server, serial)
        portal = Portal(options["url"])
        customer = {name: options[name] for name in Details.__dataclass_fields__}
        answer = portal.register(**_asking(server, serial, options), customer=customer)
        self._take(path, server, serial, portal, answer, options)

    def _update(self, path: Path, options: dict[str, Any]) -> None:
        server = _load(path)
        serial = _running(server)
        portal = Portal(options["url"])
        answer = portal.update(**_asking(server, serial, options))
        self._take(path, server, serial, portal, answer, options)

    def _take(
        self, path: Path, server: dict[str, Any], serial: str, portal: Portal, answer: dict[str, Any], options: Any
    ) -> None:
        """Believe the portal only as far as its unlock code and its licence file verify."""
        server = _accepted(server, serial, answer["unlock_code"]) | _versions(server, options)
        claims = _verified(answer["licence_file"], portal.key_set())
        if (claims["serial"], claims["site_id"]) != (serial, server["site_id"]):
            raise CommandError("The licence file is for another server.")
        _save(path, server | {"licence_file": answer["licence_file"]})
        self.stdout.write(f"unlock code accepted: {codes.grouped(answer['unlock_code'])}")
        self.stdout.write(f"licence file verified: {claims['jti']} for {claims['customer']}")
        self._show(path, options)

    def _upgrade_check(self, path: Path, options: dict[str, Any]) -> None:
        server = _load(path)
        place = {"serial": _running(server), "site_id": server["site_id"]}
        answer = Portal(options["url"]).upgrade_check(**place, to=options["to"])
        self.stdout.write(f"allowed: {'yes' if answer['allowed'] else 'no'} ({answer['reason']}). {answer['detail']}")

    def _release(self, path: Path, options: dict[str, Any]) -> None:
        server = _load(path)
        if "serial" not in server and "release_code" not in server:
            raise CommandError("No serial number runs here: there is nothing to release.")
        if "serial" in server:
            place = {"serial": server["serial"], "site_id": server["site_id"]}
            server["release_code"] = codes.release_code(server["unlock_code"], **place)
            for name in ("serial", "unlock_code", "licence_file", "licences", "assured_until", "expires_on"):
                server.pop(name, None)
            _save(path, server)
        self.stdout.write(f"release code: {codes.grouped(server['release_code'])}")
        if options.get("url"):
            place = {"serial": server["last_serial"], "site_id": server["site_id"]}
            Portal(options["url"]).release(**place, release_code=server["release_code"])
            self.stdout.write("release reported")

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
            over = date.fromisoformat(server["expires_on"]) < timezone.localdate()
            self.stdout.write(
                f"expires on: {server['expires_on']}{' (over: no licence runs any more)' if over else ''}"
            )


def _accepted(server: dict[str, Any], serial: str, code: str) -> dict[str, Any]:
    """The server with a code that verifies for this serial and its site ID, and is not an older one again."""
    statement = codes.decode_unlock_code(code, serial=serial, site_id=server["site_id"], keys=settings.UNLOCK_KEYS)
    _refuse_another(server, serial)
    is_newer = statement.sequence > server["sequence"] or code == server.get("unlock_code")
    if not is_newer and serial == server.get("last_serial"):
        raise Refusal("unlock-code-old")
    if statement.expires_on and statement.expires_on < timezone.localdate():
        raise Refusal("unlock-code-expired", until=statement.expires_on)
    new = {"serial": serial, "last_serial": serial, "unlock_code": code, "sequence": statement.sequence}
    return server | new | _licences(statement)


def _refuse_another(server: dict[str, Any], serial: str) -> None:
    if server.get("serial") not in (None, serial):
        raise CommandError("Another serial number runs here. Release it first.")


def _running(server: dict[str, Any]) -> str:
    """The serial that runs here. A released server asks for its last one: what the portal says then is the lesson."""
    serial = server.get("serial") or server.get("last_serial")
    if serial is None:
        raise CommandError("No serial number runs here: run 'xchange_server register' first.")
    return str(serial)


def _asking(server: dict[str, Any], serial: str, options: dict[str, Any]) -> dict[str, Any]:
    return {"serial": serial, "site_id": server["site_id"], **_versions(server, options)}


def _versions(server: dict[str, Any], options: dict[str, Any]) -> dict[str, str]:
    runs = options["server_version"] or server.get("server_version", "2.6")
    client = options["client_version"] or (options["server_version"] or server.get("client_version", runs))
    return {"server_version": runs, "client_version": client}


def _verified(licence_file: str, key_set: dict[str, Any]) -> dict[str, Any]:
    """The claims of a licence file, if one of the portal's keys signed it."""
    try:
        keys = jwt.PyJWKSet.from_dict(key_set)
        key = keys[jwt.get_unverified_header(licence_file)["kid"]]
        return dict(jwt.decode(licence_file, key, algorithms=["EdDSA"], options={"verify_iat": False}))
    except (jwt.PyJWTError, KeyError) as error:
        raise CommandError(f"The licence file does not verify: {error}.") from None


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
