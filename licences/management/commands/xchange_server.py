"""``manage.py xchange_server``: play a customer's Xchange Server, with its state in a JSON file
(docs/integration.md#walk-through-a-whole-life).

Offline it makes a site ID, verifies and applies unlock codes, and releases its serial number; online it calls the
portal's HTTP API. It knows only what a server knows: its site ID, the token that it made when it was installed, the
codes given to it, and the keys that come with the product.
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

from licences import licence_files
from licences.domain import codes
from licences.domain.details import REQUIRED, RegistrationDetails
from licences.domain.errors import Refusal
from licences.domain.installation_proof import new_token
from licences.management.portal_client import PortalClient, PortalError
from licences.wording.sentences import refusal_sentence


class Command(BaseCommand):
    help = "Play the customer's Xchange Server: new, apply, register, update, upgrade-check, release, show."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        new = actions.add_parser("new", help="install a server with a new site ID")
        new.add_argument("--site-id", help="use this site ID instead of a random one")
        new.add_argument("--force", action="store_true", help="overwrite an existing state file")
        apply = actions.add_parser("apply", help="type in a serial number and its unlock code")
        apply.add_argument("serial")
        apply.add_argument("unlock_code", nargs="+", help="in any grouping")
        register = actions.add_parser("register", help="register a serial number over the web")
        register.add_argument("serial")
        for name in RegistrationDetails.__dataclass_fields__:
            register.add_argument(f"--{name.replace('_', '-')}", required=name in REQUIRED, default="")
        update = actions.add_parser("update", help="fetch the current licences of the serial number")
        for action in (register, update):
            action.add_argument("--server-version", help="default: its current version, or 2.6")
            action.add_argument("--client-version", help="default: same as the server")
        check = actions.add_parser("upgrade-check", help="ask whether a version is allowed here")
        check.add_argument("to", metavar="VERSION")
        release = actions.add_parser("release", help="release the serial number and show the release code")
        show = actions.add_parser("show", help="show the state of this server")
        for action in (register, update, check):
            action.add_argument("--url", default=settings.PORTAL_URL, help="the portal (default: %(default)s)")
        release.add_argument("--url", help="the portal to report the release to (default: do not report it)")
        for action in (new, apply, register, update, check, release, show):
            action.add_argument(
                "--state", type=Path, default=settings.VAR_DIR / "xchange_server.json", help="the state file"
            )

    def handle(self, *args: Any, action: str, state: Path, **options: Any) -> None:
        try:
            getattr(self, f"_{action.replace('-', '_')}")(state, options)
        except Refusal as refusal:
            raise CommandError(refusal_sentence(refusal)) from None
        except PortalError as refused:
            raise CommandError(str(refused)) from None

    def _new(self, path: Path, options: dict[str, Any]) -> None:
        if path.exists() and not options["force"]:
            raise CommandError(f"{path} already contains a server; pass --force to overwrite it.")
        site_id = options["site_id"] or codes.new_site_id()
        _save_state(
            path, {"site_id": codes.canonical_site_id(site_id), "installation_token": new_token(), "sequence": 0}
        )
        self._show(path, options)

    def _apply(self, path: Path, options: dict[str, Any]) -> None:
        """Accept a code if it verifies for this serial and site ID, and is not older than the present one."""
        server = _load_state(path)
        serial = codes.canonical_serial(options["serial"])
        code = codes.canonical(" ".join(options["unlock_code"]))
        _save_state(path, _accept_code(server, serial, code))
        self.stdout.write("unlock code accepted")
        self._show(path, options)

    def _register(self, path: Path, options: dict[str, Any]) -> None:
        server = _load_state(path)
        serial = codes.canonical_serial(options["serial"])
        _refuse_other_serial(server, serial)
        portal = PortalClient(options["url"])
        server = _with_token(path, server)
        customer = {name: options[name] for name in RegistrationDetails.__dataclass_fields__}
        answer = portal.register(**_request_body(server, serial, options), customer=customer)
        self._apply_answer(path, server, serial, portal, answer, options)

    def _update(self, path: Path, options: dict[str, Any]) -> None:
        server = _load_state(path)
        serial = _running_serial(server)
        portal = PortalClient(options["url"])
        server = _with_token(path, server)
        answer = portal.update(**_request_body(server, serial, options))
        self._apply_answer(path, server, serial, portal, answer, options)

    def _apply_answer(
        self,
        path: Path,
        server: dict[str, Any],
        serial: str,
        portal: PortalClient,
        answer: dict[str, Any],
        options: Any,
    ) -> None:
        """Apply an answer of the portal, if its unlock code and its licence file verify."""
        server = _accept_code(server, serial, answer["unlock_code"]) | _versions(server, options)
        claims = _verified_claims(answer["licence_file"], portal.key_set())
        if (claims["serial"], claims["site_id"]) != (serial, server["site_id"]):
            raise CommandError("The licence file is for another server.")
        assured_until = _last_day_covered(server, claims, answer)
        _save_state(path, server | {"licence_file": answer["licence_file"], "assured_until": assured_until})
        self.stdout.write(f"unlock code accepted: {codes.grouped(answer['unlock_code'])}")
        self.stdout.write(f"licence file verified: {claims['jti']} for {claims['customer']}")
        self._show(path, options)

    def _upgrade_check(self, path: Path, options: dict[str, Any]) -> None:
        server = _load_state(path)
        identity = {"serial": _running_serial(server), "site_id": server["site_id"]}
        answer = PortalClient(options["url"]).upgrade_check(**identity, to=options["to"])
        self.stdout.write(f"allowed: {'yes' if answer['allowed'] else 'no'} ({answer['reason']}). {answer['detail']}")

    def _release(self, path: Path, options: dict[str, Any]) -> None:
        server = _load_state(path)
        if "serial" not in server and "release_code" not in server:
            raise CommandError("This server has no serial number, so there is nothing to release.")
        if "serial" in server:
            identity = {"serial": server["serial"], "site_id": server["site_id"]}
            server["release_code"] = codes.release_code(server["unlock_code"], **identity)
            server["last_unlock_code"] = server["unlock_code"]  # shown with the report, which may come later
            for name in ("serial", "unlock_code", "licence_file", "licences", "assured_until", "expires_on"):
                server.pop(name, None)
            _save_state(path, server)
        self.stdout.write(f"release code: {codes.grouped(server['release_code'])}")
        if options.get("url"):
            portal = PortalClient(options["url"])
            server = _with_token(path, server)
            portal.release(**_proof_fields(server, server["last_serial"]), release_code=server["release_code"])
            self.stdout.write("release reported")

    def _show(self, path: Path, options: dict[str, Any]) -> None:
        server = _load_state(path)
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


def _accept_code(server: dict[str, Any], serial: str, code: str) -> dict[str, Any]:
    """The state of the server with a new code.

    ``serial`` and ``code`` are canonical. ``Refusal``: those of ``codes.decode_unlock_code``, ``unlock-code-old``,
    ``unlock-code-expired``.
    """
    statement = codes.decode_unlock_code(code, serial=serial, site_id=server["site_id"], keys=settings.UNLOCK_KEYS)
    _refuse_other_serial(server, serial)
    is_newer = statement.sequence > server["sequence"] or code == server.get("unlock_code")
    if not is_newer and serial == server.get("last_serial"):
        raise Refusal("unlock-code-old")
    if statement.expires_on and statement.expires_on < timezone.localdate():
        raise Refusal("unlock-code-expired", until=statement.expires_on)
    new = {"serial": serial, "last_serial": serial, "unlock_code": code, "sequence": statement.sequence}
    return server | new | _licences(statement)


def _refuse_other_serial(server: dict[str, Any], serial: str) -> None:
    if server.get("serial") not in (None, serial):
        raise CommandError("This server already has another serial number. Release it first.")


def _running_serial(server: dict[str, Any]) -> str:
    """The serial that runs here; after a release the last one, so that the portal's refusal can be seen."""
    serial = server.get("serial") or server.get("last_serial")
    if serial is None:
        raise CommandError("This server has no serial number: run 'xchange_server register' first.")
    return str(serial)


