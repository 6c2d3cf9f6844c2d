"""``manage.py quickstart``: set up the demo and serve it, in one command (docs/decisions.md#the-demo). Idempotent."""

import os
import socket
import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from licences.management import demo
from licences.models.relicensing import Relicensing
from licences.wording.checklist import ITEM_NAMES

USUAL_URL = "http://localhost:8000"


class Command(BaseCommand):
    help = "Set up the demo, print logins and a sample telephone call, and start the portal."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--no-serve", action="store_true", help="set up only")
        parser.add_argument("--no-history", action="store_true", help="leave out two years of calls and figures")

    def handle(self, *args: Any, port: int, no_serve: bool, no_history: bool, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("quickstart is for the demo only. Set DEMO=1 to run it.")
        if not demo.SAMPLES.is_dir():
            raise CommandError("quickstart needs a checkout, with docs/samples. To install a portal, run setup.")
        if not no_serve:
            _refuse_busy_port(port)
        self._remember_demo()
        call_command("migrate", verbosity=0, interactive=False, skip_checks=True)
        demo.create_users()
        demo.load_samples(with_history=not no_history)
        self._print_logins(port)
        self._print_call(demo.prepare_call())
        self.stdout.flush()
        if not no_serve:
            _serve(port)

    def _remember_demo(self) -> None:
        """Write ``DEMO=1`` to ``.env`` for later commands, unless there is an ``.env`` already."""
        configuration = settings.FOLDER / ".env"
        if not configuration.exists():
            configuration.write_text("# Written by quickstart: this checkout runs the demo.\nDEMO=1\n")

    def _print_logins(self, port: int) -> None:
        self.stdout.write(f"Log in at http://localhost:{port}/ with the password {settings.DEMO_PASSWORD} as")
        for username, role in demo.USERS.items():
            self.stdout.write(f"  {username:<12}{role}")
        if settings.SECOND_FACTOR == "optional":
            self.stdout.write(
                "A password is enough in this demo. With SECOND_FACTOR=required in .env, as in production,\n"
                "everyone except support agents has to set up a second factor first."
            )

    def _print_call(self, call: demo.DemoCall) -> None:
        self.stdout.write("A sample telephone call. The caller will say:")
        for name, text in call.answers.items():
            label = "Purpose" if name == "purpose" else ITEM_NAMES[name]
            value = Relicensing.Purpose(text).label if name == "purpose" else text
            self.stdout.write(f"  {label}: {value}")
        self.stdout.write(
            "Log in as clerk, choose Re-license, type what the caller says, and issue the unlock code.\n"
            "Then play the customer's new server and enter the code:\n"
            f"  {sys.executable} manage.py xchange_server apply {call.answers['serial']} UNLOCK-CODE"
            f" --state {call.new_server}"
        )


def _refuse_busy_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise CommandError(
                f"Port {port} cannot be used ({error.strerror}). Choose another with --port N."
            ) from None


def _serve(port: int) -> None:
    """Replace this process with gunicorn, so that ending the process ends the server."""
    arguments = [sys.executable, "-m", "gunicorn", "--config", "python:licensing_portal.gunicorn_conf"]
    arguments += ["--bind", f"127.0.0.1:{port}", "licensing_portal.wsgi"]
    os.environ |= {"DEMO": "1", "WORKER": "1"}
    if settings.PORTAL_URL == USUAL_URL:  # nobody chose another one: addresses in answers and e-mails lead here
        os.environ["PORTAL_URL"] = f"http://localhost:{port}"
    os.chdir(settings.FOLDER)
    os.execv(sys.executable, arguments)  # noqa: S606  (our own interpreter and module)