def _request_body(server: dict[str, Any], serial: str, options: dict[str, Any]) -> dict[str, Any]:
    return {**_proof_fields(server, serial), **_versions(server, options)}


def _proof_fields(server: dict[str, Any], serial: str) -> dict[str, str]:
    """The fields of a body that name and prove the installation: its token, and its unlock code if it has one."""
    proof = {"serial": serial, "site_id": server["site_id"], "installation_token": server["installation_token"]}
    code = server.get("unlock_code") or (server.get("last_unlock_code") if serial == server.get("last_serial") else "")
    return {**proof, "unlock_code": code} if code else proof


def _with_token(path: Path, server: dict[str, Any]) -> dict[str, Any]:
    """The state with a token. A server older than tokens makes one now, and stores it before it calls."""
    if "installation_token" not in server:
        server = server | {"installation_token": new_token()}
        _save_state(path, server)
    return server


def _versions(server: dict[str, Any], options: dict[str, Any]) -> dict[str, str]:
    runs = options["server_version"] or server.get("server_version", "2.6")
    client = options["client_version"] or (options["server_version"] or server.get("client_version", runs))
    return {"server_version": runs, "client_version": client}


def _verified_claims(licence_file: str, key_set: dict[str, Any]) -> dict[str, Any]:
    """The claims of a licence file that one of the portal's keys has signed as such; ``CommandError`` otherwise."""
    try:
        keys = jwt.PyJWKSet.from_dict(key_set)
        header = jwt.get_unverified_header(licence_file)
        key = keys[header["kid"]]
        if header["typ"] != licence_files.TYPE:
            raise CommandError("The licence file is something else that the portal signed.")
        return dict(jwt.decode(licence_file, key, algorithms=["EdDSA"], options={"verify_iat": False}))
    except (jwt.PyJWTError, KeyError) as error:
        raise CommandError(f"The licence file is not valid: {error}.") from None


def _last_day_covered(server: dict[str, Any], claims: dict[str, Any], answer: dict[str, Any]) -> str | None:
    """The last day of Software Assurance in the answer; ``CommandError`` if code or licence file contradict it.

    The unlock code contains only the month, and so do older licence files, which name its last day.
    """
    claimed, day = claims["software_assurance_until"], answer["software_assurance_until"]
    month = (server["assured_until"] or "")[:7]
    if (claimed or "")[:7] != month or (day or "")[:7] != month:
        raise CommandError("Unlock code, licence file and answer do not agree on Software Assurance.")
    if day != claimed and claimed != server["assured_until"]:
        raise CommandError("Licence file and answer do not agree on the last day of Software Assurance.")
    return day


def _licences(statement: codes.UnlockStatement) -> dict[str, Any]:
    assured_until = codes.last_day_of_month(statement.assured_month)
    return {
        "licences": [list(line) for line in statement.lines],
        "assured_until": assured_until.isoformat() if assured_until else None,
        "expires_on": statement.expires_on.isoformat() if statement.expires_on else None,
    }


def _load_state(path: Path) -> dict[str, Any]:
    try:
        server = json.loads(path.read_text())
    except FileNotFoundError:
        raise CommandError(f"No server is installed in {path}: run 'xchange_server new' first.") from None
    except (OSError, ValueError):
        server = None
    if not isinstance(server, dict) or not {"site_id", "sequence"} <= server.keys():
        raise CommandError(f"{path} is not the state file of a server.")
    return server


def _save_state(path: Path, server: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)  # it holds the token and the unlock code
    path.write_text(json.dumps(server, indent=2) + "\n")
